import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { runProgram } from '../program.testing.ts';
import { callProgram } from './called.testing.ts';
import { filesBelow } from './shard.testing.ts';
import { parseShard } from './shard.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-shard-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const filesOf = (out: string) => filesBelow(join(directory, out));
const run = (...args: string[]) => callProgram(args, directory);

/** Runs all shards of a command, each with a store of its own, and merges these. */
async function runShards(
  n: number,
  command: readonly string[],
  store: string,
  runOne: (...args: string[]) => Promise<object> = run,
): Promise<void> {
  const stores = Array.from({ length: n }, (_, index) => `${store}-${index + 1}`);
  for (const [index, own] of stores.entries()) {
    expect(await runOne(...command, '--shard', `${index + 1}/${n}`, '--store', own)).toMatchObject({
      ...{ status: 0, stdout: '' },
      stderr: expect.stringContaining(`shard ${index + 1}/${n} is complete`),
    });
  }
  expect(await run('store', 'merge', ...stores, '--store', store)).toMatchObject({ status: 0 });
}

describe('the value of --shard', () => {
  test.each(['1/1', '3/8', '10000/10000'])('%s', (text) => {
    const [k, n] = text.split('/').map(Number);
    expect(parseShard(text)).toEqual({ k, n });
  });

  test.each([
    ['3 of 8', '--shard does not name a part of the trials', 'write --shard 3/8'],
    ['3:8', '--shard does not name a part of the trials', 'write --shard 3/8'],
    ['3', '--shard does not name a part of the trials', 'write --shard 3/8 for the third'],
    ['3/8.5', '--shard does not name a part of the trials', 'write --shard 3/8 for the third'],
    ['-1/8', '--shard does not name a part of the trials', 'write --shard 3/8 for the third'],
    ['', '--shard does not name a part of the trials', 'write --shard 3/8 for the third'],
    ['0/8', '--shard 0/8 names part 0 of 8', 'write --shard 1/8 for the first part'],
    ['9/8', '--shard 9/8 names part 9 of 8', 'write --shard 1/8 for the first part'],
    ['3/0', '--shard 3/0 divides the trials into 0 parts', 'write --shard 1/8'],
    ['3/20000', '--shard 3/20000 divides the trials into 20000 parts', 'write --shard 1/8'],
  ])('"%s" is refused', async (text, what, remedy) => {
    const { status, stdout, stderr } = await callProgram(['ffnn', `--shard=${text}`], directory);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(what);
    expect(stderr).toContain(remedy);
    expect(await readdir(directory)).toEqual([]);
  });

  test.each([
    ['twice', ['ffnn', '--shard', '1/2', '--shard', '2/2'], '--shard is there twice'],
    ['where nothing is trained', ['verify', '--runs', 'r.csv', '--shard', '1/2'], 'no effect with --runs'],
    ['where a file is written', ['verify', '--init', '--shard', '1/2'], 'no effect with --init'],
    ['with a longest time', ['verify', '--shard', '1/2', '--max-time', '1'], 'exclude each other'],
    ['of a view', ['plot', '--shard', '1/2'], 'has no such option'],
  ])('%s it is refused', async (_, args, what) => {
    const { status, stderr } = await callProgram(args, directory);
    expect(status).toBe(2);
    expect(stderr).toContain(what);
    expect(await readdir(directory)).toEqual([]);
  });
});

const classifier = ['mnist', '--epochs', '1', '--samples', '300', '--test-size', '100', '--seed', '1..4'];
const lines = ['grid-search', 'ols', '--epochs', '1', '--batch-size', '10,50', '--learning-rate', '0.1,0.01'];

