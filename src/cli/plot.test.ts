import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import ffnn from '../../experiments/ffnn.ts';
import { planExperiment } from '../experiment/plan.ts';
import { type Outcome, runProgram } from '../program.testing.ts';
import { encodeLine } from '../store/journal.ts';
import { callProgram } from './called.testing.ts';

let directory: string;

/** With options of Node's own. */
const runIn = (options: string[], ...args: string[]): Promise<Outcome> =>
  runProgram(args, { cwd: directory, env: { NODE_OPTIONS: options.join(' ') } });
const call = (...args: string[]) => callProgram(args, directory);

const small = ['--epochs', '3', '--samples', '80', '--seed', '1..2', '--bootstrap', '5', '--jobs', '1'];
const drawn = ['heat-maps.png', 'heat-maps.svg', 'heat-maps.vl.json'];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-plot-'));
  await call('grid-search', 'ridge', ...small, '--quiet', '--out', 'ridge');
  await call('ffnn', ...small, '--learning-rate', '1e300', '--quiet', '--out', 'diverged');
  await call('activation-functions', '--quiet', '--out', 'functions');
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function copyOf(name: string): Promise<string> {
  await cp(join(directory, 'ridge'), join(directory, name), { recursive: true });
  return join(directory, name);
}

test('a run without figures leaves none of another run next to its tables', async () => {
  await copyOf('undrawn');
  const { status } = await call(
    'grid-search',
    'ridge',
    ...small,
    '--quiet',
    '--no-figures',
    '--out',
    'undrawn',
  );
  expect(status).toBe(0);
  const names = await readdir(join(directory, 'undrawn'));
  expect(names).toContain('trials.csv');
  expect(names.filter((name) => drawn.includes(name))).toEqual([]);
});

test('more curves than can be told apart are not drawn', async () => {
  const lists = { seed: [1], samples: [12], epochs: [1], batchSize: [4], hidden: ['2'], bootstrap: [2] };
  const learningRate = Array.from({ length: 201 }, (_, i) => (i + 1) / 10_000);
  const choices = { variant: 'code', quick: false, given: { ...lists, learningRate } } as const;
  const { cells } = await planExperiment(ffnn, choices, { dataDir: null });
  const numbers = { status: 'done', divergedAt: null, metrics: {}, curves: {}, bootstrap: null } as const;
  const when = { seconds: 0.001, at: '2025-01-01T00:00:00.000Z' };
  const lines = cells.map(({ trial: { id, config } }) => encodeLine({ id, config, ...numbers, ...when }));
  await mkdir(join(directory, 'many-store'));
  await writeFile(join(directory, 'many-store/journal-1.jsonl'), lines.join(''));
  const options = Object.entries({ ...lists, 'batch-size': 4 }).filter(([name]) => name !== 'batchSize');
  const flags = options.flatMap(([name, value]) => [`--${name}`, String(value)]);
  const into = ['--store', 'many-store', '--out', 'many'];
  const rates = ['--learning-rate', learningRate.join(',')];
  const { status, stderr } = await call('ffnn', ...flags, ...rates, ...into);
  expect(stderr).toContain('201 trials, 201 of them from the store');
  expect(stderr).toContain('note: no figures of 201 curves: more than 200 would not be legible');
  expect(status).toBe(0);
  const files = ['curves.csv', 'datapackage.json', 'manifest.json', 'summary.csv', 'trials.csv'];
  expect((await readdir(join(directory, 'many'))).sort()).toEqual(files);
});

test('many seeds of few settings are drawn as their mean and spread, by plot if there are very many', async () => {
  const lists = { samples: [12], epochs: [1], batchSize: [4], hidden: ['2'], bootstrap: [2] };
  const seed = Array.from({ length: 2501 }, (_, i) => i + 1);
  const given = { ...lists, seed, learningRate: [0.1, 0.2] };
  const { cells } = await planExperiment(ffnn, { variant: 'code', quick: false, given }, { dataDir: null });
  const lines = cells.map(({ trial: { id, config } }) =>
    encodeLine({
      ...{ id, config, status: 'done', divergedAt: null, metrics: { test_mse: config.seed / 2501 } },
      ...{ curves: { test_mse: [config.seed / 2501] }, bootstrap: null },
      ...{ seconds: 0.001, at: '2025-01-01T00:00:00.000Z' },
    }),
  );
  await mkdir(join(directory, 'seeds-store'));
  await writeFile(join(directory, 'seeds-store/journal-1.jsonl'), lines.join(''));
  const options = Object.entries({ ...lists, 'batch-size': 4 }).filter(([name]) => name !== 'batchSize');
  const flags = options.flatMap(([name, value]) => [`--${name}`, String(value)]);
  const grid = ['--seed', '1..2501', '--learning-rate', '0.1,0.2'];
  const run = await call('ffnn', ...flags, ...grid, '--store', 'seeds-store', '--out', 'seeds');
  expect(run.stderr).toContain(
    'note: no figures yet, because there are more than 5000 trials: fys-nn plot seeds draws them',
  );
  const drawn = await call('plot', 'seeds', '--format', 'svg');
  expect(drawn.stderr).toContain('Means over 2501 seeds. Bands: lowest to highest over the 2501 seeds.');
  expect(await readdir(join(directory, 'seeds'))).toContain('curves.svg');
});

