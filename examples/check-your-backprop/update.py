"""Writes the recordings that docs/check-your-backprop.md shows, with the two mistakes of mine.py and with each fixed in turn:

    npx fys-nn trace new --hidden 5 --activation sigmoid --lambda 0.01 --penalize kernels --force && python3 update.py
"""
from pathlib import Path
import subprocess
import sys

here = Path(__file__).parent
fixes = [
    ('dW2 += lmbda * W2', 'dW2 += 2 * lmbda * W2', 'dW1 += lmbda * W1', 'dW1 += 2 * lmbda * W1'),
    ('sigmoid_derivative(a1)', 'sigmoid_derivative(z1)'),
]


def record(program, name, folder):
    """Runs a program on the exercise, as a file next to the recorder."""
    path = folder / 'mine.tmp.py'
    path.write_text(program)
    recorder = [here, here.parent / 'python']
    code = f'import sys, runpy; sys.path[:0] = {[str(one) for one in recorder]!r}; runpy.run_path({str(path)!r}, run_name="__main__")'
    try:
        subprocess.run([sys.executable, '-c', code, str(here / 'exercise.json'), str(folder / name)], check=True)
    finally:
        path.unlink()


if __name__ == '__main__':
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else here
    program = (here / 'mine.py').read_text()
    record(program, 'mine.json', folder)
    for number, texts in enumerate(fixes, start=2):
        for before, after in zip(texts[::2], texts[1::2]):
            assert program.count(before) == 1, before
            program = program.replace(before, after)
        record(program, f'mine{number}.json', folder)
