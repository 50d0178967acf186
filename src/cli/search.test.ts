import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runProgram } from '../program.testing.ts';
import { callProgram } from './called.testing.ts';
import { filesBelow } from './shard.testing.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-search-'));
});
afterAll(() => rm(directory, { recursive: true }));

const call = (...args: string[]) => callProgram(args, directory);
const text = (path: string) => readFile(join(directory, path), 'utf8');
const rowsOf = async (path: string) =>
  (await text(path))
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));

const tiny = [
  ...[
    'train',
    '--data',
    'franke',
    '--samples',
    '40',
    '--bootstrap',
    '2',
    '--epochs',
    '2',
    '--hidden',
    'int(2,8)',
  ],
  ...['--learning-rate', 'loguniform(1e-4,1)', '--validation-size', '0.2', '--search', 'sobol'],
];

test('this thread, 2 workers, and 3 shards merged, write the same bytes', async () => {
  const command = [...tiny, '--trials', '5', '--seed', '1,2'];
  expect(await call(...command, '--store', 's1', '--out', 'one')).toMatchObject({ status: 0 });
  const two = [...command, '--jobs', '2', '--store', 's2', '--out', 'two'];
  expect(await runProgram(two, { cwd: directory })).toMatchObject({ status: 0 });
  const files = await filesBelow(join(directory, 'one'));
  expect([...files.keys()]).toEqual(
    expect.arrayContaining([
      '/search.csv',
      '/search.svg',
      '/search.png',
      '/search.vl.json',
      '/best-so-far.svg',
    ]),
  );
  expect(await filesBelow(join(directory, 'two'))).toEqual(files);
  for (const k of [1, 2, 3]) {
    const shard = await call(...command, '--shard', `${k}/3`, '--store', `shard-${k}`);
    expect(shard).toMatchObject({ status: 0, stdout: '' });
  }
  await call('store', 'merge', 'shard-1', 'shard-2', 'shard-3', '--store', 'merged');
  const { status, stderr } = await call(...command, '--store', 'merged', '--out', 'three', '--no-figures');
  expect(status).toBe(0);
  expect(stderr).toContain('10 trials, 10 of them from the store');
  const tables = [...files].filter(([name]) => name.endsWith('.csv'));
  expect([...(await filesBelow(join(directory, 'three')))].sort()).toEqual(tables.sort());
  expect(await call('plot', 'one', '--out', 'drawn')).toMatchObject({ status: 0 });
  const drawn = await filesBelow(join(directory, 'drawn'));
  for (const name of ['/search.svg', '/best-so-far.svg']) expect(drawn.get(name)).toEqual(files.get(name));
});

