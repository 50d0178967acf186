import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { activationNames } from '../nn/activations.ts';
import { optimizerNames } from '../nn/optimizers.ts';
import { callProgram } from './called.testing.ts';
import { complete } from './complete.ts';
import { createProgram } from './program.ts';

const program = createProgram(() => {});
const values = (...words: string[]) => {
  const found = complete(program, words);
  return typeof found === 'string' ? found : found.map(({ value }) => value);
};

describe('what fits', () => {
  test.each([
    [['gr'], ['grid-search']],
    [
      ['grid-search', ''],
      ['ols', 'ridge', 'ffnn', 'lasso'],
    ],
    [['table', 'grid-search', 'r'], ['ridge']],
    [['store', 'c'], ['check']],
    [['ffnn', '--learning'], ['--learning-rate']],
    [['ffnn', '--activation', ''], [...activationNames]],
    [['ffnn', '--activation', 'relu,sig'], ['relu,sigmoid']],
    [['ffnn', '--activation=lea'], ['--activation=leaky_relu']],
    [['ffnn', '--activation', '=', 'lea'], ['leaky_relu']],
    [['ffnn', '--activation', '='], [...activationNames]],
    [['ffnn', '--optimizer', ''], [...optimizerNames]],
    [
      ['ffnn', '--progress', 'n'],
      ['none', 'ndjson'],
    ],
    [
      ['logistic', '--solver', ''],
      ['sgd', 'lbfgs'],
    ],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [
      ['mnist', '--transpose', ''],
      ['no', 'yes', 'auto'],
    ],
    [['mnist', '--transpose', '--pl'], ['--plan']],
    [
      ['mnist', '--transpose', '--hidden', '5', '--qu'],
      ['--quick', '--quiet'],
    ],
    [['ffnn', '--seed', ''], []],
    [['ffnn', '--nothing'], []],
    [['nothing', ''], expect.arrayContaining(['report', 'ffnn'])],
  ])('%j', (words, fitting) => {
    expect(values(...words)).toEqual(fitting);
  });

  test.each([
    [['ffnn', '--out', ''], 'folders'],
    [['mnist', '--data-dir', 'x'], 'folders'],
    [['verify', '--claims', ''], 'files'],
    [['trace', 'a.json', ''], 'files'],
    [['trace', 'mine'], 'files'],
    [['plot', 'a', ''], 'folders'],
    [['check', ''], 'folders'],
  ])('%j: %s', (words, kind) => {
    expect(values(...words)).toBe(kind);
  });

  test('hidden commands are not offered, and every option of --help is', () => {
    expect(values('comp')).toEqual(['completion']);
    expect(values('ffnn', '--')).toEqual(
      expect.arrayContaining(['--hidden', '--seed', '--plan', '--json', '--help']),
    );
  });
});

/** Whether a shell is here. */
function version(shell: string): string | null {
  try {
    return execFileSync(shell, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return null;
  }
}

describe('real shells', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'fys-nn-complete-'));
    const command = join(directory, 'fys-nn');
    await writeFile(command, `#!/bin/sh\nexec "${process.execPath}" "${resolve('bin/fys-nn.js')}" "$@"\n`);
    await chmod(command, 0o755);
    await mkdir(join(directory, 'results folder'));
    for (const shell of ['bash', 'zsh', 'fish']) {
      const { stdout } = await callProgram(['completion', shell], directory);
      await writeFile(join(directory, `script.${shell}`), stdout);
    }
  });
  afterAll(() => rm(directory, { recursive: true }));

  const ask = (shell: string, script: string) =>
    execFileSync(shell, ['-c', script], {
      timeout: 30_000,
      cwd: directory,
      encoding: 'utf8',
      env: { ...process.env, PATH: `${directory}${delimiter}${process.env.PATH}` },
    })
      .trimEnd()
      .split('\n');

  const skipped = (shell: string) => (version(shell) === null ? test.skip : test);

  skipped('bash').each([
    ['fys-nn gr', ['grid-search']],
    ['fys-nn grid-search ', ['ols', 'ridge', 'ffnn', 'lasso']],
    ['fys-nn ffnn --activation relu,sig', ['relu,sigmoid']],
    ['fys-nn ffnn --activation = lea', ['leaky_relu']],
    ['fys-nn check res', ['results folder']],
  ])('bash completes %j', (line, fitting) => {
    const words = line.split(' ').map((word) => `'${word}'`);
    const script = `. ./script.bash; COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}; _fys_nn; printf '%s\\n' "\${COMPREPLY[@]}"`;
    expect(ask('bash', script)).toEqual(fitting);
  });

  skipped('bash')('bash completes a function that calls npx, as docs/machines.md defines it', () => {
    const docs = readFileSync('docs/machines.md', 'utf8');
    const [definition] = /^fys-nn\(\) \{.*\}/m.exec(docs)!;
    const script = `${definition}
. '${directory}/script.bash'; COMP_WORDS=(fys-nn gr); COMP_CWORD=1; _fys_nn; printf '%s\n' "\${COMPREPLY[@]}"`;
    const found = execFileSync('bash', ['-c', script], { timeout: 120_000, encoding: 'utf8' });
    expect(found).toBe('grid-search\n');
  });

  // zsh's completion needs a terminal: what the script would add to the candidates is printed instead.
  skipped('zsh').each([
    ['fys-nn gr', ['grid-search']],
    ['fys-nn grid-search ', ['ols', 'ridge', 'ffnn', 'lasso']],
    ['fys-nn ffnn --activation sig', ['sigmoid']],
    ['fys-nn check res', ['folders -/']],
  ])('zsh completes %j', (line, fitting) => {
    const words = line.split(' ').map((word) => `'${word}'`);
    const script = `compdef() { : }; compadd() { print -l -- $values }; _files() { print folders $1 }
source ./script.zsh; words=(${words.join(' ')}); CURRENT=${words.length}; _fys_nn`;
    expect(ask('zsh', script)).toEqual(fitting);
  });

  skipped('fish').each([
    ['fys-nn gr', 'grid-search'],
    ['fys-nn grid-search ri', 'ridge'],
    ['fys-nn ffnn --activation sig', 'sigmoid'],
    ['fys-nn check res', 'results folder/'],
  ])('fish completes %j', (line, fitting) => {
    const found = ask('fish', `source script.fish; complete -C ${JSON.stringify(line)}`);
    expect(found.map((one) => one.split('\t')[0])).toEqual([fitting]);
  });
});
