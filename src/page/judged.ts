import { join } from 'node:path';
import { z } from 'zod';
import { pValueText, rangeText, valueText } from '../claims/verdict-text.ts';
import { verdicts } from '../claims/words.ts';
import { readRegular } from '../files/regular-file.ts';
import { percentile } from '../stats/describe.ts';
import type { Verdicts } from './verdicts.ts';

/** The file that `fys-nn verify` writes. */
const file = 'verify.json';

const range = z.object({ low: z.number().nullable(), high: z.number().nullable() }).nullable();
/** The largest such file accepted, in bytes: a hundred times the size for the report's own claims. */
const maxBytes = 64 * 2 ** 20;

const reading = z.string();
const verdict = z.enum(verdicts);
const value = z.union([z.number(), z.literal('diverged')]).nullable();

/** The parts of the file that the page uses. */
const judged = z.object({
  /** Left out by older versions, which were not told apart. */
  quick: z.boolean().optional(),
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
 * Reads the verdicts for a page from the first of the folders that has some; null if none has. A page of a quick run shows
 * only verdicts from few seeds, which are not taken for more than they are.
 */
export async function readVerdicts(folders: readonly string[], quickPage: boolean): Promise<Verdicts | null> {
  for (const folder of folders) {
    const found = await verdictsIn(folder);
    if (found !== null && (found.quick || !quickPage)) return found;
  }
  return null;
}

/** The verdicts in a folder, with the evidence of the first reading; null if this version cannot read them. */
async function verdictsIn(folder: string): Promise<Verdicts | null> {
  const text = await readRegular(join(folder, file), maxBytes).catch(() => null);
  if (text === null) return null;
  const found = judged.safeParse(parseJson(text));
  if (!found.success) return null;
  const { quick = false, level, seeds, numbers, figures, conclusions } = found.data;
  return {
    quick,
    level,
    seeds,
    numbers: numbers.map(({ subject, evidence: [first], verdict, holdsUnder }) => ({
      id: subject.id,
      where: subject.where,
      says: subject.says,
      published: valueText(subject.value),
      ours: medianText(first.values),
      interval: rangeText(withInfiniteEnds(first.interval)),
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The median. If any run diverged, the number of those runs instead, which the median would hide. */
function medianText(values: readonly z.infer<typeof value>[]): string {
  if (values.length === 0 || values.includes(null)) return 'not run';
  const finite = values.filter((one) => typeof one === 'number');
  const diverged = values.length - finite.length;
  return diverged > 0
    ? `${diverged} of ${values.length} diverged`
    : valueText(percentile(Float64Array.from(finite).sort(), 50));
}

/** Restores infinite ends, which the file stores as null because JSON has no infinity. */
function withInfiniteEnds(interval: { low: number | null; high: number | null } | null) {
  if (interval === null) return null;
  return {
    low: interval.low ?? Number.NEGATIVE_INFINITY,
    high: interval.high ?? Number.POSITIVE_INFINITY,
  };
}
