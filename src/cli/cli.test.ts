import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { goldenFile, readGolden } from '../doctor/golden.ts';
import { flagOf, type OptionName } from '../experiment/options.ts';
import { type Outcome, type ProgramOptions, runProgram } from '../program.testing.ts';
import { availableReferences } from '../references/index.ts';
import { callProgram } from './called.testing.ts';

const golden = await readGolden(goldenFile);
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-cli-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const run = (...args: string[]): Promise<Outcome> => runWith({}, ...args);
const runWith = (env: NonNullable<ProgramOptions['env']>, ...args: string[]): Promise<Outcome> =>
  runProgram(args, { cwd: directory, env });
const call = (...args: string[]) => callProgram(args, directory);

/** The folder of a run with other settings than the report's: the one that begins with its experiment. */
async function resultsOf(experiment: string): Promise<string> {
  const found = (await readdir(join(directory, 'results'))).filter((name) =>
    name.startsWith(`${experiment}-`),
  );
  expect(found).toHaveLength(1);
  return join('results', found[0]);
}

async function csvs(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(join(directory, folder))).filter((name) => name.endsWith('.csv')).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(directory, folder, name), 'utf8')));
  return Object.fromEntries(names.map((name, index) => [name, texts[index]]));
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const smallGrid = [
  'grid-search',
  'ols',
  '--epochs',
  '3',
  '--samples',
  '80',
  '--batch-size',
  '5,all',
  '--seed',
  '1..2',
  '--no-figures',
];
const oneTrial = ['ffnn', '--epochs', '1', '--samples', '40', '--no-figures'];

describe('reproducible to the byte', () => {
  test('whatever the number of workers, after half of the store is lost, from the store, and with --force', async () => {
    expect((await run(...smallGrid, '--jobs', '1', '--out', 'a', '--store', 'store-a')).status).toBe(0);
    expect((await run(...smallGrid, '--jobs', '2', '--out', 'b', '--store', 'store-b')).status).toBe(0);
    const expected = await csvs('a');
    expect(Object.keys(expected)).toEqual(['curves.csv', 'summary.csv', 'trials.csv']);
    expect(await csvs('b')).toEqual(expected);

    const [journal] = await readdir(join(directory, 'store-b'));
    const file = join(directory, 'store-b', journal);
    const lines = (await readFile(file, 'utf8')).split('\n');
    await writeFile(file, lines.filter((_, index) => index % 2 === 0).join('\n'));
    const again = await run(...smallGrid, '--jobs', '2', '--out', 'b', '--store', 'store-b');
    expect(again.status).toBe(0);
    expect(again.stderr).toMatch(/34 trials, (?!0 |34 )\d+ of them from the store/);
    expect(await csvs('b')).toEqual(expected);

    for (const [from, ...force] of [['34'], ['0', '--force']]) {
      const { stderr } = await call(...smallGrid, '--out', 'b', '--store', 'store-b', ...force);
      expect(stderr).toContain(`34 trials, ${from} of them from the store`);
      expect(await csvs('b')).toEqual(expected);
    }
  });

  // data/golden.json: npm run golden renews it; when a number moved, `numerics` in trial/config.ts has to be raised.
  test.each(golden.cases)(
    'on every machine: $name',
    async ({ experiment, options: given, sha256: expected }) => {
      const flags = Object.entries(given).flatMap(([name, text]) => [flagOf(name as OptionName), text]);
      await call(...experiment.split(' '), ...flags, '--out', 'out', '--quiet', '--no-figures');
      const { 'trials.csv': trials, 'curves.csv': curves } = await csvs('out');
      expect(sha256(columnsOf(trials, golden.columns) + columnsOf(curves, golden.columns))).toBe(expected);
    },
  );
});

test.each([
  [
    'float64',
    'ffnn',
    '--activation',
    'sigmoid,relu,leaky_relu,linear',
    '--lambda',
    '0,0.1',
    '--hidden',
    '33-7',
  ],
  ['float32', 'mnist', '--samples', '600', '--test-size', '100', '--lambda', '0,0.1', '--momentum', '0,0.5'],
  ['float64', 'logistic', '--solver', 'sgd,lbfgs', '--samples', '300', '--test-size', '100'],
])('WebAssembly and the reference kernels give the same bytes: %s', async (dtype, ...args) => {
  const command = [...args, '--epochs', '2', '--dtype', dtype, '--quiet', '--no-figures', '--jobs', '1'];
  await call(...command, '--out', 'wasm', '--store', 'a');
  await runWith({ FYS_NN_KERNELS: 'reference' }, ...command, '--out', 'reference', '--store', 'b');
  expect(await csvs('reference')).toEqual(await csvs('wasm'));
});