describe('plot', () => {
  test('draws from the files alone what the run drew from its records: the same bytes', async () => {
    const { status, stdout, stderr } = await call('plot', 'ridge', '--out', 'again');
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(stderr).toContain(
      'wrote again/heat-maps: Ridge regression by SGD and closed form: lambda × learning rate (Franke function,',
    );
    expect((await readdir(join(directory, 'again'))).sort()).toEqual(drawn);
    for (const file of drawn) {
      const [first, second] = await Promise.all(
        ['ridge', 'again'].map((folder) => readFile(join(directory, folder, file))),
      );
      expect([file, first.equals(second)]).toEqual([file, true]);
    }
  });

  test('a folder of folders, in one format', async () => {
    await mkdir(join(directory, 'all'), { recursive: true });
    for (const name of ['ridge', 'functions', 'diverged']) {
      await cp(join(directory, name), join(directory, 'all', name), { recursive: true });
    }
    const { status } = await call('plot', 'all', '--out', 'pictures', '--format', 'svg');
    expect(status).toBe(0);
    expect((await readdir(join(directory, 'pictures'), { recursive: true })).sort()).toEqual([
      'diverged',
      join('diverged', 'curves.svg'),
      'functions',
      join('functions', 'functions.svg'),
      'ridge',
      join('ridge', 'heat-maps.svg'),
    ]);
  });

  test('any settings as axes, next to the figures of the run; a size; no title', async () => {
    const folder = await copyOf('own-axes');
    const before = await readFile(join(folder, 'heat-maps.svg'), 'utf8');
    const lines = await call(
      'plot',
      folder,
      '--axes',
      'lambda',
      '--format',
      'svg',
      '--log',
      'both',
      '--no-title',
    );
    expect(lines).toMatchObject({ status: 0, stderr: expect.stringContaining('lines-lambda: ') });
    const maps = [
      '--axes',
      'learning-rate,lambda',
      '--metric',
      'test_r2',
      '--width',
      '300',
      '--height',
      '500',
    ];
    expect((await call('plot', folder, ...maps)).status).toBe(0);
    const svg = await readFile(join(folder, 'heat-maps-learning-rate-lambda-test-r2.svg'), 'utf8');
    expect(svg).toContain('width="300" height="500"');
    expect(await readFile(join(folder, 'heat-maps.svg'), 'utf8')).toBe(before);
    // Plain figures do not replace those with other axes: all show the same run.
    expect((await call('plot', folder, '--format', 'json')).status).toBe(0);
    expect(await readdir(folder)).toContain('lines-lambda.svg');
  });

  test.each([
    ['--axes', 'hidden', 'hidden does not vary in these results'],
    ['--metric', 'accuracy', 'accuracy is no metric of these results'],
    ['--log', 'z', '--log has an unknown value'],
    ['--width', '20', '--width'],
    ['--height', 'tall', '--height'],
  ])('%s %s is refused', async (flag, value, sentence) => {
    const { status, stderr } = await call('plot', 'ridge', flag, value, '--out', 'refused');
    expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringContaining(sentence) });
    expect(await readdir(directory)).not.toContain('refused');
  });

  test('two folders of one name do not share a place, and nothing is drawn', async () => {
    for (const parent of ['a', 'b']) {
      await cp(join(directory, 'ridge'), join(directory, parent, 'ridge'), { recursive: true });
    }
    const { status, stderr } = await call('plot', 'a/ridge', 'b', '--out', 'both');
    expect(status).toBe(2);
    expect(stderr).toContain(`the figures of b/ridge would overwrite those of a/ridge`);
    expect(await readdir(directory)).not.toContain('both');
    const twice = await call('plot', 'a/ridge', 'a', '--out', 'both', '--format', 'json');
    expect({ status: twice.status, lines: twice.stderr.trim().split('\n').length }).toEqual({
      status: 0,
      lines: 1,
    });
  });

  test('a figure that the run did not write stays, and the manifest lists those that are drawn', async () => {
    const folder = await copyOf('folders');
    await mkdir(join(folder, 'published.vl.json'));
    await writeFile(join(folder, 'curves.vl.json'), '{}');
    await writeFile(join(folder, 'heat-maps.svg'), 'edited');
    const { status, stderr } = await call('plot', 'folders', '--format', 'json');
    expect({ status, wrote: stderr.startsWith('wrote ') }).toEqual({ status: 0, wrote: true });
    expect(await readdir(folder)).toEqual(expect.arrayContaining(['published.vl.json', 'curves.vl.json']));
    const { files } = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'));
    const text = await readFile(join(folder, 'heat-maps.vl.json'));
    expect(files['heat-maps.vl.json']).toEqual({ bytes: text.length, sha256: sha256(text) });
    expect(files['heat-maps.svg'].bytes).not.toBe(6);
  });

  test('of what cannot be told apart, some is drawn', async () => {
    const folder = await copyOf('wide');
    const [header, , row] = (await readFile(join(folder, 'trials.csv'), 'utf8')).split('\n');
    const column = header.split(',').indexOf('learning_rate');
    const cells = row.split(',');
    const rows = Array.from({ length: 101 }, (_, i) => cells.with(column, String((i + 1) / 1000)).join(','));
    await writeFile(join(folder, 'trials.csv'), `${[header, ...rows].join('\n')}\n`);
    await cut(join(folder, 'manifest.json'), (text) => text.replace('"total": 40', '"total": 101'));
    await forgetFiles(folder);
    const { status, stderr } = await call('plot', 'wide');
    expect(stderr).toMatch(
      /^note: wide: no figures of 101 columns: more than 100 would not be legible; not all settings are drawn: \d+ of 101 values of learning rate, evenly spaced, with those of the best\n/,
    );
    expect(stderr).toContain('wrote wide/heat-maps: ');
    expect(status).toBe(0);
  });

  test('functions of another file are refused, with the record, and so is a table of none', async () => {
    await cp(join(directory, 'functions'), join(directory, 'others'), { recursive: true });
    await cut(join(directory, 'others/functions.csv'), (text) => text.replace(/\nrelu,[^,]*/, '\nrelu,abc'));
    const { status, stderr } = await call('plot', 'others');
    expect(status).toBe(2);
    expect(stderr).toMatch(
      /others\/functions\.csv, record \d+: x has a value that no run writes\n.*\n.*"abc"/,
    );
    await cut(join(directory, 'others/functions.csv'), (text) => text.replace(/\n[\s\S]+/, '\n'));
    const none = await call('plot', 'others');
    expect(none.status).toBe(2);
    expect(none.stderr).toContain('functions.csv was changed');
  });

  test('a run in which all diverged has a figure that says so', async () => {
    const svg = await readFile(join(directory, 'diverged', 'curves.svg'), 'utf8');
    expect(svg).toContain('2 of 2 trials diverged.');
  });

  test('curves of any length in little memory', async () => {
    const folder = join(directory, 'long');
    await cp(join(directory, 'diverged'), folder, { recursive: true });
    const curves = await readFile(join(folder, 'curves.csv'), 'utf8');
    const rows = curves
      .trimEnd()
      .split('\n')
      .slice(1)
      .filter((row) => row.includes(',1,'));
    const longer = rows.flatMap((row) => {
      const [id, run, variant, data, status, , split, metric] = row.split(',');
      return Array.from({ length: 100_000 }, (_, i) =>
        [id, run, variant, data, status, i + 1, split, metric, 1 / (i + 1)].join(','),
      );
    });
    expect(longer).toHaveLength(400_000);
    await writeFile(join(folder, 'curves.csv'), `${curves.split('\n')[0]}\n${longer.join('\n')}\n`);
    const trials = (await readFile(join(folder, 'trials.csv'), 'utf8')).split('\n');
    const epochs = trials[0].split(',').indexOf('epochs');
    const ofLong = (row: string) => row.split(',').with(epochs, '100000').join(',');
    const changed = trials.map((row, index) => (index === 0 || row === '' ? row : ofLong(row)));
    await writeFile(join(folder, 'trials.csv'), changed.join('\n'));
    await forgetFiles(folder);
    const { status, stderr } = await runIn(['--max-old-space-size=128'], 'plot', 'long', '--format', 'json');
    expect({ status, stderr }).toMatchObject({
      status: 0,
      stderr: expect.stringContaining('wrote long/curves'),
    });
    const { vconcat } = JSON.parse(await readFile(join(folder, 'curves.vl.json'), 'utf8'));
    const { values } = vconcat[0].layer[1].data;
    expect(values[0]).toMatchObject({ x: 1, value: 1 });
    expect(values.filter(({ split }: { split: string }) => split === 'test').at(-1)).toMatchObject({
      x: 100_000,
      value: 1e-5,
    });
  });

  test('a folder of a version without a loss, an optimiser, a scale and a metric is drawn as it was', async () => {
    const folder = await copyOf('older');
    const before = await readFile(join(folder, 'heat-maps.svg'), 'utf8');
    await cut(join(folder, 'trials.csv'), (text) => {
      const rows = text.split('\n').map((line) => line.split(','));
      const later = ['loss', 'optimizer', 'scale', 'best_epoch'];
      const kept = (column: string) => !later.includes(column);
      const places = rows[0].flatMap((column, place) => (kept(column) ? [place] : []));
      return rows
        .map((row) => (row.length === 1 ? '' : places.map((place) => row[place]).join(',')))
        .join('\n');
    });
    await forgetFiles(folder);
    await rm(join(folder, 'heat-maps.svg'));
    expect((await call('plot', folder)).status).toBe(0);
    expect(await readFile(join(folder, 'heat-maps.svg'), 'utf8')).toBe(before);
  });

  const bad: [string, (folder: string) => Promise<unknown>, string][] = [
    ['empty', (folder) => rm(folder, { recursive: true }).then(() => mkdir(folder)), 'the folder is empty'],
    ['absent', (folder) => rm(folder, { recursive: true }), 'there is no such folder'],
    [
      'a file',
      (folder) => rm(folder, { recursive: true }).then(() => writeFile(folder, '')),
      'this is a file, not a folder',
    ],
    ['without its manifest', (folder) => rm(join(folder, 'manifest.json')), 'manifest.json is missing'],
    [
      'with half a manifest',
      (folder) => writeFile(join(folder, 'manifest.json'), '{"exp'),
      'cannot be read (not JSON)',
    ],
    ['without its curves', (folder) => rm(join(folder, 'curves.csv')), 'curves.csv is missing'],
    [
      'with a cut table',
      (folder) => cut(join(folder, 'trials.csv'), (text) => text.slice(0, -20)),
      'in trials.csv the last record is cut off',
    ],
    [
      'with too few rows',
      (folder) => cut(join(folder, 'trials.csv'), withoutLastRow),
      'trials.csv was changed after the run wrote it',
    ],
    [
      'with another number',
      (folder) =>
        cut(join(folder, 'trials.csv'), (text) => text.replace(/\d(?=\D*$)/, (d) => String(9 - Number(d)))),
      'trials.csv was changed after the run wrote it',
    ],
    [
      'with another loss in a curve',
      (folder) =>
        cut(join(folder, 'curves.csv'), (text) => text.replace(/\d(?=\n$)/, (d) => String(9 - Number(d)))),
      'curves.csv was changed after the run wrote it',
    ],
    [
      'of a version with other columns',
      (folder) => cut(join(folder, 'trials.csv'), renamed),
      'without the column learning_rate',
    ],
    [
      'of an unknown experiment',
      (folder) => writeFile(join(folder, 'manifest.json'), '{"experiment":"svm"}'),
      'an experiment "svm"',
    ],
  ];
  test.each(bad)(
    'a folder %s gives a sentence and exit 2, and nothing is written',
    async (name, spoil, sentence) => {
      const folder = await copyOf(name.replaceAll(' ', '-'));
      await spoil(folder);
      const before = await readdir(folder).catch(() => null);
      const { status, stdout, stderr } = await call('plot', folder);
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).toContain(sentence);
      expect(stderr).toContain('remedy:');
      expect(stderr).not.toContain('    at ');
      expect(await readdir(folder).catch(() => null)).toEqual(before);
    },
  );
});

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

