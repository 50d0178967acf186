import { expect, test } from '@jest/globals';
import { newlyContradicted, notRunUnexpectedly, readExpectation } from './expectation.ts';
import type { Verdict, Verification } from './verdicts.ts';

type ByReading = Readonly<Record<string, Verdict>>;

/** A verification of numbers of the report with these verdicts under its readings. */
function verificationOf(verdicts: Readonly<Record<string, readonly [Verdict, ByReading]>>): Verification {
  const numbers = Object.entries(verdicts).map(([id, [verdict, byReading]]) => ({
    ...{ subject: { id, kind: 'number', experiment: 'ffnn', statistic: 'test_mse' }, verdict, byReading },
    ...{ evidence: [], holdsUnder: [] },
  }));
  const nothing = { figures: [], conclusions: [], readings: [], level: 0.95, seeds: {} };
  return { ...nothing, numbers } as unknown as Verification;
}

/** The expected verdicts of version 0.1.0, as it wrote them: its word for a number that stands was "holds". */
const old = 'data/fixtures/verdicts-0.1.0.json';

test('a file of version 0.1.0 is read: what held then and is contradicted now is new, what was contradicted is not', async () => {
  const expected = await readExpectation(old);
  expect(expected.get('fig3-constant-mse-batch-10-lr-0.001')).toBe('holds');
  expect(expected.get('ols-best-at-rate-0.01')).toBe('contradicted');
  const both = (verdict: Verdict): [Verdict, ByReading] => [verdict, { code: verdict, text: verdict }];
  const now = verificationOf({
    'fig3-constant-mse-batch-10-lr-0.001': both('contradicted'),
    'fig3-constant-mse-batch-10-lr-0.01': both('typical'),
    'fig3-constant-mse-batch-10-lr-0.1': both('unusual'),
    'ols-best-at-rate-0.01': both('contradicted'),
  });
  expect(newlyContradicted(now, expected)).toEqual(['fig3-constant-mse-batch-10-lr-0.001']);
  expect(notRunUnexpectedly(now, expected, new Set())).toEqual([]);
});

test('a contradiction is expected under the reading for which it was; an undecided reading says nothing', async () => {
  const expected = new Map([['a', { code: 'contradicted', text: 'typical' } as const]]);
  const newly = (byReading: ByReading) =>
    newlyContradicted(verificationOf({ a: ['contradicted', byReading] }), expected);
  expect(newly({ code: 'contradicted', text: 'undecided' })).toEqual([]);
  expect(newly({ code: 'contradicted', text: 'contradicted' })).toEqual(['a']);
  expect(newly({ text: 'contradicted' })).toEqual(['a']);
  expect(newlyContradicted(verificationOf({ a: ['contradicted', {}] }), null)).toEqual(['a']);
});
