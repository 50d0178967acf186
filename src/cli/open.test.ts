import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Outcome, runProgram } from '../program.testing.ts';
import { callProgram } from './called.testing.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-open-'));
});
afterEach(() => rm(directory, { recursive: true }));

/** The build, where no window can appear. */
const open = (...args: string[]): Promise<Outcome> =>
  runProgram(['open', ...args], { cwd: directory, env: { CI: 'true' } });

test('prints the path of the page where there is no screen', async () => {
  await mkdir(join(directory, 'results'));
  const page = join(directory, 'results', 'report.html');
  await writeFile(page, '');
  for (const args of [[], ['results'], [join('results', 'report.html')], [page]]) {
    const { status, stdout, stderr } = await open(...args);
    expect(stdout.trim().endsWith(join('results', 'report.html'))).toBe(true);
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: 'note: no display was found; open this file in a browser\n',
    });
  }
});

test.each([[[]], [['nowhere']], [['.']]])(
  'open %j without a page is refused, with what to do',
  async (args) => {
    await mkdir(join(directory, 'report.html'));
    const { status, stdout, stderr } = await callProgram(['open', ...args], directory);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/there is no page[\s\S]*npx fys-nn report/);
  },
);
