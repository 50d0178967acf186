import { describe, expect, test } from '@jest/globals';
import type { StoredTable } from '../output/read-tables.ts';
import { checkTables } from './check.ts';
import { parseTolerances } from './tolerance.ts';

const missing = new Set(['', 'diverged', 'not run']);
const columns: StoredTable['columns'] = [
  { name: 'trial', type: 'string', missing: new Set(['']) },
  { name: 'run', type: 'string', missing: new Set(['']) },
  { name: 'best_epoch', type: 'integer', missing },
  { name: 'test_mse', type: 'number', missing },
  { name: 'note', type: 'string', missing: new Set(['']) },
];
const row = (trial: string, epoch: string, mse: string, note = '') => [trial, 'full', epoch, mse, note];
const table = (...rows: string[][]): StoredTable => ({ columns, primaryKey: ['trial'], rows });
const baseline = table(row('a', '3', '0.5'), row('b', '4', 'diverged'), row('c', '5', '0.25', 'x'));

function check(now: StoredTable, tolerances: string[] = [], before = baseline) {
  return checkTables(new Map([['t.csv', before]]), new Map([['t.csv', now]]), parseTolerances(tolerances));
}

test('the same holds, in whatever order of rows and columns and however a number is written', () => {
  const shuffled: StoredTable = {
    columns: [...columns].reverse(),
    primaryKey: ['trial'],
    rows: [...baseline.rows].reverse().map((cells) => [...cells].reverse()),
  };
  const { files, differences, notes } = check(shuffled);
  expect(files).toEqual([
    { file: 't.csv', rows: 3, holds: 3, contradicted: 0, notRun: 0, varied: new Map([['trial', 3]]) },
  ]);
  expect(differences).toEqual([]);
  expect(notes).toEqual([]);
  expect(
    check(table(row('a', '3', '5e-1'), ...baseline.rows.slice(1).map((cells) => [...cells]))).differences,
  ).toEqual([]);
});

test('a moved number is contradicted, and says by how much', () => {
  const { files, differences } = check(
    table(row('a', '3', '0.625'), row('b', '4', 'diverged'), row('c', '5', '0.25', 'x')),
  );
  expect(files[0]).toMatchObject({ holds: 2, contradicted: 1, notRun: 0 });
  expect(differences).toEqual([
    {
      ...{ file: 't.csv', row: 'trial=a', column: 'test_mse', verdict: 'contradicted' },
      ...{ baseline: 0.5, now: 0.625, difference: 0.125, parts: [['trial', 'a']] },
    },
  ]);
});

describe('tolerance', () => {
  const now = table(row('a', '4', '0.505'), row('b', '4', 'diverged'), row('c', '5', '0.25', 'x'));

  test('of numbers leaves counts and epochs exact', () => {
    expect(check(now, ['rel:0.5']).differences.map(({ column }) => column)).toEqual(['best_epoch']);
    expect(check(now, ['rel:0.5', 'best_epoch=abs:1']).differences).toEqual([]);
  });

  test('of a column stands for that column only', () => {
    expect(check(now, ['test_mse=rel:0.02']).differences.map(({ column }) => column)).toEqual(['best_epoch']);
    expect(check(now, ['test_mse=rel:0.001']).differences).toHaveLength(2);
  });

  test('never makes a diverged run a number', () => {
    const other = table(row('a', '3', 'diverged'), row('b', '4', '0.1'), row('c', '5', '0.25', 'x'));
    const { differences } = check(other, ['abs:1e9']);
    expect(differences.map(({ row: place, verdict }) => [place, verdict])).toEqual([
      ['trial=a', 'contradicted'],
      ['trial=b', 'contradicted'],
    ]);
  });
});

test('numbers that only float64 takes for one have moved, unless a tolerance is given', () => {
  const before = table(row('a', '9007199254740992', '0.1'));
  const now = table(row('a', '9007199254740993', '0.10000000000000001'));
  expect(check(now, [], before).differences).toMatchObject([
    { column: 'best_epoch', baseline: '9007199254740992', now: '9007199254740993', verdict: 'contradicted' },
    { column: 'test_mse', baseline: '0.1', now: '0.10000000000000001', verdict: 'contradicted' },
  ]);
  expect(check(now, ['1e-9', 'best_epoch=abs:1'], before).differences).toEqual([]);
});

test('text is compared exactly', () => {
  const now = table(row('a', '3', '0.5'), row('b', '4', 'diverged'), row('c', '5', '0.25', 'X'));
  expect(check(now, ['abs:1e9']).differences).toMatchObject([{ column: 'note', baseline: 'x', now: 'X' }]);
});

