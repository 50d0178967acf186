import { describe, expect, test } from '@jest/globals';
import type { StoredTable } from '../output/read-tables.ts';
import { checkTables } from './check.ts';
import { movedFiles } from './check-groups.ts';
import { parseTolerances } from './tolerance.ts';

const words = new Set(['', 'diverged', 'not run']);
const empty = new Set(['']);

/** A table of text; columns in capitals hold numbers. Before the column `status`, words stood among numbers. */
function table(header: string, primaryKey: string, rows: readonly string[], missing = empty): StoredTable {
  const columns = header.split(',').map((name) => ({
    name: name.toLowerCase(),
    type: name === name.toLowerCase() ? ('string' as const) : ('number' as const),
    missing,
  }));
  return {
    columns,
    primaryKey: primaryKey.split(','),
    rows: rows.map((row) => row.split(',')),
    package: 'ffnn',
  };
}

const check = (
  baseline: Readonly<Record<string, StoredTable>>,
  now: Readonly<Record<string, StoredTable>>,
  tolerance = '0',
) =>
  checkTables(new Map(Object.entries(baseline)), new Map(Object.entries(now)), parseTolerances([tolerance]));

/** As version 0.1.0 wrote them: other ids, fewer options and columns, words among numbers. */
const old = {
  'trials.csv': table(
    'trial,run,variant,SEED,BATCH_SIZE,LEARNING_RATE,status,TEST_MSE',
    'trial',
    [
      'aa,full,code,1,10,0.001,done,0.5',
      'bb,full,code,1,10,0.1,diverged,diverged',
      'cc,full,code,2,10,0.001,done,0.25',
    ],
    words,
  ),
  'curves.csv': table(
    'trial,EPOCH,split,VALUE',
    'trial,epoch,split',
    ['aa,1,test,0.5', 'bb,1,test,diverged', 'cc,1,test,0.25'],
    words,
  ),
  'summary.csv': table(
    'run,variant,LEARNING_RATE,SEEDS,DIVERGED,NOT_RUN,TEST_MSE_MEAN',
    'learning_rate',
    ['full,code,0.001,2,0,0,0.375', 'full,code,0.1,0,1,0,diverged'],
    words,
  ),
};

const today = (mse = '0.5') => ({
  'trials.csv': table('trial,run,variant,data,SEED,batch_size,LEARNING_RATE,loss,status,TEST_MSE', 'trial', [
    't3,full,code,franke,2,10,1e-3,mse,done,0.25',
    `t1,full,code,franke,1,10,0.001,mse,done,${mse}`,
    't2,full,code,franke,1,10,0.1,mse,diverged,',
  ]),
  'curves.csv': table('trial,data,status,EPOCH,split,VALUE', 'trial,epoch,split', [
    't2,franke,diverged,1,test,',
    't3,franke,done,1,test,0.25',
    't1,franke,done,1,test,0.5',
  ]),
  'summary.csv': table(
    'run,variant,data,batch_size,LEARNING_RATE,loss,status,SEEDS,DIVERGED,NOT_RUN,TEST_MSE_MEAN',
    'data,batch_size,learning_rate,loss',
    ['full,code,franke,10,0.1,mse,diverged,0,1,0,', 'full,code,franke,10,0.001,mse,done,2,0,0,0.375'],
  ),
});

describe('a baseline of 0.1.0', () => {
  test('of other data is refused, by what its manifest says of them', () => {
    const before = { 'trials.csv': { ...old['trials.csv'], data: 'sha256:0123456789ab' } };
    expect(() => check(before, today())).toThrow(
      /different kind of run\n.*data: sha256:0123456789ab(.|\n)*data: franke/,
    );
  });

  test('has a note for each file with columns that it lacks', () => {
    expect(check(old, today()).notes).toEqual([
      'trials.csv: the baseline does not have 2 of the columns',
      'curves.csv: the baseline does not have 2 of the columns',
      'summary.csv: the baseline does not have 4 of the columns',
    ]);
  });

  test('holds, though ids, order, columns, types and the words for missing numbers differ', () => {
    const { files, differences } = check(old, today());
    expect(differences).toEqual([]);
    expect(files.map(({ file, holds }) => [file, holds])).toEqual([
      ['trials.csv', 3],
      ['curves.csv', 3],
      ['summary.csv', 2],
    ]);
  });

  test('a number that moved is named by the settings of its row', () => {
    const { differences } = check(old, today('0.75'));
    expect(differences).toMatchObject([
      {
        file: 'trials.csv',
        column: 'test_mse',
        row: 'seed=1, learning_rate=0.001',
        baseline: 0.5,
        now: 0.75,
      },
    ]);
  });

  test('what was not run is never a pass', () => {
    const lost = today();
    const notRun = lost['trials.csv'].rows.map((cells) =>
      cells[0] === 't1' ? [...cells.slice(0, -2), 'not run', ''] : cells,
    );
    const { files } = check(old, { ...lost, 'trials.csv': { ...lost['trials.csv'], rows: notRun } });
    expect(files[0]).toMatchObject({ holds: 2, contradicted: 0, notRun: 1 });
  });
});

