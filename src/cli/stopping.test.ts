import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readCsv } from '../files/csv.ts';
import { clocks, preloading, runProgram } from '../program.testing.ts';
import { callProgram } from './called.testing.ts';
import { filesBelow } from './shard.testing.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-stopping-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const run = (args: readonly string[]) => callProgram(args, directory);
const start = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  runProgram(args, { cwd: directory, env });
const filesOf = (out: string) => filesBelow(join(directory, out));

/** The rows of a CSV file by column. */
async function rowsOf(...path: string[]): Promise<Record<string, string>[]> {
  const records: string[][] = [];
  for await (const record of readCsv(join(directory, ...path))) records.push([...record]);
  const [header, ...rows] = records;
  return rows.map((row) => Object.fromEntries(header.map((name, place) => [name, row[place]])));
}

const small = ['--samples', '60', '--bootstrap', '2', '--no-figures'];
const halving = [
  ...['grid-search', 'ffnn', ...small, '--hidden', '4', '--validation-size', '0.2', '--seed', '1,2'],
  ...['--learning-rate', '1e-4,1e-3,0.01,0.05,0.1', '--lambda', '0,0.01', '--epochs', '9', '--halving', '4'],
];
const sgdOnOls = [
  ...['grid-search', 'ols', ...small, '--solver', 'sgd', '--schedule', 'constant'],
  ...['--batch-size', '10'],
];
const racing = ['train', '--data', 'franke', '--samples', '120', '--bootstrap', '2'].concat([
  ...['--no-figures', '--hidden', '3', '--epochs', '8'],
  ...['--learning-rate', '1e-6,0.05,0.1', '--seed', '1..10', '--validation-size', '0.2', '--racing'],
]);

const runs: [string, readonly string[]][] = [
  ['halving', halving],
  ['racing', racing],
];

test.each(runs)(
  '%s gives the same bytes in this thread and in shards, and the rows of a run that stops nothing',
  async (_, command) => {
    const stores = ['a', 'b'];
    const merge = async (...args: string[]) =>
      expect(await run(['store', 'merge', ...args])).toMatchObject({ status: 0 });
    // Each round in two shards, whose stores are merged before the next.
    for (const round of [1, 2]) {
      for (const [index, store] of stores.entries()) {
        const shard = `${index + 1}/2`;
        const { status, stdout, stderr } = await run([...command, '--shard', shard, '--store', store]);
        expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
        expect(stderr).toContain(`round ${round}, shard ${shard} is complete`);
      }
      await merge(...stores, '--store', 'merged');
      for (const store of stores) await merge('merged', '--store', store);
    }
    expect(await readdir(directory)).not.toContain('results');
    const shard = await run([...command, '--shard', '1/2', '--store', 'merged']);
    expect(shard).toMatchObject({ status: 0 });
    expect(shard.stderr).toContain('every round has its records');
    const whole = command.slice(0, command === halving ? -2 : -1);
    const merged = await run([...command, '--out', 'merged-out', '--store', 'merged']);
    const full = await run([...whole, '--out', 'full', '--store', 'full-store']);
    expect([merged.status, full.status]).toEqual([0, 0]);
    expect(merged.stderr).toMatch(/(\d+) trials, \1 of them from the store/);
    const left = await rowsOf('merged-out', 'trials.csv');
    const all = new Map((await rowsOf('full', 'trials.csv')).map((row) => [row.trial, row]));
    expect(left.length).toBeGreaterThan(0);
    expect(left.length).toBeLessThan(all.size);
    for (const row of left) expect(row).toEqual(all.get(row.trial));
    expect(await run([...command, '--out', 'own', '--store', 'own-store'])).toMatchObject({ status: 0 });
    expect(await filesOf('own')).toEqual(await filesOf('merged-out'));
  },
  60_000,
);

test('halving on two workers, killed and resumed, gives the bytes of this thread', async () => {
  expect(await run([...halving, '--out', '1', '--store', 'store-1'])).toMatchObject({ status: 0 });
  // Killed in a trial of seed 2, which the first round has. Each epoch leaves a checkpoint, and each training its state.
  const hasty = preloading(clocks.hasty);
  const again = [...halving, '--out', 'out', '--store', 'store', '--jobs', '2'];
  const killed = await start(again, { ...hasty, FYS_NN_FAULT: 'kill:2:1' });
  expect(killed.signal).toBe('SIGKILL');
  expect(await readdir(directory)).not.toContain('out');
  const resumed = await start(again, hasty);
  expect(resumed).toMatchObject({ status: 0 });
  expect(resumed.stderr).toMatch(/trials continue where finished trials ended, after epochs? \d/);
  expect(await filesOf('out')).toEqual(await filesOf('1'));
}, 60_000);