async function cut(file: string, change: (text: string) => string): Promise<void> {
  await writeFile(file, change(await readFile(file, 'utf8')));
}
/** The manifest and the data package then say nothing of checksums. */
async function forgetFiles(folder: string): Promise<void> {
  await cut(join(folder, 'manifest.json'), (text) => {
    const { files: _files, ...manifest } = JSON.parse(text);
    return JSON.stringify(manifest);
  });
  await rm(join(folder, 'datapackage.json'));
}
const withoutLastRow = (text: string): string => text.replace(/[^\n]*\n$/, '');
const renamed = (text: string): string => text.replace('learning_rate', 'eta');

describe('figures of a run', () => {
  test('--no-figures draws nothing', async () => {
    await call('grid-search', 'ridge', ...small, '--quiet', '--out', 'plain', '--no-figures');
    expect((await readdir(join(directory, 'plain'))).filter((name) => !/csv|json$/.test(name))).toEqual([]);
  });

  test('figures of the run before, which this one does not have, are not left behind', async () => {
    await cp(join(directory, 'ridge'), join(directory, 'stale'), { recursive: true });
    for (const name of ['published.svg', 'mine.svg']) await writeFile(join(directory, 'stale', name), '{}');
    await call('ffnn', '--epochs', '2', '--samples', '60', '--quiet', '--out', 'stale');
    const names = await readdir(join(directory, 'stale'));
    expect(names.filter((name) => name.startsWith('heat-maps'))).toEqual([]);
    expect(names).toEqual(expect.arrayContaining(['curves.svg', 'published.svg', 'mine.svg']));
  });

  test('a folder in the place of a figure is refused before anything is computed', async () => {
    await mkdir(join(directory, 'blocked', 'heat-maps.svg'), { recursive: true });
    const { status, stderr } = await call('grid-search', 'ridge', ...small, '--quiet', '--out', 'blocked');
    expect(status).toBe(2);
    expect(stderr).toContain('heat-maps.svg that no run of fys-nn wrote');
    expect(await readdir(join(directory, 'blocked'))).toEqual(['heat-maps.svg']);
  });
});

