import { expect, test } from '@jest/globals';
import { codeReading } from '../claims/readings.ts';
import type { Verdict, Verification } from '../claims/verdicts.ts';
import { showVerification } from './show-verification.ts';

const terminal = (columns: number, isTTY = false) =>
  ({ columns, isTTY, hasColors: () => true }) as unknown as NodeJS.WriteStream;

const words = Array(12).fill('a long claim in words').join(', ');
const interval = { low: 1, high: 2 };

/** A verification with a number and a conclusion of each verdict, over and over. */
function verificationOf(verdicts: readonly Verdict[], times = 1): Verification {
  const all = Array.from({ length: times }, () => verdicts).flat();
  const numbers = all.map((verdict, i) => {
    const subject = { id: `number-${i}`, says: words, where: 'there', value: 3, figure: `Figure ${i % 20}` };
    const found = { median: 1.5, z: 4 + i, interval };
    return { subject, verdict, evidence: [{ reading: codeReading, values: [1, 2], found, verdict }] };
  });
  const conclusions = all.map((verdict, i) => {
    const subject = { id: `conclusion-${i}`, says: words, where: 'there', cause: { text: 'the reason' } };
    return { subject, verdict, evidence: [{ reading: codeReading, holds: [true, false, false], verdict }] };
  });
  const seeds = { franke: [1, 2] };
  return {
    level: 0.95,
    seeds,
    readings: [codeReading],
    numbers,
    figures: [],
    conclusions,
  } as unknown as Verification;
}

const every: readonly Verdict[] = [
  ...(['typical', 'unusual', 'holds', 'holds, but negligible', 'underspecified'] as const),
  ...(['depends on the seed', 'undecided', 'contradicted', 'not run'] as const),
];

test.each([60, 80, 120])('fewer than 60 lines of %d columns, however many claims there are', (width) => {
  for (const verdicts of [every, ['contradicted'], ['not run'], ['holds']] as const) {
    for (const times of [1, 3, 50]) {
      const lines = showVerification(verificationOf(verdicts, times), 'out', true, terminal(width)).split(
        '\n',
      );
      expect(lines.length).toBeLessThan(60);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
    }
  }
});

test('what is contradicted comes last: what the report says, what our runs give, how far apart, and why', () => {
  const text = showVerification(verificationOf(every), 'out', true, terminal(1000));
  expect(text).toMatch(
    /\ncontradicted: 2 claims\n {2}number-7: .*: the report \(there\) says 3, our runs give 1 to 2, 11 standard deviations of one run apart\n {2}conclusion-7: .* \(there\): true in 1 of 3 seeds\. Why: the reason\n\nAll claims: .*\n {2}fys-nn verify explain ID$/,
  );
});

test('many contradicted numbers of one figure are one entry, which names the farthest', () => {
  const text = showVerification(verificationOf(['contradicted'], 100), 'out', false, terminal(1000));
  expect(text).toContain('Figure 3: 5 of 5 numbers; the farthest is number-83: ');
  expect(text).toContain('verify explain ID --from out');
  expect(text).toContain('conclusion-0: ');
  expect(text).toContain('and others, in out/verify.md');
});

test('nothing contradicted is said; colours are for terminals', () => {
  const text = showVerification(verificationOf(['typical']), 'out', true, terminal(80));
  expect(text).toContain('\nNothing is contradicted.\n');
  expect(text).not.toContain('\u001b');
  const painted = showVerification(verificationOf(['contradicted']), 'out', true, terminal(80, true));
  expect(painted).toContain('\u001b[31mcontradicted');
});

test('a run that was ended says so', () => {
  const unfinished = [{ experiment: 'ffnn', reading: 'text', seeds: 3, wanted: 11 }];
  const verification = { ...verificationOf(['typical']), ended: { minutes: 5, unfinished } };
  const text = showVerification(verification, 'out', true, terminal(200));
  expect(text).toContain('Not finished: after 5 minutes the seeds were ffnn (text) 3 of up to 11.');
});
