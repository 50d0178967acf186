import { z } from 'zod';
import { printableText } from '../errors.ts';
import { type OptionName, optionNames } from '../experiment/options.ts';

// What data/claims.json may hold. data/claims.schema.json is this as JSON Schema (npm run schema).

const setting = z.union([z.string(), z.number()]);
const option = z.enum(optionNames as [OptionName, ...OptionName[]]);
const oneOrMore = z.union([setting, z.array(setting).min(1)]);

/** A number that one run of an experiment gives: which cell, which statistic of it. */
const quantity = {
  experiment: z.string().describe('a subcommand, such as "grid-search ols"'),
  with: z
    .partialRecord(option, z.array(setting).min(1))
    .optional()
    .describe("values in place of the experiment's own: what is run for this claim"),
  select: z
    .partialRecord(option, oneOrMore)
    .optional()
    .describe('the cells: those whose settings have one of these values'),
  take: z
    .enum(['only', 'min', 'max', 'mean'])
    .optional()
    .describe('of several cells the lowest, highest or mean; without it there must be one cell'),
  by: z
    .string()
    .optional()
    .describe('take min or max by this statistic instead, then read `statistic` there'),
  statistic: z
    .string()
    .describe('a metric of trials.csv, or of the architecture: hidden_layers, sigmoid_layers'),
  curve: z
    .union([
      z.literal('mean'),
      z.strictObject({ epoch: z.int().min(1) }),
      z.strictObject({ within: z.number().positive().lt(1) }),
    ])
    .optional()
    .describe(
      'of the curve of that name: its mean, its value after an epoch, or the first epoch from which it stays within this share of its end',
    ),
};

const id = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,99}$/)
  .describe('unique; lower case, digits, - . _');
/** Text that is shown: on terminals too. */
// Not as a pattern: that of the JSON Schema is read in languages whose expressions know no Unicode properties.
const shown = z
  .string()
  .min(1)
  .max(1000)
  .refine((text) => printableText.test(text), 'text without control characters');
const where = shown.describe('where the report has it');
const says = shown.describe('its gist');

const numberClaim = z.strictObject({
  id,
  kind: z.literal('number'),
  where,
  figure: shown.optional().describe('judged together with the others of this name: one run'),
  says,
  ...quantity,
  value: z.number().describe('as printed'),
  significantDigits: z.int().min(1).max(15).optional().describe('printed digits, trailing zeros counted'),
  readingError: z.number().positive().optional().describe('where it was read off a curve, or is "around"'),
  variant: z.enum(['code', 'text']).optional().describe('judge it under this reading of the report only'),
});

const conclusionClaim = z.strictObject({
  id,
  kind: z.literal('conclusion'),
  where,
  says,
  for: z
    .partialRecord(option, z.array(setting).min(1))
    .optional()
    .describe('must hold for every combination of these values, added to each `select`'),
  quantities: z.record(z.string().regex(/^[a-zA-Z]\w{0,30}$/), z.strictObject(quantity)),
  holds: z.string().min(1).describe('a condition on the quantities of one seed, such as "decay > constant"'),
  variant: z.enum(['code', 'text']).optional().describe('judge it under this reading of the report only'),
});

export const claimsFile = z.strictObject({
  $schema: z.string().optional(),
  report: z.strictObject({
    title: z.string(),
    author: z.string().optional(),
    date: z.string().optional(),
    note: z.string().optional(),
  }),
  claims: z.array(z.discriminatedUnion('kind', [numberClaim, conclusionClaim])).min(1),
});

export type ClaimsFile = z.infer<typeof claimsFile>;
export type NumberClaim = z.infer<typeof numberClaim>;
export type ConclusionClaim = z.infer<typeof conclusionClaim>;
export type Claim = NumberClaim | ConclusionClaim;
export type Quantity = z.infer<z.ZodObject<typeof quantity>>;

/** The schema as JSON Schema, for editors and other programs. */
export function claimsJsonSchema(): unknown {
  return z.toJSONSchema(claimsFile);
}
