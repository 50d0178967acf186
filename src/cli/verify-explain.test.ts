import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { callProgram } from './called.testing.ts';

// One verification of claims of every kind, explained; the commands that the explanations name are run in an empty store.

const sgd = { epochs: [3], samples: [200], bootstrap: [5], batchSize: [10, 50], learningRate: [0.01, 0.1] };
const net = { epochs: [3], samples: [200] };
const grid = { experiment: 'grid-search ols', with: sgd, statistic: 'bootstrap_mse' };
const constant = { solver: 'sgd', schedule: 'constant' };
const place = { where: 'here', says: 'a thing' };
const number = { kind: 'number', ...place, value: 0.1, readingError: 0.2 };
const claims = [
  {
    ...number,
    id: 'cell',
    figure: 'Figure 1',
    ...grid,
    select: { ...constant, batchSize: 10, learningRate: 0.1 },
  },
  { ...number, id: 'best', figure: 'Figure 1', ...grid, select: constant, take: 'min' },
  { ...number, id: 'by', figure: 'Figure 10', ...grid, select: constant, take: 'min', by: 'bootstrap_r2' },
  { ...number, id: 'curve', experiment: 'ffnn', with: net, statistic: 'test_mse', curve: { epoch: 2 } },
  {
    ...{ id: 'every', kind: 'conclusion', ...place, for: { batchSize: [10, 50] }, holds: 'low <= high' },
    quantities: {
      low: { ...grid, select: { ...constant, learningRate: 0.01 } },
      high: { ...grid, select: { ...constant, learningRate: 0.1 } },
    },
  },
  {
    ...{ id: 'two', kind: 'conclusion', ...place, holds: 'network < exact' },
    quantities: {
      network: { experiment: 'ffnn', with: net, statistic: 'test_mse' },
      exact: { ...grid, select: { solver: 'closed-form' } },
    },
  },
];
const seeds = ['1', '2', '3'];

let directory: string;
const asJson = async (id: string) =>
  JSON.parse((await callProgram(['verify', 'explain', id, '--json'], directory)).stdout);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-explain-'));
  await writeFile(join(directory, 'claims.json'), JSON.stringify({ report: { title: 't' }, claims }));
  const judged = ['verify', '--claims', 'claims.json', '--seeds', '1..3', '--jobs', '1'];
  await callProgram([...judged, '--out', 'results/verify'], directory);
}, 120_000);
afterAll(() => rm(directory, { recursive: true, force: true }));

type Row = Record<string, string>;
type Run = { trials: Row[]; curves: Row[] };

/** The rows of a CSV without quoted cells. */
async function rowsOf(folder: string, name: string): Promise<Row[]> {
  const [header, ...lines] = (await readFile(join(folder, name), 'utf8')).trim().split('\n');
  const columns = header.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [columns[i], cell])));
}

const ran = new Map<string, Promise<Run>>();

/** Runs a command once, in an empty store. */
function runCommand(command: string): Promise<Run> {
  const start = async () => {
    const folder = join(directory, `out-${ran.size}`);
    const [, ...words] = command.split(' ');
    const places = ['--out', folder, '--store', join(directory, 'store'), '--no-figures', '--jobs', '1'];
    const { status, stderr } = await callProgram([...words, ...places], directory);
    expect({ status, stderr }).toMatchObject({ status: 0 });
    return { trials: await rowsOf(folder, 'trials.csv'), curves: await rowsOf(folder, 'curves.csv') };
  };
  if (!ran.has(command)) ran.set(command, start());
  return ran.get(command)!;
}

/** The column of the trials that have these settings and the seed. */
const cells = (run: Run, seed: string, column: string, settings: Row = {}) =>
  run.trials
    .filter((row) => Object.entries({ ...settings, seed }).every(([name, value]) => row[name] === value))
    .map((row) => Number(row[column]));

const cell = { batch_size: '10', learning_rate: '0.1' };
const ofSgd = { solver: 'sgd' };

test.each<[string, (run: Run, seed: string) => number]>([
  ['cell', (run, seed) => cells(run, seed, 'bootstrap_mse', cell)[0]],
  ['best', (run, seed) => Math.min(...cells(run, seed, 'bootstrap_mse', ofSgd))],
  [
    'by',
    (run, seed) => {
      const r2 = cells(run, seed, 'bootstrap_r2', ofSgd);
      return cells(run, seed, 'bootstrap_mse', ofSgd)[r2.indexOf(Math.min(...r2))];
    },
  ],
  [
    'curve',
    (run, seed) => {
      const { trial } = run.trials.find((row) => row.seed === seed)!;
      const isIt = (row: Row) => row.trial === trial && row.split === 'test' && row.epoch === '2';
      return Number(run.curves.find(isIt)!.value);
    },
  ],
])(
  'the commands that explain %s give its values again, for the program and for the wording',
  async (id, valueIn) => {
    const { commands, runs, seeds: counts } = await asJson(id);
    expect(counts.map(({ reading }: { reading: string }) => reading)).toEqual(['code', 'text']);
    expect(commands).toHaveLength(2);
    for (const [index, command] of commands.entries()) {
      const run = await runCommand(command);
      expect(seeds.map((seed) => valueIn(run, seed))).toEqual(runs[index].values);
    }
  },
  60_000,
);

