import { execFile } from 'node:child_process';
import { appendFile, copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pythonWith } from '../references/python.testing.ts';
import { callProgram } from './called.testing.ts';

// From an empty folder to a checked program, as a user would.

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-recorders-'));
});
afterAll(() => rm(folder, { recursive: true }));

const call = (...args: string[]) => callProgram(['trace', ...args], folder);
const withNumpy = await pythonWith('numpy');

test('trace new writes the file with which a program records', async () => {
  for (const [language, file, source] of [
    ['python', 'fys_trace.py', 'examples/python/fys_trace.py'],
    ['cpp', 'fys_trace.hpp', 'examples/cpp/fys_trace.hpp'],
    ['julia', 'fys_trace.jl', 'examples/julia/fys_trace.jl'],
  ]) {
    const { status, stderr } = await call('new', `--${language}`, '--out', `${language}.json`);
    expect(status).toBe(0);
    expect(stderr).toContain(`wrote ${file}: use it in your program`);
    expect(await readFile(join(folder, file), 'utf8')).toBe(await readFile(resolve(source), 'utf8'));
  }
});

test('the same file may be there already, one that was changed is left as it is', async () => {
  expect(await call('new', '--julia', '--out', 'again.json')).toMatchObject({ status: 0 });
  await appendFile(join(folder, 'fys_trace.jl'), '# mine');
  const { status, stderr } = await call('new', '--julia', '--out', 'third.json');
  expect(status).toBe(2);
  expect(stderr).toContain('fys_trace.jl already exists');
  expect(await readdir(folder)).not.toContain('third.json');
});

(withNumpy === null ? test.skip : test)(
  'a program next to it passes the check, with a note on how it writes',
  async () => {
    const options = ['--optimizer', 'sgd', '--momentum', '0.9', '--lambda', '0.01', '--batch', 'last'];
    expect(await call('new', ...options, '--python', '--out', 'exercise.json')).toMatchObject({
      status: 0,
    });
    await copyFile(resolve('examples/python/backprop_columns.py'), join(folder, 'mine.py'));
    await promisify(execFile)(withNumpy!, ['mine.py', 'exercise.json', 'mine.json'], { cwd: folder });
    const { status, stdout } = await call('check', 'mine.json');
    expect(status).toBe(0);
    expect(stdout.replaceAll('\n', ' ')).toContain('the velocity has no learning rate');
    const gradients = await call('gradcheck', 'mine.json');
    expect(gradients.status).toBe(0);
    expect(gradients.stdout).toMatch(/^kernel, layer 0 .* right, see note$/m);
    expect(gradients.stdout).toContain('Noted, and not a mistake: the gradients are not divided by N');
  },
);
