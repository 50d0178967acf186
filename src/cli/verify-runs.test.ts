import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { createRng } from '../math/rng.ts';
import { runProgram } from '../program.testing.ts';
import { callProgram } from './called.testing.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-verify-runs-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** Runs of three rates, with a spread of about 4 %. */
function runs(seeds: number): string {
  const rng = createRng(5, 'data');
  const lines = ['seed,rate,test_mse'];
  for (let seed = 1; seed <= seeds; seed++) {
    for (const rate of [1, 2, 3]) lines.push(`${seed},${rate},${rate + 0.04 * rate * rng.normal()}`);
  }
  return `${lines.join('\n')}\n`;
}

const cell = (rate: number) => ({ select: { rate }, statistic: 'test_mse' });
const number = (rate: number, value: number, given: object = {}) => ({
  ...{
    id: `rate-${rate}`,
    kind: 'number',
    where: 'Figure 1',
    figure: 'Figure 1',
    says: `MSE at rate ${rate}`,
  },
  ...{ ...cell(rate), value, significantDigits: 2, ...given },
});
const order = {
  ...{ id: 'order', kind: 'conclusion', where: 'text', says: 'lower rates are better', holds: 'one < two' },
  quantities: { one: cell(1), two: cell(2) },
};
const honest = [number(1, 1), number(2, 2.1), number(3, 2.9), order];

async function verify(
  claims: readonly unknown[],
  { seeds = 20, content = runs(seeds) } = {},
  ...args: string[]
) {
  await writeFile(join(directory, 'runs.csv'), content);
  const report = { title: 'A report: of "rates"', author: 'N. N.', reference: 'https://doi.org/10.1/1' };
  await writeFile(join(directory, 'claims.json'), JSON.stringify({ report, claims }));
  return await callProgram(['verify', '--runs', 'runs.csv', '--claims', 'claims.json', ...args], directory);
}

const read = (name: string, folder = 'out') => readFile(join(directory, folder, name), 'utf8');

test('honest numbers end with 0 and leave every view of the verdicts, and no store', async () => {
  const { status, stdout } = await verify(honest, {}, '--out', 'out');
  expect(status).toBe(0);
  expect(stdout).toContain('runs.csv: 20 seeds (1 to 20)');
  expect((await readdir(directory)).sort()).toEqual(['claims.json', 'out', 'runs.csv']);
  expect((await readdir(join(directory, 'out'))).sort()).toEqual(
    ['claims.csv', 'figures.csv', 'winners.csv', 'datapackage.json', 'manifest.json']
      .concat(['verdicts.json', 'verify.json', 'verify.md', 'junit.xml', 'certificate.md', 'certificate.yml'])
      .sort(),
  );
  expect(JSON.parse(await read('verdicts.json'))).toEqual({
    ...{ 'rate-1': 'typical', 'rate-2': 'typical', 'rate-3': 'typical' },
    ...{ order: 'holds', 'Figure 1': 'typical' },
  });
  expect(await read('claims.csv')).toMatch(/^rate-1,runs,number,.*,log,normal,/m);
  expect(await read('junit.xml')).toContain('tests="5" failures="0"');
  expect(await read('verify.md')).toContain('Readings: runs.');
});

test('a number 8 sd off and swapped cells end with 3; --expect accepts what was known', async () => {
  const wrong = [number(1, 1.4), number(2, 2.9), number(3, 2.1), order];
  const { status, stderr } = await verify(wrong, {}, '--out', 'out');
  expect(status).toBe(3);
  expect(stderr).toContain('contradicted: rate-1, rate-2, rate-3, Figure 1\n');
  const again = await verify(wrong, {}, '--out', 'again', '--expect', 'out/verdicts.json');
  expect(again).toMatchObject({ status: 0 });
  expect(await read('junit.xml', 'again')).toContain('failures="0"');
});

test('one seed decides nothing, and a claim without rows ends with 4', async () => {
  expect(await verify(honest, { seeds: 1 }, '--out', 'out')).toMatchObject({ status: 0 });
  expect(new Set(Object.values(JSON.parse(await read('verdicts.json'))))).toEqual(new Set(['undecided']));
  const absent = await verify([...honest, number(7, 7)], {}, '--out', 'out');
  expect(absent.status).toBe(4);
  expect(absent.stderr).toContain('note: not run: rate-7: no row has rate 7; there are 1, 2, 3');
});