test('--force computes the shards again, also when every round is complete', async () => {
  const command = [...halving, '--store', 'store'];
  expect(await run([...command, '--out', 'before'])).toMatchObject({ status: 0 });
  const shards = [];
  for (const shard of ['1/2', '2/2']) {
    const { status, stdout } = await run([...command, '--shard', shard, '--force', '--json']);
    expect(status).toBe(0);
    shards.push(JSON.parse(stdout));
  }
  // 20 trials in the first round, 4 in the second.
  expect(shards.map(({ computed, trials }) => computed - trials)).toEqual([0, 0]);
  expect(shards[0].trials + shards[1].trials).toBe(24);
  expect(await run([...command, '--out', 'after'])).toMatchObject({ status: 0 });
  expect(await filesOf('after')).toEqual(await filesOf('before'));
});

test('a race has closed forms next to it, which are never stopped', async () => {
  const rates = ['--learning-rate', '1e-6,0.01,0.05', '--batch-size', '10', '--schedule', 'constant'];
  const command = [
    'grid-search',
    'ols',
    ...small,
    ...rates,
    '--degree',
    '3',
    '--epochs',
    '20',
    '--seed',
    '1..8',
  ];
  const { status, stderr } = await run([...command, '--racing', '--out', 'out']);
  expect({ status, stderr }).toEqual({
    status: 0,
    stderr: expect.stringContaining('by default --validation-size 0.2'),
  });
  const left = await rowsOf('out', 'trials.csv');
  expect(left.filter(({ solver }) => solver === 'closed-form')).toHaveLength(8);
  const rounds = await rowsOf('out', 'rounds.csv');
  expect(new Set(rounds.map(({ solver }) => solver))).toEqual(new Set(['sgd']));
  expect(rounds.filter(({ kept }) => kept === 'false').map((row) => row.learning_rate)).toContain('0.000001');
  // Without any trained ones, closed forms are raced themselves.
  const alone = ['--solver', 'closed-form', '--degree', '0,3', '--racing', '--plan'];
  expect((await run([...command.filter((word) => !rates.includes(word)), ...alone])).stdout).toContain(
    'round 1 of 2: at most 2 settings, 6 seeds',
  );
});

test('says what was tried, what was stopped, when and why', async () => {
  const { stdout, stderr, status } = await run(halving);
  expect(status).toBe(0);
  expect(stderr).toContain('round 1 of 2: 10 settings, 3 epochs, 2 seeds');
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
    '10 settings; stopped: 8 after 3 epochs. 84 of the 180 epochs that all settings take (47 %)',
  );
  // The best of each round, which are not ranked with those of another.
  const table = stdout.slice(stdout.indexOf('All settings by validation R2')).split('\n');
  const lines = table.slice(table.findIndex((line) => line.startsWith('---')) + 1, -1).slice(0, 10);
  expect(lines.map((line) => / {2}([39]) /.exec(line)?.[1])).toEqual([...'9933333333']);
  expect(lines[0]).toContain('place 1 of 2');
  expect(lines[2]).toContain('stopped: place 3 of 10');
  const best = /The best alone:\n {2}npx fys-nn (.*)/.exec(stdout)![1].split(' ');
  expect((await run([...best, '--plan'])).stdout).toContain('2 trials: 2 in the store, 0 to run');
  const [out] = (await readdir(join(directory, 'results'))).filter((name) =>
    name.startsWith('grid-search-ffnn-halving-4-'),
  );
  const rows = await rowsOf('results', out, 'rounds.csv');
  expect(rows.map(({ round, epochs }) => `${round}: ${epochs}`)).toEqual([
    ...Array.from({ length: 10 }, () => '1: 3'),
    '2: 9',
    '2: 9',
  ]);
  expect(rows.filter(({ kept }) => kept === 'true')).toHaveLength(2 + 2);
  expect(new Set(rows.map(({ metric }) => metric))).toEqual(new Set(['validation_r2']));
  // Kept are the best of their round, by their own numbers.
  const first = rows.slice(0, 10).sort((a, b) => Number(b.mean) - Number(a.mean));
  expect(first.map(({ kept }) => kept)).toEqual([...Array(2).fill('true'), ...Array(8).fill('false')]);
  const json = JSON.parse((await run([...halving, '--json'])).stdout);
  expect(json.cost).toEqual({ taken: 84, all: 180, unit: 'epochs' });
  expect(json.rounds).toHaveLength(12);
});

