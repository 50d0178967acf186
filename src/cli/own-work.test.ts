import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runProgram } from '../program.testing.ts';
import { callProgram } from './called.testing.ts';

/** Examples of experiments of one's own: a file, the equal command line in its comments, and what both print. */
const folder = 'examples/own-work';
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => basename(name, '.yaml'));

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-own-work-'));
});
afterAll(() => rm(directory, { recursive: true }));

const quiet = ['--quiet', '--no-figures'];

/** The command line in a file's comments, as a shell reads it. */
function commandIn(file: string): string[] {
  const text = readFileSync(file, 'utf8').replaceAll(/ \\\n# {3}/g, ' ');
  const [, line] = /^# {3}fys-nn (.+)$/m.exec(text)!;
  return execFileSync('sh', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' })
    .split('\0')
    .slice(0, -1);
}

/** Why an example cannot run here; null if it can. */
function whyNot(file: string): string | null {
  const [, data] = /^data: (\/.*)$/m.exec(readFileSync(file, 'utf8')) ?? [];
  return data === undefined || existsSync(data) ? null : `there is no ${data}`;
}

describe.each(names)('%s', (name) => {
  const file = resolve(folder, `${name}.yaml`);
  const why = whyNot(file);
  const on = why === null ? test : test.skip;

  on(
    'prints what it printed when it was written',
    async () => {
      const { stdout, stderr, status } = await runProgram(['run', file, '--out', `${name}/file`, ...quiet], {
        cwd: directory,
        timeout: 300_000,
      });
      if (status !== 0) expect(stderr).toBe('');
      expect(stdout).toBe(await readFile(join(folder, 'expected', `${name}.txt`), 'utf8'));
    },
    300_000,
  );

  on(
    'the command line in its comments has the same trials and the same rows of results',
    async () => {
      const { stderr, status } = await callProgram(
        [...commandIn(file), '--out', `${name}/command`, ...quiet],
        directory,
      );
      if (status !== 0) expect(stderr).toBe('');
      for (const table of ['trials.csv', 'curves.csv']) {
        const [own, other] = await Promise.all(
          ['file', 'command'].map((out) => readFile(join(directory, name, out, table), 'utf8')),
        );
        expect(other).toBe(own);
      }
    },
    300_000,
  );
});
