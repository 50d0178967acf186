import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { claimKinds } from '../claims/kinds/index.ts';
import { packageFolder } from '../files/package-folder.ts';
import { runProgram } from '../program.testing.ts';
import { callProgram } from './called.testing.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-init-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const call = (...args: string[]) => callProgram(args, directory);
const text = (name: string) => readFile(join(directory, name), 'utf8');
const verify = (claims: string, ...more: string[]) =>
  runProgram(['verify', '--claims', claims, '--quiet', '--jobs', '1', ...more], { cwd: directory });

describe('verify --init', () => {
  test('writes claims of all kinds that can be judged at once', async () => {
    const { status, stderr } = await call('verify', '--init');
    expect([status, stderr]).toEqual([0, expect.stringContaining('wrote claims.yaml')]);
    const written = await text('claims.yaml');
    for (const kind of Object.keys(claimKinds)) expect(written).toContain(`kind: ${kind}\n`);
    const judged = await verify('claims.yaml', '--quick', '--out', 'judged');
    expect([judged.stderr, judged.status]).toEqual(['', 0]);
    expect(judged.stdout).toMatch(/figures: +1 typical/);
  });

  test('leaves a file alone that is there', async () => {
    await writeFile(join(directory, 'mine.yml'), 'mine');
    const { status, stderr } = await call('verify', '--init', 'mine.yml');
    expect([status, stderr]).toEqual([2, expect.stringContaining('mine.yml already exists')]);
    expect(await text('mine.yml')).toBe('mine');
  });

  test.each([
    [['claims.json'], '--init claims.yaml'],
    [['nowhere/claims.yaml'], 'cannot be written'],
    [['other.yaml', '--seeds', '1..3'], 'leave out --seeds'],
  ])('%j is refused', async (args, message) => {
    const { status, stderr } = await call('verify', '--init', ...args);
    expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
    await expect(text('other.yaml')).rejects.toThrow('ENOENT');
  });
});

describe('a mistake in a claims file is named with its line', () => {
  const number = (more: string) => `report: { title: t }
claims:
  - id: a
    kind: number
    where: w
    says: s
    value: 0.1
    decimals: 1
${more}`;
  test.each([
    [
      'experiment: fnn\n    statistic: test_mse',
      /bad.yaml:3:5: claim a: experiment.*\n.*\n.*"fnn"\n.*did you mean ffnn/,
    ],
    [
      'experiment: ffnn\n    statistic: tst_mse',
      /bad.yaml:3:5: claim a: unknown statistic.*\n.*\n.*\n.*did you mean test_mse/,
    ],
    [
      'experiment: ffnn\n    statistic: test_mse\n    with: { epoch: [1] }',
      /bad.yaml:11:\d+, claim a: with.epoch.*\n.*\n.*\n.*did you mean epochs/,
    ],
    [
      'experiment: ffnn\n    statistic: test_mse\n    with: { epochs: [1.5] }',
      /bad.yaml:11:\d+, claim a: with.epochs/,
    ],
    [
      'experiment: ffnn\n    statistic: test_mse\n    readingErr: 1',
      /bad.yaml:11:\d+, claim a: readingErr\n.*\n.*\n.*did you mean readingError/,
    ],
    ['experiment: ffnn\n    statistic: [', /bad.yaml:1\d:\d+: /],
  ])('%s', async (lines, message) => {
    await writeFile(join(directory, 'bad.yaml'), number(`    ${lines}\n`));
    const { status, stderr } = await call('verify', '--claims', 'bad.yaml');
    expect([status, stderr]).toEqual([2, expect.stringMatching(message)]);
  });
});

test('the example report has one mistake, which its verdicts name', async () => {
  const { status, stderr } = await verify(
    join(packageFolder, 'examples/own-report/claims.yaml'),
    ...['--seeds', '1..11', '--out', 'own'],
  );
  expect([status, stderr.trim()]).toEqual([3, 'contradicted: sigmoid-mean']);
  const claims = (await text('own/claims.csv')).trim().split('\n').slice(1);
  expect(claims.filter((line) => / undecided|,undecided,/.test(line))).toEqual([]);
});