test('what diverges is stopped with that reason, and nothing is left if all do', async () => {
  const given = [...sgdOnOls, '--epochs', '30', '--halving', '2', '--learning-rate'];
  const some = await run([...given, '0.1,5,10,20', '--out', 'some', '--page']);
  expect(some.status).toBe(0);
  const page = await readFile(join(directory, 'some', 'report.html'), 'utf8');
  expect(page).toContain('<dt>trials</dt><dd>1; 6 in all rounds</dd>');
  expect(page).toContain('4 settings in 3 rounds, of which 3 were stopped early');
  expect(page).toContain('stopped: diverged');
  const rows = await rowsOf('some', 'rounds.csv');
  expect(
    rows.filter(({ reason }) => reason === 'diverged').map(({ learning_rate }) => learning_rate),
  ).toEqual(expect.arrayContaining(['10', '20']));
  expect((await rowsOf('some', 'trials.csv')).map(({ learning_rate }) => learning_rate)).toEqual(['0.1']);
  const table = await run([
    ...['table', ...given.filter((word) => word !== '--no-figures'), '0.1,5,10,20', '--format', 'csv'],
  ]);
  const ends = table.stdout.split('\n').map((line) => line.split(',').slice(-3).join(','));
  expect(ends).toEqual(['seeds,status,reason', '1,done,', ...Array(3).fill('0,stopped,diverged'), '']);
  const strict = await run([...given, '0.1,5,10,20', '--out', 'some', '--fail-on-diverged']);
  expect(strict.status).toBe(1);
  expect(strict.stderr).toContain('diverged in a round, and were stopped');
  const none = await run([...given, '10,20,30', '--out', 'none']);
  expect(none.status).toBe(1);
  expect(none.stderr).toMatch(/error: all 3 settings of round 1 diverged .*lower --learning-rate/);
  expect(await readdir(directory)).not.toContain('none');
});

test('a note says that the chosen setting, or one that was stopped, was better before', async () => {
  const rates = ['--learning-rate', '0.25,0.3,0.4', '--validation-size', '0.2', '--halving', '3'];
  const later = await run([...sgdOnOls, ...rates, '--epochs', '27', '--out', 'later']);
  const rows = await rowsOf('later', 'rounds.csv');
  const last = rows.filter(({ round }) => round === rows[rows.length - 1].round);
  const earlier = rows.filter(({ round, mean }) => round === '1' && Number(mean) > Number(last[0].mean));
  expect(earlier.length).toBeGreaterThan(0);
  expect(later.stderr).toMatch(
    /note: the chosen setting, learning rate \S+, is worse with validation R2 \S+ after 27 epochs \(round 2\) than .* after 9 epochs \(round 1\)/,
  );
  expect(last[0]).toHaveProperty('behind_t95_low');
  const fine = await run([...halving, '--out', 'fine']);
  const own = await rowsOf('fine', 'rounds.csv');
  const end = own.filter(({ round }) => round === own[own.length - 1].round);
  const best = Math.min(...end.map(({ mean }) => Number(mean)));
  const better = own.some(({ mean }) => mean !== '' && Number(mean) < best);
  expect(fine.stderr.includes('the chosen setting')).toBe(better);
  const twice = await run([...halving, '--epochs', '5']);
  expect(twice.status).toBe(2);
  expect(twice.stderr).toContain('write --epochs 9, once: an option that is given twice has both values');
});

test('of a search too; the command for the best alone stops nothing, and gives its value', async () => {
  const drawn = ['--search', 'sobol', '--trials', '6', '--learning-rate', 'loguniform(1e-4,0.1)'];
  const search = ['train', '--data', 'franke', ...small, '--epochs', '4', '--hidden', '3', ...drawn];
  const { stdout, status } = await run([...search, '--halving', '2', '--min-epochs', '1', '--out', 'out']);
  expect(status).toBe(0);
  expect(stdout).toContain('6 settings; stopped: 3 after 1 epoch, 2 after 2 epochs');
  const best = /npx fys-nn (.*)/.exec(stdout)![1];
  expect(best).not.toMatch(/halving|min-epochs|search/);
  expect(await run([...best.split(' '), '--no-figures', '--out', 'alone'])).toMatchObject({ status: 0 });
  const [row] = await rowsOf('alone', 'trials.csv');
  expect([row]).toEqual(await rowsOf('out', 'trials.csv'));
});