describe('what a run leaves', () => {
  test('tables, a data package that fits them, and a manifest', async () => {
    const { status, stdout } = await call('randomnet', '--net', '1..3', '--epochs', '2', '--samples', '40');
    expect(status).toBe(0);
    expect(stdout).toContain('Random networks');
    const folder = join(directory, await resultsOf('randomnet'));
    expect((await readdir(folder)).sort()).toEqual([
      'curves.csv',
      'curves.png',
      'curves.svg',
      'curves.vl.json',
      'datapackage.json',
      'manifest.json',
      'summary.csv',
      'trials.csv',
    ]);
    const datapackage = JSON.parse(await readFile(join(folder, 'datapackage.json'), 'utf8'));
    for (const { path, hash, schema } of datapackage.resources) {
      const text = await readFile(join(folder, path), 'utf8');
      expect(hash).toBe(`sha256:${sha256(text)}`);
      const fields = schema.fields.map(({ name }: { name: string }) => name);
      expect(text.split('\n')[0]).toBe(fields.join(','));
    }
    const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'));
    expect(manifest).toMatchObject({ experiment: 'randomnet', quick: false, trials: { total: 3, done: 3 } });
  });

  test('a diverged trial is a result: marked in every table, exit 0', async () => {
    const { status, stdout } = await call(
      'ffnn',
      '--learning-rate',
      '50',
      '--epochs',
      '50',
      '--samples',
      '80',
      '--no-figures',
    );
    expect(status).toBe(0);
    expect(stdout).toContain('diverged');
    const { 'trials.csv': trials, 'summary.csv': summary } = await csvs(await resultsOf('ffnn'));
    expect(trials).toContain(',diverged,');
    expect(summary).toContain('diverged');
    expect(trials).not.toMatch(/NaN|Infinity/);
  });

  test('several seeds give means, standard deviations and counts', async () => {
    const { stdout } = await call(
      'ffnn',
      '--seed',
      '1..3',
      '--epochs',
      '2',
      '--samples',
      '40',
      '--json',
      '--no-figures',
    );
    const { summary } = JSON.parse(stdout);
    expect(summary).toHaveLength(1);
    expect(summary[0]).toMatchObject({ seeds: 3, diverged: 0, not_run: 0 });
    expect(summary[0].test_mse_std).toBeGreaterThan(0);
    const rows = (await csvs(await resultsOf('ffnn')))['trials.csv'].trim().split('\n').slice(1);
    const column = (await csvs(await resultsOf('ffnn')))['trials.csv']
      .split('\n')[0]
      .split(',')
      .indexOf('test_mse');
    const values = rows.map((row) => Number(row.split(',')[column]));
    expect(summary[0].test_mse_mean).toBeCloseTo((values[0] + values[1] + values[2]) / 3, 12);
  });

  test('--plan writes nothing; --quick says so and lies apart', async () => {
    const plan = await call('grid-search', 'ridge', '--plan');
    expect(plan).toMatchObject({ status: 0, stderr: '' });
    expect(plan.stdout).toContain('20 trials: 0 in the store, 20 to run');
    expect(await readdir(directory)).toEqual([]);
    const quick = await call(
      'grid-search',
      'ridge',
      '--quick',
      '--epochs',
      '1',
      '--samples',
      '40',
      '--no-figures',
    );
    expect(quick.stdout).toMatch(/quick\s+run/);
    expect(quick.stderr).toContain('QUICK RUN');
    for (const text of Object.values(await csvs('results/grid-search-ridge-quick-samples-40-epochs-1'))) {
      expect(text.split('\n')[1]).toMatch(/(^|,)quick,code,/);
    }
  });
});

