import { z } from 'zod';
import { methods } from '../stats/one-more-run.ts';
import { verdicts } from './words.ts';

// The form of verify.json, as far as it is read again. Infinite numbers are null in it, since JSON has none.

const end = z.number().nullable();
const interval = z.strictObject({ low: end, high: end }).transform(({ low, high }) => ({
  low: low ?? Number.NEGATIVE_INFINITY,
  high: high ?? Number.POSITIVE_INFINITY,
}));
const orInfinite = end.transform((value) => value ?? Number.POSITIVE_INFINITY);
const verdict = z.enum(verdicts);

const found = z.object({
  method: z.enum(Object.keys(methods) as [keyof typeof methods]),
  scale: z.string(),
  median: orInfinite,
  z: orInfinite,
  percentile: z.number(),
  interval,
  undetected: interval,
  resolution: orInfinite,
  resolutionZ: orInfinite,
  p: z.number(),
  adjusted: z.number(),
});

const numberEvidence = z
  .looseObject({
    reading: z.string(),
    values: z.array(z.union([z.number(), z.literal('diverged')]).nullable()),
    verdict,
  })
  .transform(({ reading, values, verdict: own, ...rest }, context) => {
    if (rest.p === undefined) return { reading, values, verdict: own, found: null };
    const parsed = found.safeParse(rest);
    if (parsed.success) return { reading, values, verdict: own, found: parsed.data };
    context.addIssue('evidence of another form');
    return z.NEVER;
  });

const effect = z.object({ median: orInfinite, interval, inSpreads: z.number().nullable() });
const bestCell = z.object({
  best: z.record(z.string(), z.union([z.string(), z.number()]).nullable()),
  behind: z.number().nullable(),
  p: z.number(),
  tied: z.number(),
  cells: z.number(),
});
const conclusionEvidence = z.object({
  reading: z.string(),
  holds: z.array(z.boolean().nullable()),
  share: z.number().nullable(),
  interval: interval.nullable(),
  unpaired: z.number().nullable(),
  effect: effect.nullable(),
  moreSeeds: z.number().nullable(),
  bestCell: bestCell.nullable().default(null),
  verdict,
});

const figureEvidence = z.object({
  reading: z.string(),
  numbers: z.number(),
  p: z.number().nullable(),
  adjusted: z.number().nullable(),
  verdict,
});

/** A claim as in the file of claims. Its further keys are kept for those who repeat its runs. */
const subject = z.looseObject({
  id: z.string(),
  where: z.string(),
  says: z.string(),
  cause: z.object({ text: z.string(), command: z.string().optional() }).optional(),
});
const numberSubject = subject.extend({
  statistic: z.string(),
  figure: z.string().optional(),
  value: z.number(),
  significantDigits: z.number().optional(),
  readingError: z.number().optional(),
});
const conclusionSubject = subject.extend({
  quantities: z.record(z.string(), z.looseObject({ statistic: z.string() })),
});

const judged = { verdict, byReading: z.record(z.string(), verdict), holdsUnder: z.array(z.string()) };

export const verificationFile = z.looseObject({
  quick: z.boolean().default(false),
  level: z.number(),
  seeds: z.record(z.string(), z.array(z.number())),
  readings: z
    .array(
      z.object({
        name: z.string(),
        variant: z.enum(['code', 'text']),
        changed: z.record(z.string(), z.array(z.union([z.string(), z.number()])).min(1)),
      }),
    )
    .min(1),
  numbers: z.array(z.object({ ...judged, subject: numberSubject, evidence: z.array(numberEvidence).min(1) })),
  figures: z.array(z.object({ ...judged, subject: z.string(), evidence: z.array(figureEvidence).min(1) })),
  conclusions: z.array(
    z.object({ ...judged, subject: conclusionSubject, evidence: z.array(conclusionEvidence).min(1) }),
  ),
});

export type VerificationFile = z.infer<typeof verificationFile>;