test('--json prints what verify.json has, and each file and set of claims has a folder of its own', async () => {
  const { stdout } = await verify(honest, {}, '--json');
  const [folder] = await readdir(join(directory, 'results'));
  expect(folder).toMatch(/^verify-runs-[0-9a-f]{12}$/);
  expect(stdout).toBe(await read('verify.json', `results/${folder}`));
  await verify(honest.slice(1));
  await verify(honest, {}, '--level', '0.9');
  expect(await readdir(join(directory, 'results'))).toHaveLength(3);
});

test.each([
  [['--seeds', '1..5'], '--seeds has no effect with --runs'],
  [['--variant', 'code'], '--variant has no effect'],
  [['--quick'], '--quick has no effect'],
  [['--plan'], '--plan has no effect'],
  [['--store', 'x'], '--store has no effect'],
])('%j is refused', async (args, expected) => {
  const { status, stderr } = await verify(honest, {}, ...args);
  expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining(expected) });
  expect((await readdir(directory)).sort()).toEqual(['claims.json', 'runs.csv']);
});

test('bad input is refused with its line, and nothing is written', async () => {
  const { status, stderr } = await verify(honest, { content: 'seed,rate,test_mse\n1,1,\u001b[31mx\n' });
  expect(status).toBe(2);
  expect(stderr).toContain('runs.csv line 2 has no number in column test_mse');
  expect(stderr).not.toContain('\u001b');
  expect(await callProgram(['verify', '--runs', 'runs.csv'], directory)).toMatchObject({ status: 2 });
  expect(
    await callProgram(['verify', '--runs', 'no.csv', '--claims', 'claims.json'], directory),
  ).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('no such file'),
  });
  expect((await readdir(directory)).sort()).toEqual(['claims.json', 'runs.csv']);
});

test('trials.csv of this program can be judged by', async () => {
  const small = ['--samples', '40', '--epochs', '1', '--learning-rate', '0.1,0.01', '--jobs', '1'];
  await runProgram(
    ['ffnn', ...small, '--seed', '1..3', '--bootstrap', '2', '--no-figures', '--out', 'ffnn'],
    {
      cwd: directory,
    },
  );
  const content = await readFile(join(directory, 'ffnn/trials.csv'), 'utf8');
  const claim = number(0, 1, {
    select: { learningRate: 0.1 },
    readingError: 1,
    significantDigits: undefined,
  });
  const { status, stderr } = await verify([claim], { content }, '--out', 'out');
  expect({ status, stderr }).toEqual({ status: 0, stderr: 'wrote out/\n' });
  const [{ evidence }] = JSON.parse(await read('verify.json')).numbers;
  expect(evidence[0].values).toHaveLength(3);
});

/** The fields that CODECHECK's specification 1.0 has, and which of them must be there. */
const codecheck = z.looseObject({
  version: z.literal('https://codecheck.org.uk/spec/config/1.0/'),
  manifest: z.array(z.strictObject({ file: z.string().regex(/^[^/]+$/), comment: z.string() })).min(1),
  paper: z.strictObject({
    title: z.string(),
    authors: z.array(z.strictObject({ name: z.string() })).min(1),
    reference: z.string(),
  }),
  codechecker: z.array(z.strictObject({ name: z.string() })).min(1),
  report: z.string(),
  summary: z.string(),
});