describe('bad input', () => {
  const cases: [string[], RegExp][] = [
    [['grid-serch', 'ols'], /no such command[\s\S]*did you mean grid-search\?/],
    [['ffnn', '--learning-rat', '1'], /ffnn has no such option[\s\S]*did you mean --learning-rate\?/],
    [['ffnn', '--activation', 'rleu'], /--activation[\s\S]*relu/],
    [['ffnn', '--learning-rate', '0'], /--learning-rate[\s\S]*> 0[\s\S]*"0"/],
    [['ffnn', '--learning-rate', 'NaN'], /--learning-rate[\s\S]*"NaN"/],
    [['ffnn', '--learning-rate', 'Infinity'], /--learning-rate/],
    [['ffnn', '--learning-rate', '1e-3,,1'], /--learning-rate/],
    [['ffnn', '--learning-rate', ''], /--learning-rate/],
    [['ffnn', '--momentum', '1'], /--momentum[\s\S]*\[0, 1\)/],
    [['ffnn', '--lambda', '-1'], /--lambda[\s\S]*>= 0/],
    [['ffnn', '--epochs', '2.5'], /--epochs[\s\S]*whole/],
    [['ffnn', '--batch-size', '751'], /--batch-size[\s\S]*750/],
    [['ffnn', '--samples', '3'], /--samples[\s\S]*4/],
    [['grid-search', 'ols', '--degree', '41'], /--degree[\s\S]*40/],
    [['ffnn', '--schedule', 'eta0/(1+'], /--schedule/],
    [['ffnn', '--schedule', 'eta/2'], /--schedule[\s\S]*eta0/],
    [['ffnn', '--schedule', '1/epoch'], /--schedule[\s\S]*epoch 0/],
    [['ffnn', '--formula', 'log(x-2)'], /--formula/],
    [['ffnn', '--formula', 'constructor'], /--formula/],
    [['ffnn', '--target', 'log(x-2)'], /--formula/],
    [['data', 'export', 'franke', '--target', 'x,y'], /--formula takes one value here/],
    [['logistic', '--solver', 'closed-form'], /--solver closed-form[\s\S]*sgd or lbfgs/],
    [['logistic', '--solver', 'lbfgs', '--max-iterations', '0'], /--max-iterations/],
    [['logistic', '--gradient-tolerance', '0'], /--gradient-tolerance[\s\S]*> 0/],
    [['ffnn', '--variant', 'txt'], /--variant[\s\S]*text/],
    [['ffnn', '--jobs', '0'], /--jobs/],
    [['mnist', '--data-dir', 'nowhere'], /nowhere[\s\S]*--data-dir|--data-dir[\s\S]*nowhere/],
    [['mnist', '--samples', '80000'], /--samples[\s\S]*70000/],
    [['trace', 'nowhere.json'], /nowhere\.json/],
    [['data', 'export', 'mnits'], /did you mean mnist/],
    [['data', 'export', 'mnist', '--noise', '1'], /--noise does not apply to images/],
    [['data', 'export', 'franke', '--samples', 'all'], /--samples all cannot be used with generated data/],
    [['data', 'export', 'franke', '--seed', '1..5'], /--seed takes one value here/],
    [['data', 'export', 'franke', '--out', '/proc/x'], /--out/],
    [['ffnn', '--store', '/proc/x'], /--store/],
    [['report', '--out', ''], /--out[\s\S]*empty/],
    [['ffnn', '--schedule', 'decya'], /did you mean decay/],
    [['ffnn', '--formula', 'Frnke'], /did you mean franke/],
    [['ffnn', '--kernel-init', 'glorot'], /did you mean glorot_uniform or glorot_normal\?/],
    [['ffnn', '--hidden', '99999-99999'], /GiB of memory[\s\S]*--hidden/],
    [['ffnn', '--samples', '100000000'], /--samples/],
    [['help', 'nonsense'], /there is no such command/],
  ];

  test.each(cases)('%j is refused with a clear sentence, exit 2, nothing written', async (args, message) => {
    const { status, stdout, stderr } = await call(...args);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(await readdir(directory)).toEqual([]);
  });

  test('the process ends as the command does', async () => {
    const [args, message] = cases[0];
    expect(await run(...args)).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(message),
    });
  });

  test('an --out or --store that is a file is refused before anything is trained', async () => {
    await writeFile(join(directory, 'file'), 'mine');
    for (const option of ['--out', '--store']) {
      const { status, stderr } = await call('ffnn', '--epochs', '1', option, 'file');
      expect({ option, status }).toEqual({ option, status: 2 });
      expect(stderr).toContain('file');
    }
    expect(await readFile(join(directory, 'file'), 'utf8')).toBe('mine');
    expect(existsSync(join(directory, 'results/ffnn'))).toBe(false);
  });

  test('a store of a newer version is refused and left alone', async () => {
    await call(...oneTrial, '--store', 'store');
    const file = join(directory, 'store/journal-newer.jsonl');
    await writeFile(file, '{"store":99,"record":{}}\n');
    const { status, stderr } = await call(...oneTrial, '--store', 'store');
    expect(status).toBe(2);
    expect(stderr).toMatch(/newer version[\s\S]*99/);
    expect(await readFile(file, 'utf8')).toBe('{"store":99,"record":{}}\n');
  });
});

test('a pipe in the data folder is refused, not waited for', async () => {
  execFileSync('mkfifo', [join(directory, 'train-images-idx3-ubyte')]);
  await writeFile(join(directory, 'train-labels-idx1-ubyte'), '');
  const { status, stderr } = await call('mnist', '--plan', '--data-dir', '.');
  expect(status).toBe(2);
  expect(stderr).toContain('it is not a regular file');
});

