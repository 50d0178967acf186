import { expect, test } from '@jest/globals';
import { openingSentences, standingCounts } from './opening.ts';
import { codeReading } from './readings.ts';
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
