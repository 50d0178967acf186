import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startProgram, until } from '../program.testing.ts';
import { callProgram } from './called.testing.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'fys-nn-inline-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

test('--launcher inline computes one trial at a time; an interrupt ends it after the one that runs', async () => {
  const trials = ['ffnn', '--epochs', '2000', '--samples', '100', '--seed', '1..1000', '--store', 'store'];
  const { child, ended, stderr } = startProgram([...trials, '--launcher', 'inline', '--jobs', '4'], {
    cwd: directory,
  });
  const records = () =>
    readdirSync(join(directory, 'store'))
      .filter((name) => name.endsWith('.jsonl'))
      .some((name) => readFileSync(join(directory, 'store', name), 'utf8').includes('\n'));
  await until(() => stderr().includes('trials 0/1000') && records());
  child.kill('SIGINT');
  expect(await ended).toMatchObject({ status: 130 });
  expect(stderr()).toContain('on 1 worker\n');
  expect(stderr()).toContain('interrupted: no further trial is started');
  expect(stderr()).not.toContain('saving');
}, 60_000);

test('what has no effect with it is refused', async () => {
  const { status, stderr } = await callProgram(['ffnn', '--launcher', 'inline', '--timeout', '3'], directory);
  expect(stderr).toContain('--timeout has no effect with --launcher inline');
  expect(status).toBe(2);
});