test('a failed trial leaves good results alone', async () => {
  const args = [...oneTrial, '--out', 'out'];
  await call(...args, '--store', 'a');
  const good = await csvs('out');
  // Files may not grow beyond one block: the record of the new seed cannot be kept.
  const { status, stderr } = await runProgram([...args, '--seed', '5', '--store', 'b'], {
    cwd: directory,
    shell: 'ulimit -f 1',
  });
  expect(status).toBe(1);
  expect(stderr).toContain('out/ is unchanged');
  expect(await csvs('out')).toEqual(good);
});

test('logistic regression by L-BFGS: how it ended is in the tables, and a fit that did not converge is named', async () => {
  const args = [
    'logistic',
    '--solver',
    'lbfgs',
    '--samples',
    '600',
    '--test-size',
    '100',
    '--lambda',
    '1e-4,1',
  ];
  const { status, stderr } = await call(...args, '--max-iterations', '15', '--out', 'out', '--no-figures');
  expect(status).toBe(0);
  expect(stderr).toContain('L-BFGS did not converge in 1 trial: see');
  const [header, weak, strong] = (await csvs('out'))['trials.csv'].split('\n').map((line) => line.split(','));
  const cells = (row: string[]) =>
    ['epochs', 'iterations', 'converged'].map((name) => row[header.indexOf(name)]);
  expect(cells(weak)).toEqual(['', '15', '0']);
  expect(cells(strong)).toEqual(['', expect.stringMatching(/^([1-9]|1[0-5])$/), '1']);
});

test('help of a command in a group; an option given twice adds up; one without effect is named', async () => {
  expect((await call('help', 'grid-search', 'ols')).stdout).toContain('--learning-rate');
  const plan = await call('ffnn', '--seed', '1', '--seed', '2', '--plan');
  expect(plan.stdout).toContain('2 trials');
  const closed = await call('grid-search', 'ols', '--solver', 'closed-form', '--momentum', '0.5', '--plan');
  expect(closed.stderr).toContain('note: --momentum has no effect');
});

test('the example of --help is understood', async () => {
  const rates = ['--learning-rate', 'geomspace(1e-3,1,7)', '--seed', '1..5'];
  const { status, stdout, stderr } = await call('grid-search', 'ols', ...rates, '--plan');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/^(\d+) trials: 0 in the store, \1 to run/m);
});

test('rates that diverge for some seeds only are counted', async () => {
  const rates = ['--learning-rate', '0.8,0.988,2.4', '--seed', '1..5', '--schedule', 'constant'];
  const data = [
    '--samples',
    '40',
    '--batch-size',
    '5',
    '--epochs',
    '60',
    '--no-figures',
    '--quiet',
    '--json',
  ];
  const { status, stdout, stderr } = await call('grid-search', 'ols', ...rates, ...data);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const counts = JSON.parse(stdout).summary.map(({ diverged }: { diverged: number }) => diverged);
  expect(counts).toEqual([0, expect.any(Number), 5, 0]);
  expect([1, 2, 3, 4]).toContain(counts[1]);
});