test('merged shards give the results of a run without, with its models and no further training', async () => {
  const command = [...classifier, '--page', '--save-model', 'all'];
  expect(await run(...command, '--out', 'whole', '--store', 'whole-store')).toMatchObject({ status: 0 });
  const before = await filesOf('whole');
  // More shards than trials: one has nothing to do.
  await runShards(5, [...command, '--out', 'whole'], 'merged', (...args) =>
    runProgram(args, { cwd: directory }),
  );
  expect(await filesOf('whole')).toEqual(before);
  const merged = await run(...command, '--out', 'out', '--store', 'merged');
  expect(merged).toMatchObject({
    status: 0,
    stderr: expect.stringContaining('4 trials, 4 of them from the store merged'),
  });
  expect(merged.stderr).not.toContain('trained once more');
  expect(await filesOf('out')).toEqual(before);
}, 120_000);

test('--plan shows the trials of the shard; --json says what was computed', async () => {
  const all = [];
  for (const shard of ['1/3', '2/3', '3/3']) {
    const { stdout } = await run(...lines, '--plan', '--json', '--shard', shard);
    all.push(...JSON.parse(stdout).trials.map(({ id }: { id: string }) => id));
  }
  const whole = JSON.parse((await run(...lines, '--plan', '--json')).stdout);
  expect(all.sort()).toEqual(whole.trials.map(({ id }: { id: string }) => id).sort());
  const { stdout } = await run(...lines, '--plan', '--shard', '2/3');
  expect(stdout).toMatch(/^shard 2\/3: \d+ of \d+ trials, 0 in the store, \d+ to run/m);
  expect(await readdir(directory)).toEqual([]);

  const first = JSON.parse((await run(...lines, '--json', '--shard', '2/3')).stdout);
  const { trials } = first;
  expect(first).toEqual({
    ...{ shard: { k: 2, n: 3 }, trials, of: all.length, fromStore: 0, computed: trials, lacking: 0 },
    store: 'results/.trials',
  });
  const again = JSON.parse((await run(...lines, '--json', '--shard', '2/3')).stdout);
  expect(again).toMatchObject({ trials, fromStore: trials, computed: 0 });
  const forced = JSON.parse((await run(...lines, '--json', '--shard', '2/3', '--force')).stdout);
  expect(forced).toMatchObject({ trials, fromStore: 0, computed: trials });
  expect(await readdir(join(directory, 'results'))).toEqual(['.trials']);
}, 60_000);

test('a shard with a trial that fails ends with status 1, and the others do not', async () => {
  const shards = ['1/2', '2/2'];
  const outcomes = [];
  for (const shard of shards) {
    const args = ['ffnn', '--epochs', '2', '--seed', '1,2', '--shard', shard, '--retries', '0'];
    outcomes.push(await runProgram(args, { cwd: directory, env: { FYS_NN_FAULT: 'throw:2:9' } }));
  }
  expect(outcomes.map(({ status }) => status).sort()).toEqual([0, 1]);
  const failed = outcomes.find(({ status }) => status === 1)!;
  expect(failed.stderr).toContain('has no record for 1 of its 1 trial');
  expect(failed.stderr).toContain('FYS_NN_FAULT: thrown');
}, 60_000);

test('where a library is not installed, a shard of a run is incomplete, and one of a round is not', async () => {
  const given = { epochs: [1], samples: [40], batchSize: [5], learningRate: [0.1] };
  const about = {
    experiment: 'grid-search ols',
    statistic: 'bootstrap_mse',
    select: { reference: 'sklearn' },
  };
  const claim = { id: 'far', kind: 'number', where: 'here', says: 'it', value: 0.1, readingError: 0.1 };
  const claims = [{ ...claim, ...about, with: { reference: ['sklearn'], ...given } }];
  await writeFile(join(directory, 'claims.json'), JSON.stringify({ report: { title: 't' }, claims }));
  const options = ['--epochs', '1', '--samples', '40', '--batch-size', '5', '--learning-rate', '0.1'];
  const noPython = { FYS_NN_PYTHON: '/nonexistent' };
  for (const [status, args] of [
    [4, ['grid-search', 'ols', '--reference', 'none,sklearn', ...options]],
    [0, ['verify', '--claims', 'claims.json', '--seeds', '1', '--variant', 'code']],
  ] as const) {
    const outcome = await runProgram([...args, '--shard', '1/1'], { cwd: directory, env: noPython });
    expect(outcome.stderr).toMatch(/note: .*is not installed/);
    expect(outcome.status).toBe(status);
  }
}, 60_000);

