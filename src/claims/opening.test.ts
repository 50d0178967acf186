import { expect, test } from '@jest/globals';
import { doubts, openingSentences, standingCounts } from './opening.ts';
import { codeReading, runsReading } from './readings.ts';
import type { Verification } from './verdicts.ts';
import type { Verdict } from './words.ts';

/** Conclusions with these verdicts, each judged on so many seeds. */
function verificationOf(...claims: (readonly [Verdict, number])[]): Verification {
  const conclusions = claims.map(([verdict, seeds]) => ({
    verdict,
    evidence: [{ reading: codeReading, verdict, holds: new Array(seeds).fill(true) }],
  }));
  const rest = { numbers: [], figures: [], readings: [codeReading], level: 0.95, seeds: {} };
  return { ...rest, conclusions } as unknown as Verification;
}

test('claims that were not run do not count as judged on few seeds', () => {
  const sentences = openingSentences(verificationOf(['holds', 11], ['holds', 50], ['not run', 1]));
  expect(sentences.join(' ')).toContain('Each was judged on 11 to 50 seeds');
});

test('what holds is counted with what is negligible, and what is contradicted is named', () => {
  const verification = verificationOf(['holds', 11], ['holds, but negligible', 11], ['contradicted', 11]);
  expect(standingCounts(verification)).toEqual([['conclusions that hold', '2 of 3; 1 contradicted']]);
});

test('given runs are not called ours, and have no reading', () => {
  const { conclusions } = verificationOf(['contradicted', 20]);
  const of = <T extends { evidence: readonly object[] }>(one: T) => ({
    ...one,
    subject: { id: 'a', says: 'it is', where: 'there', value: 1, statistic: 'loss', quantities: {} },
    evidence: one.evidence.map((each) => ({
      ...each,
      ...{ reading: runsReading, share: 0, effect: null, verdict: 'contradicted' },
    })),
  });
  const found = { z: 9, median: 2 };
  const number = { verdict: 'contradicted', evidence: [{ values: new Array(20).fill(2), found }] };
  const verification = {
    ...{ numbers: [of(number), of({ ...number, verdict: 'typical' })], conclusions: conclusions.map(of) },
    ...{ figures: [], readings: [runsReading], level: 0.95, seeds: {} },
  } as unknown as Verification;
  const text = [...openingSentences(verification), ...doubts(verification).map(({ why }) => why)].join('\n');
  expect(text).toContain('Each was judged by 20 runs of another program.');
  expect(text).toContain('1 is typical of the runs');
  expect(text).toContain('True in 20 of 20 runs.');
  expect(text).toContain('the mean of 20 runs, whose median is 2');
  expect(text).not.toMatch(/under|our/);
});