describe('missing is never a pass', () => {
  test('a row, a number not run on either side, a column, a file', () => {
    const now = table(row('a', '3', 'not run'), row('b', '4', 'diverged'));
    const { files, differences } = check(now);
    expect(files[0]).toMatchObject({ holds: 1, contradicted: 0, notRun: 2 });
    expect(differences.map(({ row: place, now: value, verdict }) => [place, value, verdict])).toEqual([
      ['trial=a', 'not run', 'not run'],
      ['trial=c', 'row missing', 'not run'],
    ]);
    expect(check(baseline, [], now).files[0]).toMatchObject({ holds: 1, notRun: 1 });

    const narrow = {
      columns: columns.slice(0, 4),
      primaryKey: ['trial'],
      rows: baseline.rows.map((r) => r.slice(0, 4)),
    };
    expect(check(narrow).differences).toMatchObject([
      { column: 'note', now: 'column missing', verdict: 'not run' },
    ]);
    expect(check(narrow).files[0]).toMatchObject({ holds: 0, notRun: 3 });

    const both = new Map([
      ['t.csv', baseline],
      ['u.csv', baseline],
    ]);
    const lost = checkTables(both, new Map([['t.csv', baseline]]), parseTolerances([]));
    expect(lost.differences).toMatchObject([{ file: 'u.csv', now: 'file missing', verdict: 'not run' }]);
    expect(lost.files[1]).toMatchObject({ rows: 3, holds: 0, notRun: 3 });
  });

  test('a key column that is gone', () => {
    const keyless = { columns: columns.slice(1), primaryKey: [], rows: baseline.rows.map((r) => r.slice(1)) };
    expect(check(keyless).files[0]).toMatchObject({ holds: 0, notRun: 3 });
  });

  test('a mean over fewer trials is incomplete, whatever it is', () => {
    const summary = (notRun: string, mean: string): StoredTable => ({
      columns: [
        { name: 'rate', type: 'number', missing },
        { name: 'not_run', type: 'integer', missing },
        { name: 'test_mse_mean', type: 'number', missing },
      ],
      primaryKey: ['rate'],
      rows: [['0.1', notRun, mean]],
    });
    expect(check(summary('1', '0.7'), [], summary('0', '0.5')).files[0]).toMatchObject({
      notRun: 1,
      contradicted: 0,
    });
    expect(check(summary('0', '0.7'), [], summary('0', '0.5')).files[0]).toMatchObject({ contradicted: 1 });
  });
});

test('what is new is a note', () => {
  const wide = {
    columns: [...columns, { name: 'new', type: 'number' as const, missing }],
    primaryKey: ['trial'],
    rows: [...baseline.rows, row('d', '1', '1')].map((cells) => [...cells, '1']),
  };
  const { differences, notes } = checkTables(
    new Map([['t.csv', baseline]]),
    new Map([
      ['t.csv', wide],
      ['v.csv', baseline],
    ]),
    parseTolerances([]),
  );
  expect(differences).toEqual([]);
  expect(notes).toHaveLength(3);
});

test('a table without a key is compared row by row in order', () => {
  const keyless = { ...baseline, primaryKey: [] };
  const swapped = { ...keyless, rows: [...keyless.rows].reverse() };
  expect(check(keyless, [], keyless).differences).toEqual([]);
  expect(check(swapped, [], keyless).differences.map(({ row: place }) => place)).toContain('row 1');
});

describe('what cannot be compared is refused', () => {
  test('quick against full, one variant against another', () => {
    const quick = table(...baseline.rows.map(([trial, , ...rest]) => [trial, 'quick', ...rest]));
    expect(() => check(quick)).toThrow(/different kind of run(.|\n)*run: full(.|\n)*run: quick/);
  });

  test('a key that stands twice', () => {
    const twice = table(row('a', '1', '1'), row('a', '2', '2'));
    expect(() => check(twice)).toThrow(/t.csv now has two rows with the same key(.|\n)*trial=a/);
    expect(() => check(baseline, [], twice)).toThrow(/t.csv of the baseline/);
  });

  test('more differences than can be told', () => {
    const rows = (value: string) => ({
      ...table(),
      rows: Array.from({ length: 125_001 }, (_, i) => row(`${i}`, value, value)),
    });
    expect(() => check(rows('1'), [], rows('2'))).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(/t\.csv(.|\n)*at most 250000 differences/),
        exitCode: 3,
      }),
    );
  });

  test('folders of different levels', () => {
    expect(() =>
      checkTables(new Map([['ffnn/t.csv', baseline]]), new Map([['t.csv', baseline]]), parseTolerances([])),
    ).toThrow(/no table in common/);
  });

  test('a tolerance for no column', () => {
    expect(() => check(baseline, ['tset_mse=1'])).toThrow(/did you mean test_mse/);
  });
});