test('a report of files, and a run that is run again, are cut as a whole', async () => {
  const small =
    'extends: grid-search ridge\nsettings:\n  samples: 60\n  epochs: 1\n  learningRate: [0.1, 0.01]\n';
  await writeFile(join(directory, 'a.yaml'), `${small}  seed: [1, 2]\n`);
  await writeFile(join(directory, 'b.yaml'), `${small}  seed: [2, 3]\n`);
  const report = ['report', 'a.yaml', 'b.yaml'];
  expect(await run(...report, '--out', 'whole', '--store', 'whole-store')).toMatchObject({ status: 0 });
  await runShards(2, report, 'merged');
  expect(await run(...report, '--out', 'out', '--store', 'merged')).toMatchObject({
    status: 0,
    stderr: expect.stringMatching(/(\d+) trials, \1 of them from the store/),
  });
  expect(await filesOf('out')).toEqual(await filesOf('whole'));

  const before = await filesOf('whole');
  await runShards(2, ['rerun', 'whole/a'], 'again');
  expect(await run('rerun', 'whole/a', '--out', 'rerun', '--store', 'again')).toMatchObject({ status: 0 });
  expect(await filesOf('whole')).toEqual(before);
}, 120_000);

describe('verify', () => {
  const quantity = { experiment: 'ffnn', with: { epochs: [2], samples: [100] }, statistic: 'test_mse' };
  const other = { ...quantity, with: { epochs: [1], samples: [100] } };
  const place = { where: 'here', says: 'a thing', kind: 'number' };
  /** The first is settled at the first look, the second is looked at until the last one. */
  const claims = [
    { id: 'fair', ...place, value: 0.2, readingError: 0.3, ...other },
    { id: 'far', ...place, value: 0.02, significantDigits: 1, ...quantity },
  ];
  const command = ['verify', '--claims', 'claims.json', '--variant', 'code'];
  beforeEach(() =>
    writeFile(join(directory, 'claims.json'), JSON.stringify({ report: { title: 't' }, claims })),
  );

  test('goes round by round, and its verdicts are those of a run without shards', async () => {
    expect(await run(...command, '--out', 'whole', '--store', 'whole-store')).toMatchObject({ status: 3 });
    const counts: number[] = [];
    const shard = async (k: number, store: string) => {
      const outcome = await run(...command, '--store', store, '--json', '--shard', `${k}/2`);
      expect(outcome.status).toBe(0);
      return JSON.parse(outcome.stdout);
    };
    const first = [await shard(1, 'one'), await shard(2, 'two')];
    // Before the merge it is the same round, of which nothing is left to do.
    expect(await shard(1, 'one')).toMatchObject({ round: 1, computed: 0, lacking: 0 });
    await run('store', 'merge', 'one', 'two', '--store', 'merged');
    const second = [await shard(1, 'merged'), await shard(2, 'merged')];
    const third = [await shard(2, 'merged'), await shard(1, 'merged')];
    for (const [index, parts] of [first, second, third].entries()) {
      for (const part of parts) expect(part).toMatchObject({ round: index + 1, fromStore: 0, lacking: 0 });
      counts.push(parts[0].trials + parts[1].trials);
      expect(parts.map(({ of }) => of)).toEqual([counts[index], counts[index]]);
    }
    // The looks have 11, 20 and 50 seeds of each experiment; each round has what the one before had not.
    expect(counts).toEqual([22, 18, 60]);
    const done = await run(...command, '--shard', '1/2', '--store', 'merged');
    expect(done).toMatchObject({ status: 0, stderr: expect.stringContaining('every round has its records') });
    expect(await run(...command, '--out', 'out', '--store', 'merged')).toMatchObject({
      status: 3,
      stderr: expect.not.stringContaining('trials 0/'),
    });
    expect(await filesOf('out')).toEqual(await filesOf('whole'));
  }, 180_000);
});