describe('a search', () => {
  test('is continued by a longer one, ranked by the validation rows, and its best is run alone from the store', async () => {
    await call(...tiny, '--trials', '4', '--out', 'short', '--no-figures');
    const { stdout, stderr } = await call(...tiny, '--trials', '6', '--out', 'long', '--no-figures');
    expect(stderr).toContain('6 trials, 4 of them from the store');
    expect(stdout).toContain(
      'Sobol search, 6 settings: learning rate loguniform(0.0001,1); hidden int(2,8).',
    );
    expect(stdout).toContain('* best (lowest validation MSE)');
    const [head, ...rows] = await rowsOf('long/search.csv');
    const column = (name: string) => rows.map((row) => row[head.indexOf(name)]);
    expect(column('number')).toEqual(['1', '2', '3', '4', '5', '6']);
    expect([...column('rank')].sort()).toEqual(['1', '2', '3', '4', '5', '6']);
    expect(new Set(column('decided_by'))).toEqual(new Set(['validation_mse']));
    const values = column('validation_mse_mean').map(Number);
    expect(column('best_so_far').map(Number)).toEqual(
      values.map((_, index) => Math.min(...values.slice(0, index + 1))),
    );
    expect((await rowsOf('short/search.csv')).slice(1).map((row) => row[3])).toEqual(
      rows.slice(0, 4).map((row) => row[3]),
    );
    const alone = /npx fys-nn (train .*)\n/.exec(stdout)![1].split(' ');
    const again = await call(...alone, '--plan');
    expect(again.stdout).toContain('1 trial: 1 in the store, 0 to run');
  });

  test('of many settings is planned with the first and the last of them; JSON has all', async () => {
    const { stdout } = await call(...tiny, '--trials', '201', '--plan');
    expect(stdout.match(/^ {2}t[0-9a-f]{15} /gm)).toHaveLength(15);
    expect(stdout).toContain('\n  ... 186 more trials; --json lists all\n');
    expect(stdout).toMatch(/^201 trials: \d+ in the store, \d+ to run, in about /m);
    const table = await call('table', ...tiny, '--trials', '201');
    expect(table.stderr).toContain('note: the table has 201 rows; a run prints only the best');
    const csv = await call('table', ...tiny, '--trials', '201', '--format', 'csv');
    expect(csv.stderr).not.toContain('rows');
    const json = await call(...tiny, '--trials', '201', '--plan', '--json');
    expect(JSON.parse(json.stdout).trials).toHaveLength(201);
  });

  test('is planned, run again and lengthened from its folder', async () => {
    const planned = await call(...tiny, '--trials', '5', '--plan', '--json');
    const { search, trials } = JSON.parse(planned.stdout);
    expect(search).toMatchObject({ method: 'sobol', trials: 5, distinct: 5, seed: 2020 });
    expect(search.space).toEqual({ learningRate: ['loguniform(0.0001,1)'], hidden: ['int(2,8)'] });
    expect(trials).toHaveLength(5);
    await call(...tiny, '--trials', '5', '--out', 'five', '--no-figures');
    const again = await call('rerun', 'five', '--out', 'again', '--no-figures');
    expect(again.stderr).toContain('the tables have the same bytes as before');
    expect((await call('rerun', 'five', '--trials', '7', '--plan')).stdout).toContain('7 trials: ');
    expect((await call('rerun', 'five', '--search', 'grid', '--plan')).stderr).toContain('has a range');
  });

  test('can be written in a file, and options override it', async () => {
    const file = (search: string) =>
      `data: iris\ntarget: species\nsettings:\n  epochs: 1\n  learningRate: loguniform(1e-3,1)\n${search}\n`;
    await writeFile(join(directory, 'my.yaml'), file('search: random\ntrials: 3'));
    expect((await call('run', 'my.yaml', '--plan')).stdout).toContain(
      'Random search, 3 settings: learning rate loguniform(0.001,1)',
    );
    expect((await call('run', 'my.yaml', '--trials', '5', '--plan')).stdout).toContain('5 trials: ');
    const grid = await call('run', 'my.yaml', '--search', 'grid', '--learning-rate', '0.1,0.2', '--plan');
    expect(grid.stdout).toContain('2 trials: ');
    const { stdout } = await call('run', 'my.yaml', '--no-figures');
    const alone = /npx fys-nn (run .*)\n/.exec(stdout)![1].split(' ');
    expect((await call(...alone, '--plan')).stdout).toContain('1 trial: 1 in the store');
    await writeFile(join(directory, 'other.yaml'), 'extends: my.yaml\ntrials: 4\n');
    expect((await call('run', 'other.yaml', '--plan')).stdout).toContain('Random search, 4 settings');
    await writeFile(join(directory, 'bad.yaml'), file(''));
    const bad = await call('run', 'bad.yaml', '--plan');
    expect(bad).toMatchObject({ status: 2, stdout: '' });
    expect(bad.stderr).toContain('bad.yaml:5:17: --learning-rate has a range');
  });

  test('whose settings are stopped early numbers and draws all of them', async () => {
    const stops = ['--trials', '6', '--epochs', '4', '--halving', '2', '--out', 'halved'];
    const { status, stdout } = await call(
      ...tiny.filter((word, i) => word !== '--epochs' && tiny[i - 1] !== '--epochs'),
      ...stops,
    );
    expect(status).toBe(0);
    const [head, ...rows] = await rowsOf('halved/search.csv');
    const column = (name: string) => rows.map((row) => row[head.indexOf(name)]);
    expect(column('number')).toEqual(['1', '2', '3', '4', '5', '6']);
    expect(new Set(column('status'))).toEqual(new Set(['done', 'stopped']));
    expect(stdout).not.toMatch(/npx .*--halving/);
    const drawn = await filesBelow(join(directory, 'halved'));
    expect(drawn.get('/search.svg')).toContain('stopped');
    expect(await call('plot', 'halved', '--out', 'halved-drawn')).toMatchObject({ status: 0 });
    const again = await filesBelow(join(directory, 'halved-drawn'));
    expect(again.get('/search.svg')).toEqual(drawn.get('/search.svg'));
    expect([...drawn.keys()].filter((name) => name.includes('best-so-far'))).toEqual([]);
  });

  test('shows what it does not draw for comparison, never as its best', async () => {
    const command = [
      'grid-search',
      'ols',
      '--samples',
      '60',
      '--bootstrap',
      '2',
      '--epochs',
      '2',
      '--seed',
      '1',
    ];
    const rates = [
      '--batch-size',
      '10',
      '--schedule',
      'constant',
      '--learning-rate',
      'loguniform(1e-6,1e-5)',
    ];
    const { stdout, status } = await call(
      ...[...command, ...rates, '--search', 'random', '--trials', '3', '--out', 'beside'],
    );
    expect(status).toBe(0);
    // So small learning rates cannot be better than the closed form.
    expect(stdout).toContain('Random search, 3 settings: ');
    const [searched, beside] = stdout.split('For comparison, not searched:');
    expect(searched).not.toContain('closed-form');
    expect(searched.match(/\*$/gm)).toHaveLength(1);
    expect(beside.match(/closed-form/g)).toHaveLength(1);
    expect(beside).toMatch(/npx fys-nn .* --solver sgd .*--learning-rate/);
    const [head, ...rows] = await rowsOf('beside/search.csv');
    expect(rows.map((row) => row[head.indexOf('solver')])).toEqual(['sgd', 'sgd', 'sgd']);
    expect(rows.map((row) => row[head.indexOf('rank')]).sort()).toEqual(['1', '2', '3']);
    expect(await text('beside/search.svg')).toMatch(/setting \d of 3/);
    const { stderr } = await call('store', 'import', 'beside/search.csv');
    expect(stderr).toContain('is not a file of records');
    expect(stderr).toContain('fys-nn store export FILE');
  });

  test('says so if the test rows choose, or settings diverge', async () => {
    const command = ['ffnn', '--samples', '40', '--epochs', '3', '--hidden', '2', '--bootstrap', '2'];
    const rates = ['--learning-rate', 'loguniform(1e-3,100)', '--search', 'random', '--trials', '8'];
    const onTest = [...command, ...rates, '--validation-size', '0'];
    const { stdout, stderr, status } = await call(...onTest, '--out', 'wild');
    expect(status).toBe(0);
    expect(stderr).toContain('the best setting is chosen on the test rows');
    expect(stdout).toMatch(/\d of 8 diverged\./);
    const [head, ...rows] = await rowsOf('wild/search.csv');
    for (const row of rows) {
      expect(row[head.indexOf('rank')] === '').toBe(row[head.indexOf('status')] === 'diverged');
    }
  });

  test.each([
    [['--search', 'sobol'], '--search sobol does not say how many settings to try'],
    [['--trials', '5'], '--trials has no effect on a grid'],
    [['--search', 'hyperband', '--trials', '5'], '--search has an unknown value'],
    [['--search', 'random', '--trials', '0'], '--trials is out of range'],
    [['--search', 'random', '--trials', '5'], '--search has nothing to search'],
    [['--learning-rate', 'loguniform(0,1)'], '--learning-rate: loguniform has wrong ends'],
    [['--learning-rate', 'uniform(0,1)'], '--learning-rate has a range with values that it does not take'],
    [['--epochs', 'int(1,5)'], '--epochs has a range, and nothing says how many'],
  ])('%j is refused in a sentence', async (args, message) => {
    const { status, stdout, stderr } = await call('ffnn', ...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});

test('search.csv counts the seeds of a setting that was stopped, as its last round did', async () => {
  const { status } = await call(
    ...['ffnn', '--samples', '40', '--bootstrap', '2', '--epochs', '4', '--hidden', '2', '--seed', '1,2'],
    ...['--learning-rate', 'loguniform(1e-4,1e5)', '--search', 'sobol', '--trials', '8', '--halving', '2'],
    ...['--no-figures', '--out', 'counted'],
  );
  expect(status).toBe(0);
  const table = async (path: string) => {
    const [head, ...rows] = await rowsOf(path);
    return rows.map((row) => Object.fromEntries(head.map((name, place) => [name, row[place]])));
  };
  const last = new Map((await table('counted/rounds.csv')).map((row) => [row.learning_rate, row]));
  const searched = await table('counted/search.csv');
  expect(searched.filter(({ status, diverged }) => status === 'stopped' && diverged === '2')).not.toEqual([]);
  expect(searched.filter(({ status, seeds }) => status === 'stopped' && seeds === '2')).not.toEqual([]);
  for (const row of searched) {
    const { seeds, diverged } = last.get(row.learning_rate)!;
    expect([Number(row.seeds) + Number(row.diverged), row.diverged]).toEqual([Number(seeds), diverged]);
  }
});

test('a race of settings with different epochs is drawn again as the run drew it', async () => {
  const command = [
    ...[
      'train',
      '--data',
      'franke',
      '--samples',
      '120',
      '--bootstrap',
      '2',
      '--hidden',
      '3',
      '--epochs',
      '4,8',
    ],
    ...['--search', 'random', '--trials', '4', '--learning-rate', '1e-6,0.05', '--lambda', 'uniform(0,0.01)'],
  ];
  const { status } = await call(...command, '--seed', '1..14', '--racing', '--out', 'race');
  expect(status).toBe(0);
  expect(await text('race/rounds.csv')).toContain('cannot win');
  expect(await call('plot', 'race', '--out', 'raced')).toMatchObject({ status: 0 });
  for (const name of ['search.svg', 'best-so-far.svg'])
    expect(await text(`raced/${name}`)).toBe(await text(`race/${name}`));
});

test('the command of the best setting names the file of its initial weights, and tables name the data', async () => {
  const net = [
    'train',
    '--data',
    'franke',
    '--samples',
    '40',
    '--epochs',
    '1',
    '--hidden',
    '3',
    '--no-figures',
  ];
  await call(...net, '--save-model', 'weights.json', '--out', 'first');
  const { stdout } = await call(
    ...[...net, '--init-weights', 'weights.json', '--search', 'random', '--trials', '2'],
    ...['--learning-rate', 'loguniform(1e-3,1)', '--out', 'from'],
  );
  expect(stdout).toMatch(/The best alone:\n {2}npx fys-nn train .*--init-weights weights\.json$/m);
  const [head, first] = await rowsOf('from/search.csv');
  expect(first[head.indexOf('data')]).toBe('franke');
});

test('axes with which too many lines would be drawn are refused, with what can be drawn instead', async () => {
  const net = [
    'train',
    '--data',
    'franke',
    '--samples',
    '20',
    '--bootstrap',
    '2',
    '--hidden',
    '1',
    '--epochs',
    '1',
  ];
  const ranges = ['--learning-rate', 'uniform(0.01,0.1)', '--lambda', 'uniform(0,1)'];
  const command = [
    ...net,
    ...ranges,
    '--search',
    'random',
    '--trials',
    '230',
    '--no-figures',
    '--out',
    'many',
  ];
  expect(await call(...command)).toMatchObject({ status: 0 });
  const { status, stderr } = await call('plot', 'many', '--axes', 'learning-rate');
  expect(status).toBe(2);
  expect(stderr).toMatch(/many: no figures of 2\d\d curves: more than 200 would not be legible/);
  expect(stderr).toContain('leave out --axes: the figure search has an axis for each setting');
});