test('validation rows choose unless somebody says otherwise', async () => {
  const plan = async (...args: string[]) => await run([...args, '--plan']);
  const note = 'by default --validation-size 0.2 chooses; the test rows only judge';
  const rates = ['--learning-rate', '0.001,0.01,0.1', '--epochs', '4'];
  const ffnn = ['ffnn', ...small, '--hidden', '3', ...rates];
  expect((await plan(...ffnn, '--halving')).stderr).toContain(note);
  expect((await plan(...ffnn, '--racing', '--seed', '1..9')).stderr).toContain(note);
  expect((await plan(...ffnn, '--search', 'random', '--trials', '2')).stderr).toContain(note);
  for (const said of [
    ['--validation-size', '0'],
    ['--folds', '3'],
    ['--validation-size', '5'],
  ])
    expect((await plan(...ffnn, '--halving', ...said)).stderr).not.toContain(note);
  expect((await plan(...ffnn)).stderr).not.toContain(note);
  // No mini-batch fits in what validation rows would leave.
  const few = await plan('ffnn', ...rates, '--samples', '20', '--batch-size', '14', '--halving');
  expect(few).toMatchObject({ status: 0, stderr: expect.not.stringContaining(note) });
  await writeFile(join(directory, 'said.yaml'), 'extends: ffnn\nsettings:\n  validationSize: 0\n');
  expect((await plan('run', 'said.yaml', ...rates, '--halving')).stderr).not.toContain(note);
  await writeFile(join(directory, 'unsaid.yaml'), 'extends: ffnn\nsettings:\n  samples: 60\n');
  expect((await plan('run', 'unsaid.yaml', ...rates, '--halving')).stderr).toContain(note);
});

test('rerun chooses on the same rows as before', async () => {
  const command = ['ffnn', ...small, '--hidden', '3', '--learning-rate', '0.001,0.01,0.1', '--epochs', '4'];
  for (const [out, ...said] of [['usual'], ['test-rows', '--validation-size', '0']]) {
    expect(await run([...command, '--halving', ...said, '--out', out])).toMatchObject({ status: 0 });
    const { stderr } = await run(['rerun', out, '--out', 'again']);
    expect(stderr).toContain('the tables have the same bytes as before');
    expect((await rowsOf(out, 'rounds.csv'))[0].metric).toBe(
      said.length === 0 ? 'validation_r2' : 'bootstrap_r2',
    );
  }
});

test('a grid marks what was stopped, and plot draws the same from the folder', async () => {
  const drawn = halving.filter((word) => word !== '--no-figures');
  const { status, stdout } = await run([...drawn, '--out', 'out']);
  expect(status).toBe(0);
  // Two rows and five columns, of which two cells are left, for each of the metrics shown.
  const [map] = stdout.split('* best');
  expect(map.match(/~/g)).toHaveLength(8);
  const svg = await readFile(join(directory, 'out', 'heat-maps.svg'), 'utf8');
  expect(svg.match(/>stopped</g)?.length).toBeGreaterThanOrEqual(8);
  expect(await callProgram(['plot', 'out'], directory)).toMatchObject({ status: 0 });
  expect(await readFile(join(directory, 'out', 'heat-maps.svg'), 'utf8')).toBe(svg);
  const again = await run(['rerun', 'out', '--out', 'again']);
  expect(again).toMatchObject({ status: 0, stdout });
  expect(again.stderr).toContain('the tables have the same bytes as before');
}, 60_000);