test('so do those of conclusions: with settings that they are about one by one, and about two experiments', async () => {
  const every = await asJson('every');
  for (const [index, command] of every.commands.entries()) {
    const run = await runCommand(command);
    const at = (seed: string, batch: string, rate: string) =>
      cells(run, seed, 'bootstrap_mse', { batch_size: batch, learning_rate: rate })[0];
    const holds = seeds.map((seed) =>
      ['10', '50'].every((batch) => at(seed, batch, '0.01') <= at(seed, batch, '0.1')),
    );
    expect(every.runs[index].holds).toEqual(holds);
  }
  const two = await asJson('two');
  expect(two.commands).toHaveLength(4);
  for (const [index, { holds }] of two.runs.entries()) {
    const [network, exact] = await Promise.all(two.commands.slice(2 * index, 2 * index + 2).map(runCommand));
    const isTrue = (seed: string) =>
      cells(network, seed, 'test_mse')[0] < cells(exact, seed, 'bootstrap_mse')[0];
    expect(seeds.map(isTrue)).toEqual(holds);
  }
}, 60_000);

test('sentences say what was claimed, what was run, how far apart and how sure; a strip shows the runs', async () => {
  const { status, stdout } = await callProgram(['verify', 'explain', 'cell'], directory);
  expect(status).toBe(0);
  expect(stdout.replaceAll('\n', ' ')).toMatch(
    /The report says \(here\): a thing: 0\.1\. It was run again with 3 seeds as the report's program does it \(code\).*Code: the median|code: the median of the runs is/,
  );
  expect(stdout).toMatch(/^ {2}(code )?[-\d.]+ [ .o@|]+ [-\d.]+$/m);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what is piped is plain ASCII
  expect(stdout).toMatch(/^[\x00-\x7f]*$/);
  for (const line of stdout.split('\n').filter((one) => !one.startsWith('  fys-nn'))) {
    expect(line.length).toBeLessThanOrEqual(80);
  }
});

test('a figure is explained by its name, and several by the words that they begin with', async () => {
  const one = await callProgram(['verify', 'explain', 'figure 1'], directory);
  expect(one.stdout).toMatch(/^Figure 1: /);
  expect(one.stdout).toContain('2 numbers');
  expect(one.stdout).not.toContain('Figure 10');
  const unknown = await callProgram(['verify', 'explain', 'figure'], directory);
  expect(unknown.stdout).toMatch(/^Figure 1: [\s\S]*^Figure 10: /m);
});

test('what is not there is refused, and the nearest name is given', async () => {
  const unknown = await callProgram(['verify', 'explain', 'evry'], directory);
  expect(unknown).toMatchObject({ status: 2, stderr: expect.stringContaining('did you mean every') });
  const none = await callProgram(['verify', 'explain', 'nope'], directory);
  expect(none.stderr).toMatch(/no claim or figure of this name[\s\S]*nope[\s\S]*claims\.csv lists them/);
  expect(none.status).toBe(2);
  const nowhere = await callProgram(['verify', 'explain', 'every', '--from', 'nowhere'], directory);
  expect(nowhere).toMatchObject({ status: 2, stderr: expect.stringContaining('nowhere/verify.json') });
});

test.each([
  [['--claims', 'nofile.yaml', 'specification', '--plan'], '--claims', 'write --claims after'],
  [['--json', 'specification', '--plan'], '--json', 'leave out --json'],
  [['--max-time', '5', 'explain', 'best'], '--max-time', 'leave out --max-time'],
  [['--json', 'explain', 'best'], '--json', 'write --json after'],
])('options before a command below verify are refused: %p', async (words, option, remedy) => {
  const { status, stderr } = await callProgram(['verify', ...words], directory);
  expect(status).toBe(2);
  expect(stderr).toContain(`${option} before `);
  expect(stderr).toContain(remedy);
});

test('without the usual verdicts, explains by those of other choices and says so', async () => {
  await rename(join(directory, 'results/verify'), join(directory, 'results/verify-quick'));
  const { status, stderr } = await callProgram(['verify', 'explain', 'cell'], directory);
  expect({ status, stderr }).toEqual({
    status: 0,
    stderr: expect.stringMatching(/no verdicts in results\/verify; these are from results.verify-quick/),
  });
});
