import { describe, expect, test } from '@jest/globals';
import type { Check } from '../check/check.ts';
import { checkReport } from '../check/check-report.ts';
import { verdictFormatNames, verdictFormats } from './verdict-formats.ts';

const check: Check = {
  files: [
    { file: 'a.csv', rows: 3, holds: 1, contradicted: 1, notRun: 1, varied: new Map() },
    { file: 'b.csv', rows: 2, holds: 2, contradicted: 0, notRun: 0, varied: new Map() },
  ],
  differences: [
    {
      ...{ file: 'a.csv', row: 'name==1+1|<b>', parts: [], column: 'x', verdict: 'contradicted' },
      ...{ baseline: -0.5, now: -0.25, difference: 0.25 },
    },
    {
      ...{ file: 'a.csv', row: 'name=2', parts: [], column: null, verdict: 'not run' },
      ...{ baseline: null, now: 'row missing', difference: null },
    },
  ],
  notes: [],
};
const report = checkReport(check);

describe('a report of verdicts', () => {
  test('counts in one sentence', () => {
    expect(report.summary).toBe('2 files, 5 rows of the baseline: 3 hold, 1 contradicted, 1 not run.');
  });

  test('as JUnit has a failure for what is contradicted and a skip for what is not run', async () => {
    const xml = await verdictFormats.junit.render(report);
    expect(xml).toContain('<testsuites tests="4" failures="1" errors="0" skipped="1">');
    expect(xml).toContain('x -0.5 in the baseline, now -0.25 (+0.25, relative +0.5)');
    expect(xml).not.toContain('<b>');
  });

  test('as CSV has numbers as numbers, and no formulas', async () => {
    const formula = { ...check.differences[0], row: '=1+1' };
    const csv = await verdictFormats.csv.render(checkReport({ ...check, differences: [formula] }));
    expect(csv).toBe(
      "file,row,column,baseline,now,difference,relative,change,verdict\na.csv,'=1+1,x,-0.5,-0.25,0.25,0.5,'-0.5 -> -0.25,contradicted\n",
    );
  });

  test('as Markdown lets no text become a cell or HTML', async () => {
    const text = await verdictFormats.markdown.render(report);
    expect(text).toContain('\\|\\<b\\>');
    expect(text).toContain('3 hold, 1 contradicted');
  });

  test('as JSON can be read back', async () => {
    const read = JSON.parse(await verdictFormats.json.render(report));
    expect(read.rows[0]).toMatchObject({ file: 'a.csv', baseline: -0.5, difference: 0.25 });
    expect(read.verdicts.map(({ verdict }: { verdict: string }) => verdict)).toEqual([
      'contradicted',
      'not run',
      'holds',
      'holds',
    ]);
  });

  describe('of very many differences, in as many files', () => {
    const many = 30_000;
    const place = {
      parts: [],
      column: 'x',
      baseline: 1,
      now: 2,
      difference: 1,
      verdict: 'contradicted',
    } as const;
    const inOne = Array.from({ length: many }, (_, i) => ({ file: 'one.csv', row: `row ${i}`, ...place }));
    const each = Array.from({ length: many }, (_, i) => ({ file: `${i}.csv`, row: 'row', ...place }));
    const files = ['one.csv', ...each.map(({ file }) => file)].map((file) => ({
      ...{ file, rows: 1, holds: 0, contradicted: 1, notRun: 0, varied: new Map() },
    }));
    const large = checkReport({ files, differences: [...inOne, ...each], notes: [] });

    test.each(verdictFormatNames)('as %s', async (name) => {
      expect(large.rows).toHaveLength(2 * many);
      expect((await verdictFormats[name].render(large)).length).toBeGreaterThan(2 * many);
    });
  });

  test.each(verdictFormatNames)('as %s is the same bytes each time, and can be empty', async (name) => {
    expect(await verdictFormats[name].render(report)).toBe(await verdictFormats[name].render(report));
    const nothing = checkReport({ files: [], differences: [], notes: [] });
    expect((await verdictFormats[name].render(nothing)).endsWith('\n')).toBe(true);
  });
});
