import { join } from 'node:path';
import { z } from 'zod';
import { pValueText, rangeText, valueText } from '../claims/verdict-text.ts';
import { verdicts } from '../claims/verdicts.ts';
import { readRegular } from '../files/regular-file.ts';
import { percentile } from '../stats/describe.ts';
import type { Verdicts } from './verdicts.ts';

/** Where `fys-nn verify` leaves what it found, in the folder of the results. */
const file = join('verify', 'verify.json');

const range = z.object({ low: z.number().nullable(), high: z.number().nullable() }).nullable();
/** In bytes; a hundred times what the report's own claims take. */
const largest = 64 * 2 ** 20;

const reading = z.string();
const verdict = z.enum(verdicts);
const value = z.union([z.number(), z.literal('diverged')]).nullable();

/** What the page takes of the file. */
const judged = z.object({
  level: z.number(),
  seeds: z.record(z.string(), z.array(z.number())),
  numbers: z.array(
    z.object({
      subject: z.object({ id: z.string(), where: z.string(), says: z.string(), value: z.number() }),
      evidence: z.array(z.object({ reading, values: z.array(value), interval: range })).min(1),
      verdict,
      holdsUnder: z.array(z.string()),
    }),
  ),
  figures: z.array(
    z.object({
      subject: z.string(),
      evidence: z.array(z.object({ reading, numbers: z.number(), adjusted: z.number().nullable() })).min(1),
      verdict,
      holdsUnder: z.array(z.string()),
    }),
  ),
  conclusions: z.array(
    z.object({
      subject: z.object({ id: z.string(), says: z.string() }),
      evidence: z.array(z.object({ reading, share: z.number().nullable(), interval: range })).min(1),
      verdict,
      holdsUnder: z.array(z.string()),
    }),
  ),
});

/**
 * The verdicts in a folder of results, each by its first reading; null where there are none, or none that this version
 * can read.
 */
export async function readVerdicts(folder: string): Promise<Verdicts | null> {
  const text = await readRegular(join(folder, file), largest).catch(() => null);
  if (text === null) return null;
  const found = judged.safeParse(parsed(text));
  if (!found.success) return null;
  const { level, seeds, numbers, figures, conclusions } = found.data;
  return {
    level,
    seeds,
    numbers: numbers.map(({ subject, evidence: [first], verdict, holdsUnder }) => ({
      id: subject.id,
      where: subject.where,
      says: subject.says,
      published: valueText(subject.value),
      ours: medianText(first.values),
      interval: rangeText(unbounded(first.interval)),
      verdict,
      reading: holdsUnder.join('; '),
    })),
    figures: figures.map(({ subject, evidence: [first], verdict, holdsUnder }) => ({
      figure: subject,
      numbers: first.numbers,
      p: pValueText(first.adjusted),
      verdict,
      reading: holdsUnder.join('; '),
    })),
    conclusions: conclusions.map(({ subject, evidence: [first], verdict }) => ({
      id: subject.id,
      says: subject.says,
      share: first.share,
      low: first.interval?.low ?? null,
      high: first.interval?.high ?? null,
      verdict,
    })),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The median, or how many diverged: a median of the others would leave these out. */
function medianText(values: readonly z.infer<typeof value>[]): string {
  if (values.length === 0 || values.includes(null)) return 'not run';
  const finite = values.filter((one) => typeof one === 'number');
  const diverged = values.length - finite.length;
  return diverged > 0
    ? `${diverged} of ${values.length} diverged`
    : valueText(percentile(Float64Array.from(finite).sort(), 50));
}

/** JSON has no infinity: an end without bound is null there. */
function unbounded(interval: { low: number | null; high: number | null } | null) {
  if (interval === null) return null;
  return {
    low: interval.low ?? Number.NEGATIVE_INFINITY,
    high: interval.high ?? Number.POSITIVE_INFINITY,
  };
}
