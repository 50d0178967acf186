import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { callProgram } from './called.testing.ts';

let directory: string;

const call = (...args: string[]) => callProgram(args, directory);

const small = ['--epochs', '3', '--samples', '60', '--jobs', '1', '--quiet', '--no-figures'];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-check-'));
  await call('ffnn', ...small, '--seed', '1..2', '--out', 'baseline/ffnn', '--store', 'baseline/.trials');
  await call('ffnn', ...small, '--quick', '--out', 'quick');
});
beforeEach(async () => {
  await rm(join(directory, 'now'), { recursive: true, force: true });
  await cp(join(directory, 'baseline'), join(directory, 'now'), { recursive: true });
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const change = async (file: string, edit: (text: string) => string) => {
  const path = join(directory, 'now/ffnn', file);
  await writeFile(path, edit(await readFile(path, 'utf8')));
};
/** The last number of the second line, multiplied. */
const scaleLast = (factor: number) => (text: string) =>
  text.replace(/(\n.*,)([\d.e-]+)(?=\n)/, (_, before, last) => `${before}${Number(last) * factor}`);

test('a new run of the same is the same', async () => {
  await call('ffnn', ...small, '--seed', '1..2', '--out', 'again/ffnn', '--store', 'again/.trials');
  const { status, stdout } = await call('check', 'again', '--baseline', 'baseline');
  expect(status).toBe(0);
  expect(stdout).toMatch(/^3 files, \d+ rows of the baseline: (\d+) hold, 0 contradicted, 0 not run\.\n$/);
  expect((await call('check', 'again/ffnn', '--baseline', 'baseline/ffnn')).status).toBe(0);
});

test('a number that moved is shown and ends with 3, within the tolerance with 0', async () => {
  await change('curves.csv', scaleLast(1 + 1e-6));
  const moved = await call('check', 'now', '--baseline', 'baseline');
  expect(moved.status).toBe(3);
  expect(moved.stdout).toMatch(
    /ffnn\/curves\.csv: 1 of 12 rows contradicted\n.*\n.*\nvalue +1 +\+\d.*relative \+0\.000001 +seed 1, epoch 1, split train/,
  );
  expect((await call('check', 'now', '--baseline', 'baseline', '--tolerance', '1e-5')).status).toBe(0);
  expect((await call('check', 'now', '--baseline', 'baseline', '--tolerance', 'value=abs:1e-5')).status).toBe(
    0,
  );
});

test('what is missing ends with 4, what is new with 0 and a note', async () => {
  await change('trials.csv', (text) => text.split('\n').slice(0, 2).join('\n'));
  const less = await call('check', 'now', '--baseline', 'baseline');
  expect([less.status, less.stdout.includes('row missing')]).toEqual([4, true]);
  const more = await call('check', 'baseline', '--baseline', 'now');
  expect([more.status, more.stderr]).toEqual([
    0,
    'ffnn/trials.csv: the baseline does not have 1 of the rows\n',
  ]);
});

test('other seeds, and other numbers of seeds, contradict nothing', async () => {
  for (const seeds of ['3,4', '1..3', '1']) {
    await call('ffnn', ...small, '--seed', seeds, '--out', `seeds-${seeds}`, '--store', 'now/.trials');
    const { status, stdout } = await call('check', `seeds-${seeds}`, '--baseline', 'baseline/ffnn');
    expect([seeds, status]).toEqual([seeds, 4]);
    expect(stdout).toContain('the seeds differ: summary.csv is not compared');
    expect(stdout).toContain(' 0 contradicted');
  }
});

test('a baseline of 0.1.0 of other data is of other data, by its manifest', async () => {
  const manifest = join(directory, 'now/ffnn/manifest.json');
  const { files: _files, ...old } = JSON.parse(await readFile(manifest, 'utf8'));
  await writeFile(
    manifest,
    JSON.stringify({ ...old, data: [{ dataset: 'mnist', sha256: 'ab'.repeat(32) }] }),
  );
  for (const name of ['trials', 'curves', 'summary']) {
    await change(`${name}.csv`, (text) => text.replace(',data,', ',label,'));
  }
  await change('datapackage.json', (text) => text.replaceAll('"data"', '"label"'));
  const { status, stderr } = await call('check', 'baseline', '--baseline', 'now');
  expect([status, stderr]).toEqual([2, expect.stringContaining('data: sha256:abababababab')]);
});

test('formats go to a file by its ending, or to the standard output by name', async () => {
  await change('curves.csv', scaleLast(2));
  const args = ['check', 'now', '--baseline', 'baseline'];
  expect((await call(...args, '--output', 'made/check.xml')).status).toBe(3);
  const xml = await readFile(join(directory, 'made/check.xml'), 'utf8');
  expect(xml).toContain('failures="1"');
  const { stdout } = await call(...args, '--format', 'json');
  expect(JSON.parse(stdout).rows).toHaveLength(1);
  expect((await call(...args, '--format', 'csv')).stdout).toMatch(
    /^file,row,column,baseline,now,difference,relative,change,verdict\n/,
  );
});

test.each<[string, string[], RegExp]>([
  ['no baseline', ['check', 'now'], /--baseline is missing/],
  ['no such folder', ['check', 'now', '--baseline', 'nowhere'], /nowhere is not a folder of results/],
  ['another level', ['check', 'now/ffnn', '--baseline', 'baseline'], /no table in common/],
  ['quick against full', ['check', 'quick', '--baseline', 'baseline/ffnn'], /different kind of run/],
  ['a bad tolerance', ['check', 'now', '--baseline', 'baseline', '--tolerance', 'much'], /--tolerance/],
  ['a bad format', ['check', 'now', '--baseline', 'baseline', '--format', 'jnuit'], /did you mean junit/],
  ['a bad ending', ['check', 'now', '--baseline', 'baseline', '--output', 'x.txt'], /selects no format/],
  [
    'a folder',
    ['check', 'now', '--baseline', 'baseline', '--output', 'now', '--format', 'csv'],
    /names a folder/,
  ],
])('%s is refused with 2', async (_name, args, pattern) => {
  const { status, stdout, stderr } = await call(...args);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(pattern);
});
