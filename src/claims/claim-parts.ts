import { z } from 'zod';
import { printableText } from '../errors.ts';

// What the kinds of claims in kinds/ are made of, and the two kinds that are judged.

export const setting = z.union([z.string(), z.number()], { error: 'text or a number' });
const name = z.string().min(1).max(100);
const oneOrMore = z.union([setting, z.array(setting).min(1)], {
  error: 'text or a number, or a list of them',
});
export const settings = z.record(name, oneOrMore);
const settingLists = z.record(name, z.array(setting).min(1));

/** Text that terminals can show safely. */
// Checked here, not by a pattern: other readers of the JSON Schema may not support Unicode properties.
export const shownText = z
  .string()
  .min(1)
  .max(1000)
  .refine((text) => printableText.test(text), 'text without control characters');

/** Where the runs of a quantity come from, and what is read of them. */
export const source = {
  experiment: z
    .string()
    .default('')
    .describe('a subcommand, such as "grid-search ols"; not needed for runs that another program made'),
  with: settingLists
    .optional()
    .describe("option values for the run of this claim; they replace the experiment's own"),
  select: settings.optional().describe('selects the cells whose settings have one of these values'),
  statistic: z
    .string()
    .describe(
      'a metric column of trials.csv, or a count of layers: hidden_layers or sigmoid_layers; a column of the given runs',
    ),
  curve: z
    .union([
      z.literal('mean'),
      z.strictObject({ epoch: z.int().min(1) }),
      z.strictObject({ within: z.number().positive().lt(1) }),
    ])
    .optional()
    .describe(
      'read the curve of the statistic instead: its mean, its value after an epoch, or the first epoch from which it stays within this fraction of its final value',
    ),
};

/** Selects one number from a run of an experiment: which cells, and which statistic of them. */
export const quantity = {
  ...source,
  except: settings.optional().describe('leaves out the cells whose settings have all of these values'),
  take: z
    .enum(['only', 'min', 'max', 'mean'])
    .optional()
    .describe(
      'how several cells give one number: the lowest, the highest or the mean; default: only, exactly one cell',
    ),
  by: z
    .string()
    .optional()
    .describe('the statistic that `take` min or max compares; `statistic` is then read from that cell'),
};

const cause = {
  text: shownText.describe('why the claim does not hold, in one or two sentences'),
  command: shownText.optional().describe('the command whose output shows it'),
};

/** Why a claim does not hold, as far as it has been found out. */
export const causeSchema = z.strictObject(cause);

export const id = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,99}$/,
    'at most 100 lower-case letters, digits, - . _, beginning with a letter or a digit',
  )
  .describe('unique; lower-case letters, digits, - . _');

/** What every claim has. */
export const common = {
  id,
  where: shownText.describe('where the report states it'),
  says: shownText.describe('the claim in a few words'),
  variant: z
    .enum(['code', 'text'])
    .optional()
    .describe('judge the claim only under this reading of the report'),
  cause: causeSchema.optional().describe('shown with the verdict if the claim does not hold'),
};

export const figure = shownText
  .optional()
  .describe('numbers with the same figure come from one run and are also judged together');

/** How exactly a number is known: one of these. */
export const precision = {
  significantDigits: z
    .int()
    .min(1)
    .max(15)
    .optional()
    .describe('number of printed digits, including trailing zeros'),
  decimals: z.int().min(0).max(15).optional().describe('number of printed decimals instead'),
  readingError: z
    .number()
    .positive()
    .optional()
    .describe(
      'how far off the value may be, if it was read off a curve or is only given as "around"; instead of digits',
    ),
};

export const combinations = settingLists
  .optional()
  .describe('the claim must be true for every combination of these values, which are added to each `select`');

/** A number, as it is judged and as it is written. */
export const numberClaim = z.strictObject({
  ...common,
  kind: z.literal('number'),
  figure,
  ...quantity,
  value: z.number().describe('the number as printed'),
  ...precision,
});

/** A conclusion, as it is judged and as it is written. */
export const conclusionClaim = z.strictObject({
  ...common,
  kind: z.literal('conclusion'),
  for: combinations,
  quantities: z.record(
    z
      .string()
      .regex(/^[a-zA-Z]\w{0,30}$/, 'a name of at most 31 letters, digits and _, beginning with a letter'),
    z.strictObject(quantity),
  ),
  holds: z
    .string()
    .min(1)
    .describe('a condition on the quantities within one seed, such as "decay > constant"'),
});

export type Quantity = z.infer<z.ZodObject<typeof quantity>>;
export type NumberClaim = Omit<z.infer<typeof numberClaim>, 'decimals'> & {
  /** The value is the mean of this many runs; default: 1. */
  readonly runs?: number | undefined;
};
export type ConclusionClaim = z.infer<typeof conclusionClaim> & {
  /** The grid of which `quantities.cell` is said to be the best cell. */
  readonly grid?: Quantity | undefined;
};
export type Claim = NumberClaim | ConclusionClaim;
export type Cause = z.infer<typeof causeSchema>;
