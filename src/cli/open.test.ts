import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
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

test('without a page of the report itself, opens the newest of the other reports', async () => {
  const page = async (folder: string, time: number) => {
    await mkdir(join(directory, 'results', folder), { recursive: true });
    await writeFile(join(directory, 'results', folder, 'report.html'), '');
    await utimes(join(directory, 'results', folder, 'report.html'), time, time);
  };
  await page('ffnn-quick', 3000);
  await page('net-first', 2500);
  const other = await open();
  expect(other.stdout).toContain(join('ffnn-quick', 'report.html'));
  expect(other.stderr).toContain(`its newest, of ${join('results', 'ffnn-quick')}`);
  await page('report-quick', 2000);
  await page('report-seed-1', 1000);
  expect((await open()).stdout).toContain(join('report-quick', 'report.html'));
  await page('report-seed-1', 4000);
  expect((await open()).stdout).toContain(join('report-seed-1', 'report.html'));
  await page('.', 500);
  expect((await open()).stdout.trim()).toMatch(/results.report\.html$/);
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

test('of a run without a page, its command is said with --page', async () => {
  const command = ['ffnn', '--epochs', '1', '--samples', '40', '--hidden', '2', '--no-figures', '--quiet'];
  const ran = await runProgram([...command, '--note', 'two words', '--out', 'results/a b'], {
    cwd: directory,
  });
  expect(ran).toMatchObject({ status: 0 });
  const { status, stderr } = await callProgram(['open', 'results/a b'], directory);
  expect(status).toBe(2);
  expect(stderr).toContain('npx fys-nn ffnn --epochs 1 --samples 40');
  expect(stderr).toContain("--note 'two words' --out 'results/a b' --page\n");
  expect(stderr).not.toContain('fys-nn report,');
});