describe('table', () => {
  const ridge = ['table', 'grid-search', 'ridge', ...small.slice(0, -2)];

  test('one row per cell in full, with a status, for programs', async () => {
    const { status, stdout } = await call(...ridge, '--format', 'csv');
    expect(status).toBe(0);
    const [header, ...rows] = stdout.trimEnd().split('\n');
    expect(header).toBe(
      'solver,lambda,learning_rate,bootstrap_mse,bootstrap_mse_std,bootstrap_r2,bootstrap_r2_std,seeds,status',
    );
    expect(rows).toHaveLength(20);
    for (const row of rows) expect(row).toMatch(/^[a-z-]+,[\d.]+,[\d.]*(,-?\d\.\d{8,}){4},2,done$/);
  });

  test('the report’s rows and columns for people, the same from a run and from the store', async () => {
    const { stdout } = await call(...ridge);
    const [, , header, , ...rows] = stdout.trimEnd().split('\n');
    expect(header).toBe('| metric | lambda | learning rate 0.0001 | 0.001 | 0.01 | 0.1 | closed form |');
    expect(rows).toHaveLength(8);
    for (const metric of ['MSE', 'R²']) {
      expect(rows.join('\n')).toMatch(new RegExp(`test ${metric}.*\\*\\*−?[\\d.]+ ± [\\d.]+\\*\\*`));
    }
    const formats = ['--format', 'csv,markdown,latex'];
    await call('grid-search', 'ridge', ...small, '--quiet', '--out', 'for-people', ...formats);
    const written = (name: string) => readFile(join(directory, 'for-people', name), 'utf8');
    expect(await written('table.md')).toBe(stdout);
    expect(await written('table.tex')).toBe((await call(...ridge, '--format', 'latex')).stdout);
    expect(await readdir(join(directory, 'for-people'))).not.toContain('trials.tex');
  });

  test('what the store lacks is not run, exit 4, and nothing is trained', async () => {
    const { status, stdout, stderr } = await call('table', 'ffnn', '--seed', '7', '--format', 'latex');
    expect(status).toBe(4);
    expect(stdout).toContain('not run & not run & not run & not run \\\\');
    expect(stderr).toContain('not run: 1 of 1 trial (not in the store results/.trials)');
  });

  test('an unknown format is named, with those that there are', async () => {
    const { status, stderr } = await call('table', 'ffnn', '--format', 'word');
    expect(status).toBe(2);
    expect(stderr).toContain('latex');
  });
});