describe('references', () => {
  const small = ['--epochs', '1', '--samples', '40', '--batch-size', '5', '--no-figures'];
  const ols = ['grid-search', 'ols', ...small, '--reference', 'sklearn'];

  /** Stands where an interpreter should: it answers for its versions, and fails at the fit. */
  async function brokenPython(): Promise<string> {
    const file = join(directory, 'python');
    const versions = '{"version":"9.9","numpy":"1.0","scipy":"1.0"}';
    const lines = ['#!/bin/sh', `[ "$2" = --versions ] && echo '${versions}' && exit`, 'echo Traceback >&2'];
    await writeFile(file, [...lines, 'echo "MemoryError: none left" >&2', 'exit 1', ''].join('\n'));
    await chmod(file, 0o755);
    return file;
  }

  test('one that is absent is named, ours are run, exit 4', async () => {
    const absent = { FYS_NN_PYTHON: '/nonexistent/python' };
    const { status, stderr } = await runWith(absent, ...ols, '--quiet');
    expect(stderr).toBe(
      'note: scikit-learn is not installed, so its trials are left out (/nonexistent/python: no such program). ' +
        '`apt-get install python3-sklearn` (Debian), or name a Python that has it in FYS_NN_PYTHON.\n',
    );
    expect(status).toBe(4);
    const { 'trials.csv': trials } = await csvs(await resultsOf('grid-search-ols'));
    expect(trials.match(/,none,2020,/g)).toHaveLength(9);
    expect(trials).not.toContain(',sklearn,');
    const manifest = await readFile(
      join(directory, await resultsOf('grid-search-ols'), 'manifest.json'),
      'utf8',
    );
    expect(JSON.parse(manifest).trials.absentReferences).toEqual([expect.stringContaining('not installed')]);
  });

  test('an error of theirs is a failed trial with its last line, exit 1', async () => {
    const { status, stderr } = await runWith({ FYS_NN_PYTHON: await brokenPython() }, ...ols);
    expect(stderr).toMatch(/trial t[0-9a-f]{15} failed: scikit-learn: MemoryError: none left/);
    expect(status).toBe(1);
  });

  test('those that are there are next to ours in every table', async () => {
    const available = await availableReferences();
    const ffnn = ['ffnn', ...small, '--reference', 'tfjs'];
    for (const [name, args, folder] of [
      ['tfjs', ffnn, 'ffnn'],
      ['sklearn', ols, 'grid-search-ols'],
    ] as const) {
      if (available[name] === null) continue;
      const { status, stdout } = await run(...args);
      expect(status).toBe(0);
      expect(stdout).toContain(name);
      const { 'trials.csv': trials } = await csvs(await resultsOf(folder));
      expect(trials.match(new RegExp(`,${name},2020,.*,done,`, 'g'))).toHaveLength(1);
      expect((await call(...args)).stderr).toMatch(/(\d+) trials, \1 of them from the store/);
    }
  });
});

describe('trace', () => {
  const traces = resolve('data/fixtures/traces');

  test('reproduces every recorded run, exit 0', async () => {
    const files = (await readdir(traces)).map((name) => join(traces, name));
    const { status, stdout } = await call('trace', ...files);
    expect(status).toBe(0);
    expect(files.length).toBeGreaterThanOrEqual(20);
    expect(stdout).toContain(`of ${files.length} traces: all within the tolerance`);
  });

  test('a recording that differs gives exit 3 and names the quantity', async () => {
    const trace = JSON.parse(await readFile(join(traces, 'ols-sgd.json'), 'utf8'));
    trace.expect.test_loss[2] += 1e-6;
    await writeFile(join(directory, 'changed.json'), JSON.stringify(trace));
    const { status, stdout } = await call('trace', 'changed.json', '--json');
    expect(status).toBe(3);
    const exceeding = JSON.parse(stdout).filter(({ holds }: { holds: boolean }) => !holds);
    expect(exceeding.map(({ quantity }: { quantity: string }) => quantity)).toEqual(['test_loss']);
    expect((await call('trace', 'changed.json', '--tolerance', '1e-3')).status).toBe(0);
  });

  test('a replay that is not finite exceeds every tolerance, and is infinite or null, never small', async () => {
    const trace = JSON.parse(await readFile(join(traces, 'ols-sgd.json'), 'utf8'));
    trace.sgd.learning_rate = 1e200;
    await writeFile(join(directory, 'diverging.json'), JSON.stringify(trace));
    const text = await call('trace', 'diverging.json', '--tolerance', '1e300');
    expect(text.status).toBe(3);
    expect(text.stdout).toMatch(/final_beta +infinite +EXCEEDS/);
    const { status, stdout } = await call('trace', 'diverging.json', '--json');
    expect(status).toBe(3);
    const results: { difference: number | null; holds: boolean }[] = JSON.parse(stdout);
    expect(results.length).toBeGreaterThan(2);
    for (const { difference, holds } of results)
      expect({ difference, holds }).toEqual({ difference: null, holds: false });
  });
});

test('list and activation-functions', async () => {
  const list = JSON.parse((await call('list', '--json')).stdout);
  const ols = list.find(({ experiment }: { experiment: string }) => experiment === 'grid-search ols');
  expect(ols).toMatchObject({ figure: 'Figure 3', trials: 33 });
  const { stdout } = await call('activation-functions', '--x', '-2,2', '--json', '--no-figures');
  expect(JSON.parse(stdout)).toContainEqual({
    activation: 'leaky_relu',
    x: -2,
    value: -0.02,
    gradient: 0.01,
  });
});

/** Those columns of a CSV without quotes that are named and there, as CSV. */
function columnsOf(csv: string, names: readonly string[]): string {
  expect(csv).not.toContain('"');
  const rows = csv.split('\n').map((line) => line.split(','));
  const places = names.map((name) => rows[0].indexOf(name)).filter((place) => place >= 0);
  return rows.map((row) => (row.length === 1 ? '' : places.map((place) => row[place]).join(','))).join('\n');
}