test('the certificate is a configuration of CODECHECK with the digests of all files, and always has the same bytes', async () => {
  await verify([number(1, 1.4), ...honest.slice(1)], {}, '--out', 'out', '--quiet');
  const text = await read('certificate.yml');
  expect(text).toMatch(/^%YAML 1\.1\n---\n/);
  const parsed = parse(text, { strict: true, uniqueKeys: true });
  const { manifest, paper, summary } = codecheck.parse(parsed);
  expect(paper).toMatchObject({ title: 'A report: of "rates"', authors: [{ name: 'N. N.' }] });
  expect(summary).toContain('Numbers: 2 typical, 1 contradicted.');
  const own = parsed['fys-nn'];
  const { createHash } = await import('node:crypto');
  for (const { file } of manifest) {
    const digest = createHash('sha256')
      .update(await read(file))
      .digest('hex');
    expect({ file, digest }).toEqual({ file, digest: own.sha256[file] });
  }
  expect(parsed.report).toContain(own.sha256['certificate.md']);
  const digestOf = async (name: string) =>
    createHash('sha256')
      .update(await read(name, '.'))
      .digest('hex');
  expect(own.runs).toEqual({ kind: 'given', file: 'runs.csv', sha256: await digestOf('runs.csv'), rows: 60 });
  expect(own.claims).toEqual({ file: 'claims.json', sha256: await digestOf('claims.json') });
  expect(own.command).toBe('npx fys-nn verify --claims claims.json --runs runs.csv');
  expect(own.contradicted).toMatchObject([{ claim: 'rate-1', published: '1.4' }]);
  const markdown = await read('certificate.md');
  for (const part of ['rate-1', own.claims.sha256, own.runs.sha256, own.command, own.sha256['claims.csv']])
    expect(markdown).toContain(part);

  await verify([number(1, 1.4), ...honest.slice(1)], {}, '--out', 'again', '--json');
  expect(await read('certificate.yml', 'again')).toBe(text);
});

test("the certificate of this program's own runs names the trials, and takes its time from their records", async () => {
  const claim = number(0, 1, {
    ...{ experiment: 'ffnn', with: { samples: [40], epochs: [1], learningRate: [0.1] }, select: {} },
    ...{ readingError: 1, significantDigits: undefined },
  });
  await writeFile(
    join(directory, 'claims.json'),
    JSON.stringify({ report: { title: 't' }, claims: [claim] }),
  );
  const args = ['verify', '--claims', 'claims.json', '--seeds', '1,2', '--variant', 'code', '--jobs', '1'];
  await callProgram([...args, '--out', 'out'], directory);
  const text = await read('certificate.yml');
  const { check_time: time, paper, 'fys-nn': own } = parse(text);
  expect(paper).toEqual({ title: 't' });
  expect(own.runs).toMatchObject({ kind: 'own', trials: 2, ended: time, data: [{ name: 'franke' }] });
  expect(own.command).toBe('npx fys-nn verify --claims claims.json --seeds 1,2 --variant code');
  await callProgram([...args, '--out', 'again'], directory);
  expect(await read('certificate.yml', 'again')).toBe(text);
});

test('a folder with a space is quoted in the commands, which are not folded', async () => {
  const { stdout } = await verify([number(1, 9), number(2, 2.1)], {}, '--out', 'att o/ver y');
  const command = "fys-nn verify explain ID --from 'att o/ver y'";
  expect(stdout.split('\n').map((line) => line.trim())).toContain(command);
  const text = await read('verify.md', 'att o/ver y');
  expect(text).toContain('The commands below work in the folder of this file.');
  expect(text).toContain('`fys-nn verify explain rate-1 --from .`');
  const there = await callProgram(
    ['verify', 'explain', 'rate-1', '--from', '.'],
    join(directory, 'att o/ver y'),
  );
  expect(there.stdout).toContain('rate-1');
});

test.each(['--claims', '--runs'])('%s twice is refused, not half of it ignored', async (flag) => {
  const { status, stderr } = await verify(honest, {}, flag, 'other');
  expect(status).toBe(2);
  expect(stderr).toContain(`${flag} is there twice`);
});

test('expected verdicts of another report are noted, and a file that is not there is named', async () => {
  await writeFile(join(directory, 'expected.json'), '{"of-another": "holds"}');
  const other = await verify(honest, {}, '--expect', 'expected.json');
  expect(other.status).toBe(0);
  expect(other.stderr).toContain('note: --expect expected.json has none of these claims');
  await writeFile(join(directory, 'expected.json'), '{"order": "holds"}');
  expect((await verify(honest, {}, '--expect', 'expected.json')).stderr).not.toContain('none of these');
  const none = await verify(honest, {}, '--expect', 'nofile.json');
  expect(none.stderr).toMatch(/--expect nofile\.json cannot be used: there is no such file/);
});
