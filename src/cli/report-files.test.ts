import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { callProgram } from './called.testing.ts';

let directory: string;
const at = (...names: string[]) => join(directory, ...names);
const call = (...args: string[]) => callProgram(args, directory);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-report-'));
  const rows = Array.from({ length: 30 }, (_, i) => `${i},${(i * i) % 17}`);
  await writeFile(at('one, old.csv'), ['a,b', ...rows].join('\n'));
  await writeFile(at('two.csv'), ['p,q', ...rows.toReversed()].join('\n'));
  const settings = 'settings: { hidden: [2, 3], epochs: 2, samples: 24 }';
  await writeFile(
    at('one.yaml'),
    `data: "one, old.csv"\ntarget: b\ntask: regression\ntitle: Old rows\n${settings}`,
  );
  await writeFile(
    at('two.yaml'),
    `data: two.csv\ntarget: q\ntask: regression\nname: second net\n${settings}`,
  );
  await writeFile(at('net.yaml'), `extends: ffnn\n${settings.replace('24', '40')}`);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const page = (folder: string) => readFile(at(folder, 'report.html'), 'utf8');

test('files on several data are one report: tables, figures and one page, without published numbers', async () => {
  const out = 'results/report-of-one+second-net+net';
  const { status, stdout, stderr } = await call(
    'report',
    'one.yaml',
    'two.yaml',
    'net.yaml',
    '--jobs',
    '2',
    '--quiet',
  );
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/Best of each experiment:\none +test MSE.*\nsecond net +test MSE/);
  expect(stdout).not.toContain('published');
  for (const name of ['one', 'second-net', 'net']) await access(at(out, name, 'curves.svg'));
  const text = await page(out);
  expect(text).toContain('Old rows');
  expect(text).not.toContain('M. B. Pettersen');
  expect(text).toContain(`npx fys-nn run two.yaml --seed 2020 --out ${out}/second-net`);
  const drawn = await call('plot', out, '--format', 'svg', '--out', 'drawn');
  expect([drawn.status, drawn.stdout]).toEqual([0, '']);

  // The same trials as those of each file alone, which are all in the store.
  const alone = await call('run', 'one.yaml', '--jobs', '1');
  expect(alone.stderr).toContain('2 trials, 2 of them from the store');
  expect((await call('check', 'results/one', '--baseline', join(out, 'one'))).status).toBe(0);
  const again = await call('rerun', out, '--quiet');
  expect([again.status, again.stderr]).toEqual([0, '']);
  expect(await page(out)).toBe(text);
});

test('seeds and a quick look are for all files, in another folder', async () => {
  const { status, stdout } = await call(
    'report',
    'one.yaml',
    'net.yaml',
    '--seed',
    '1..2',
    '--quick',
    '--plan',
    '--quiet',
  );
  expect(status).toBe(0);
  expect(stdout.match(/to run/g)).toHaveLength(9);
});

describe('refused', () => {
  test.each<[string[], RegExp]>([
    [['one.yaml', 'one.yaml'], /have the same name[\s\S]*leave out one/],
    [['one.yaml', '--data-dir', 'x'], /--data-dir has no effect with files/],
    [['no.yaml'], /no\.yaml: there is no such file/],
    [['mnist'], /mnist is an experiment of fys-nn, not a file/],
  ])('%j', async (args, message) => {
    const { status, stdout, stderr } = await call('report', ...args);
    expect([status, stdout, stderr]).toEqual([2, '', expect.stringMatching(message)]);
  });
});
