import { expect, test } from '@jest/globals';
import { createRng } from '../math/rng.ts';
import { judged, judgedInTurn, type Verdict } from './judged.testing.ts';

/** How many random programs are checked: FYS_NN_DIAGNOSES, or a few of them. */
const count = Number(process.env.FYS_NN_DIAGNOSES ?? 20);
/** The number of the first of them. */
const from = Number(process.env.FYS_NN_DIAGNOSES_FROM ?? 0);
/** How many with two mistakes, each checked twice. */
const pairs = Math.ceil(count / 8);
const seed = Number(process.env.FYS_NN_SEED ?? 1);

test(`the first place is right, and no diagnosis false, in ${count} random programs with random mistakes`, () => {
  const counts = new Map<Verdict, number>();
  const failures: string[] = [];
  for (let i = from; i < from + count; i++) {
    const { verdict, text } = judged(createRng(seed, 'data', i));
    counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
    if (verdict.startsWith('false')) failures.push(`${i}: ${verdict}: ${text}`);
  }
  if (process.env.FYS_NN_DIAGNOSES !== undefined)
    process.stderr.write(`${JSON.stringify(Object.fromEntries(counts))}\n`);
  expect(failures).toEqual([]);
  // Mistakes that are in the tables are found, not only left unnamed.
  const named = (['named alone', 'named among equals'] as const).map((verdict) => counts.get(verdict) ?? 0);
  expect(named[0] + named[1]).toBeGreaterThan(0.1 * count);
});

test(`of two mistakes the one that shows first is found, and after its fix the other, in ${pairs} random programs`, () => {
  const failures: string[] = [];
  let found = 0;
  for (let i = from; i < from + pairs; i++) {
    const inTurn = judgedInTurn(createRng(seed, 'exercise', i));
    if (inTurn === null) continue;
    found++;
    for (const { verdict, text } of inTurn)
      if (verdict.startsWith('false') || verdict === 'no difference')
        failures.push(`${i}: ${verdict}: ${text}`);
  }
  expect(failures).toEqual([]);
  expect(found).toBeGreaterThan(pairs / 4);
});
