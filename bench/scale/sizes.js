// What trials leave in a store: bytes and files, by network.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../bin/fys-nn.js', import.meta.url));

/** Commands whose trials leave something different. */
const kinds = [
  { name: 'network 2-50-1, 1 epoch', args: ['ffnn', '--samples', '100', '--epochs', '1', '--hidden', '50'] },
  {
    name: 'network 2-50-1, 100 epochs',
    args: ['ffnn', '--samples', '100', '--epochs', '100', '--hidden', '50'],
  },
  {
    name: 'network 2-50-1, 1000 epochs',
    args: ['ffnn', '--samples', '100', '--epochs', '1000', '--hidden', '50'],
  },
  {
    name: 'network 784-128-10, 10 epochs',
    args: ['mnist', '--samples', '700', '--test-size', '100', '--epochs', '10'],
  },
  {
    name: 'network 784-128-10, 10 epochs, --save-model all',
    args: ['mnist', '--samples', '700', '--test-size', '100', '--epochs', '10', '--save-model', 'all'],
  },
];

export function measureSizes() {
  return kinds.map(({ name, args }) => {
    const folder = mkdtempSync(join(tmpdir(), 'fys-nn-scale-'));
    const store = join(folder, 'trials');
    const where = ['--store', store, '--out', join(folder, 'out'), '--quiet', '--no-figures', '--jobs', '1'];
    const seeds = 3;
    execFileSync(process.execPath, [program, ...args, '--seed', `1..${seeds}`, ...where], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const files = readdirSync(store, { recursive: true })
      .filter((path) => statSync(join(store, path)).isFile())
      .map((path) => ({ path, bytes: statSync(join(store, path)).size }));
    const sum = (test) =>
      files.filter(({ path }) => test(path)).reduce((total, { bytes }) => total + bytes, 0);
    const isJournal = (path) => path.startsWith('journal-');
    rmSync(folder, { recursive: true });
    return {
      name,
      recordBytes: Math.round(sum(isJournal) / seeds),
      otherBytes: Math.round(sum((path) => !isJournal(path)) / seeds),
      otherFiles: files.filter(({ path }) => !isJournal(path)).length / seeds,
    };
  });
}