test('a column of settings that had another name before is the same column', () => {
  const trials = (name: string, formula: string) => ({
    'trials.csv': table(`trial,run,SEED,NOISE,${name},status,TEST_MSE`, 'trial', [
      `${name},full,1,1,${formula},done,0.5`,
    ]),
  });
  expect(check(trials('target', 'x*y'), trials('formula', 'x*y'))).toMatchObject({
    files: [{ holds: 1, contradicted: 0, notRun: 0 }],
    notes: [],
  });
  expect(check(trials('target', 'x*y'), trials('formula', 'x+y')).files).toMatchObject([{ notRun: 1 }]);
  // Elsewhere a target is what a model is trained to give.
  const predictions = { 'predictions.csv': table('trial,ROW,TARGET', 'trial,row', ['a,1,0.5']) };
  expect(check(predictions, predictions).files).toMatchObject([{ holds: 1 }]);
});

test('a number that is missing now is contradicted, with the status', () => {
  const now = today();
  const rows = now['trials.csv'].rows.map((cells) =>
    cells[0] === 't1' ? [...cells.slice(0, -2), 'diverged', ''] : cells,
  );
  const { differences } = check(today(), { ...now, 'trials.csv': { ...now['trials.csv'], rows } });
  expect(differences.map(({ column, baseline, now: value }) => [column, baseline, value])).toEqual([
    ['status', 'done', 'diverged'],
    ['test_mse', '0.5', ''],
  ]);
});

describe('refused with a sentence', () => {
  test('rows that a new option tells apart, but the baseline does not', () => {
    const now = today();
    const twice = [...now['trials.csv'].rows, 't4,full,code,franke,1,10,0.001,huber,done,0.1'.split(',')];
    expect(() => check(old, { 'trials.csv': { ...now['trials.csv'], rows: twice } })).toThrow(
      /two rows of the results now have the same settings(.|\n)*one value of .*loss/,
    );
  });

  test('another experiment, and other data', () => {
    const other = { 'trials.csv': { ...today()['trials.csv'], package: 'mnist' } };
    expect(() => check(today(), other)).toThrow(/of different experiments(.|\n)*ffnn(.|\n)*mnist/);
    const rows = today()['trials.csv'].rows.map((cells) => cells.with(3, 'sha256:0123456789ab'));
    expect(() => check(today(), { 'trials.csv': { ...today()['trials.csv'], rows } })).toThrow(
      /different kind of run(.|\n)*data: franke/,
    );
  });
});

test('groups name what moved, by how much, in how many rows, and what these have in common', () => {
  const rows = (factor: number) =>
    [0.1, 0.2].flatMap((rate) =>
      [1, 2, 3].map(
        (seed) => `t${rate}${seed},full,code,franke,${seed},${rate},done,${rate === 0.1 ? seed * factor : 1}`,
      ),
    );
  const header = 'trial,run,variant,data,SEED,LEARNING_RATE,status,TEST_MSE';
  const [before, now] = [1, 1.5].map((factor) => ({ 'trials.csv': table(header, 'trial', rows(factor)) }));
  expect(movedFiles(check(before, now))).toEqual([
    {
      heading: 'trials.csv: 3 of 6 rows contradicted',
      common: 'all with learning rate 0.1',
      columns: [
        { column: 'test_mse', rows: 3, change: '+1.5, relative +0.5', where: 'seed 3, learning rate 0.1' },
      ],
    },
  ]);
});

test('a file that is missing now is named', () => {
  const { 'curves.csv': _gone, ...rest } = today();
  expect(movedFiles(check(today(), rest))).toEqual([
    {
      heading: 'curves.csv: 3 of 3 rows not run',
      common: '',
      columns: [{ column: 'file missing', rows: 0, change: '', where: '' }],
    },
  ]);
});

describe('numbers over other seeds are not compared', () => {
  const summary = today()['summary.csv'];
  const moved = { ...summary, rows: summary.rows.map((cells) => cells.with(-1, '9')) };
  const note = { row: null, verdict: 'not run', now: 'the seeds differ: summary.csv is not compared' };

  test.each([
    ['3, 4', 'others'],
    ['1', 'fewer'],
  ])('%s by the manifests', (seeds) => {
    const before = { 'summary.csv': { ...summary, seeds: '1, 2' } };
    const found = check(before, { 'summary.csv': { ...moved, seeds } });
    expect(found.differences).toMatchObject([note]);
    expect(found.files[0]).toMatchObject({ holds: 0, contradicted: 0, notRun: 2 });
    const same = check(before, { 'summary.csv': { ...moved, seeds: '1, 2' } });
    expect(same.files[0].contradicted).toBe(2);
  });

  test('by trials.csv without manifests', () => {
    const trials = today()['trials.csv'];
    const seed = trials.columns.findIndex(({ name }) => name === 'seed');
    const others = {
      ...trials,
      rows: trials.rows.map((cells) => cells.with(seed, String(Number(cells[seed]) + 2))),
    };
    const found = check(today(), { 'trials.csv': others, 'summary.csv': moved });
    expect(found.differences.filter(({ file }) => file === 'summary.csv')).toMatchObject([note]);
    expect(found.differences.every(({ verdict }) => verdict === 'not run')).toBe(true);
  });
});