const ols = ['grid-search', 'ols', '--batch-size', '10', '--solver', 'sgd'];
test.each([
  ['both', [...ols, '--halving', '--racing'], 'exclude each other'],
  ['no number', [...ols, '--halving', 'x'], '--halving'],
  ['1 in 1', [...ols, '--halving', '1'], '--halving'],
  ['no halving', [...ols, '--min-epochs', '5'], 'no effect without --halving'],
  [
    'no epochs',
    ['grid-search', 'ols', '--solver', 'closed-form', '--degree', '1..5', '--halving'],
    'have none',
  ],
  [
    'L-BFGS',
    ['train', '--data', 'franke', '--solver', 'lbfgs', '--lambda', '1,2,3', '--halving'],
    'have none',
  ],
  ['a list of epochs', [...ols, '--epochs', '5,10', '--halving'], 'write --epochs 10'],
  ['one setting', ['ffnn', '--halving'], 'there are fewer'],
  ['too late', [...ols, '--halving', '--min-epochs', '90'], 'lower --min-epochs'],
  ['too few seeds', [...ols, '--racing', '--seed', '1..5'], 'at least 7 seeds'],
  ['one racer', ['ffnn', '--racing', '--seed', '1..20'], 'only one setting'],
])('%s: refused before anything is written', async (_, args, what) => {
  const { status, stdout, stderr } = await callProgram(args, directory);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(what);
  expect(await readdir(directory)).toEqual([]);
});

test('--plan says what the rounds run at most, and which trials come next', async () => {
  const { stdout, status } = await run([...halving, '--plan']);
  expect(status).toBe(0);
  expect(stdout).toContain('round 1 of 2: at most 10 settings, 3 epochs, 2 seeds');
  expect(stdout).toContain('round 2 of 2: at most 2 settings, 9 epochs, 2 seeds');
  expect(stdout).toContain('all rounds: at most 84 of the 180 epochs that all settings take (47 %)');
  expect(stdout).toContain('round 1, 0 in the store, 20 to run');
});

test('table with the options of the run shows what is left and what was stopped; without them it says what to add', async () => {
  const command = [
    ...['train', '--data', 'franke', '--samples', '60', '--bootstrap', '2', '--hidden', '3', '--epochs', '4'],
    ...['--learning-rate', '1e-5,0.01,0.1', '--store', 'store'],
  ];
  const early = await run(['table', ...command, '--halving']);
  expect(early).toMatchObject({
    status: 4,
    stderr: expect.stringContaining('round 1 of 2 lacks 3 of its 3 trials'),
  });
  expect(await run([...command, '--halving', '--out', 'out', '--no-figures'])).toMatchObject({ status: 0 });
  const { status, stdout } = await run(['table', ...command, '--halving', '--format', 'csv']);
  expect(status).toBe(0);
  expect(stdout.match(/,1,stopped,"place \d of 3, of which 1 continues"$/gm)).toHaveLength(2);
  expect(stdout.match(/,1,done,$/gm)).toHaveLength(1);
  const shown = await run(['table', ...command, '--halving']);
  expect(shown.stdout).toContain('| outcome |');
  expect(shown.stdout.match(/ stopped \| stopped: place \d of 3 \|$/gm)).toHaveLength(2);
  const plain = await run(['table', ...command]);
  expect(plain.status).toBe(4);
  expect(plain.stderr).toContain('1 of them is in the store with --validation-size 0.2');
});

test('a slice of a grid of which everything was stopped is named', async () => {
  const { status, stdout } = await run([
    ...halving.slice(0, -2),
    '--hidden',
    '2',
    '--halving',
    '20',
    '--out',
    'out',
  ]);
  expect(status).toBe(0);
  expect(stdout).toMatch(
    /Not shown, because all their settings were stopped early \(rounds\.csv\): hidden \d\./,
  );
  expect(await run(['plot', 'out'])).toMatchObject({
    status: 0,
    stderr: expect.stringContaining('Not shown, because all their settings were stopped early'),
  });
});

test('--plan says how many epochs all rounds take at most, also where they train from the first epoch again', async () => {
  const command = [
    'train',
    '--data',
    'franke',
    '--learning-rate',
    '0.001,0.01,0.1',
    '--epochs',
    '9',
    '--halving',
  ];
  const { stdout } = await run([...command, '--plan']);
  expect(stdout).toContain('round 2 of 2: at most 1 setting, 9 epochs, 1 seed');
  expect(stdout).toContain('all rounds: at most 15 of the 27 epochs that all settings take (56 %)');
  const again = await run([...command, '--folds', '3', '--plan', '--json']);
  expect(JSON.parse(again.stdout)).toMatchObject({
    rounds: [
      { settings: 3, epochs: 3 },
      { settings: 1, epochs: 9 },
    ],
    cost: { atMost: 18, all: 27, unit: 'epochs' },
  });
});
