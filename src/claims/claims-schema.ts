import { z } from 'zod';
import { printableText } from '../errors.ts';
import { scales } from '../stats/scales.ts';

// The schema of claims files, such as data/claims.json. `npm run schema` writes it to data/claims.schema.json as JSON Schema.
//
// Two kinds of runs can be judged by. This program's: a claim names its `experiment`, settings are options, statistics are
// metrics; `readClaims(path)` checks these names. Or runs that any program made (`readClaims(path, 'given')`): settings and
// statistics are names of columns and are not checked here, `with` and `curve` are refused, and `experiment` may be absent;
// it is then '' in what is returned. `metrics` says of columns that this program does not know what better means, on which
// scale their runs are compared, and which values they can have.

const setting = z.union([z.string(), z.number()]);
const name = z.string().min(1).max(100);
const oneOrMore = z.union([setting, z.array(setting).min(1)]);

/** Selects one number from a run of an experiment: which cells, and which statistic of them. */
const quantity = {
  experiment: z
    .string()
    .default('')
    .describe('a subcommand, such as "grid-search ols"; not needed for runs that another program made'),
  with: z
    .record(name, z.array(setting).min(1))
    .optional()
    .describe("option values for the run of this claim; they replace the experiment's own"),
  select: z
    .record(name, oneOrMore)
    .optional()
    .describe('selects the cells whose settings have one of these values'),
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
  statistic: z
    .string()
    .describe('a metric column of trials.csv, or a count of layers: hidden_layers or sigmoid_layers'),
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

const id = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,99}$/)
  .describe('unique; lower-case letters, digits, - . _');
/** Text that terminals can show safely. */
// Checked here, not by a pattern: other readers of the JSON Schema may not support Unicode properties.
const shownText = z
  .string()
  .min(1)
  .max(1000)
  .refine((text) => printableText.test(text), 'text without control characters');
const where = shownText.describe('where the report states it');
const says = shownText.describe('the claim in a few words');

/** Why a claim does not hold, as far as it has been found out. */
const cause = z.strictObject({
  text: shownText.describe('why the claim does not hold, in one or two sentences'),
  command: shownText.optional().describe('the command whose output shows it'),
});
const ownCause = cause.optional().describe('shown with the verdict if the claim does not hold');

const numberClaim = z.strictObject({
  id,
  kind: z.literal('number'),
  where,
  figure: shownText
    .optional()
    .describe('numbers with the same figure come from one run and are also judged together'),
  says,
  ...quantity,
  value: z.number().describe('the number as printed'),
  significantDigits: z
    .int()
    .min(1)
    .max(15)
    .optional()
    .describe('number of printed digits, including trailing zeros'),
  readingError: z
    .number()
    .positive()
    .optional()
    .describe('how far off the value may be, if it was read off a curve or is only given as "around"'),
  variant: z
    .enum(['code', 'text'])
    .optional()
    .describe('judge the claim only under this reading of the report'),
  cause: ownCause,
});

const conclusionClaim = z.strictObject({
  id,
  kind: z.literal('conclusion'),
  where,
  says,
  for: z
    .record(name, z.array(setting).min(1))
    .optional()
    .describe(
      'the conclusion must hold for every combination of these values, which are added to each `select`',
    ),
  quantities: z.record(z.string().regex(/^[a-zA-Z]\w{0,30}$/), z.strictObject(quantity)),
  holds: z
    .string()
    .min(1)
    .describe('a condition on the quantities within one seed, such as "decay > constant"'),
  variant: z
    .enum(['code', 'text'])
    .optional()
    .describe('judge the claim only under this reading of the report'),
  cause: ownCause,
});

export const claimsFile = z.strictObject({
  $schema: z.string().optional(),
  report: z.strictObject({
    title: z.string(),
    author: z.string().optional(),
    date: z.string().optional(),
    note: z.string().optional(),
  }),
  metrics: z
    .record(
      name,
      z.strictObject({
        better: z.enum(['lower', 'higher']).optional().describe('which values are better'),
        scale: z
          .enum(Object.keys(scales) as [keyof typeof scales, ...(keyof typeof scales)[]])
          .optional()
          .describe(
            'what runs are compared on: log for errors and losses, logit for shares, log_distance for what is at most 1, such as R2; plain for the values themselves; default: as the metric of its name is, else log if all values are positive',
          ),
        low: z.number().optional().describe('the lowest possible value'),
        high: z.number().optional().describe('the highest possible value'),
      }),
    )
    .optional()
    .describe('columns of runs of another program, where their names are not those of metrics of trials.csv'),
  claims: z.array(z.discriminatedUnion('kind', [numberClaim, conclusionClaim])).min(1),
});

/** data/causes.json: the causes of the report's own claims, each with all claims that it explains. */
export const causesFile = z.strictObject({
  $schema: z.string().optional(),
  causes: z.array(
    z.strictObject({
      claims: z
        .array(z.string())
        .min(1)
        .describe('ids in claims.json, or names of figures for all of their numbers'),
      ...cause.shape,
    }),
  ),
});

export type Cause = z.infer<typeof cause>;
export type ClaimsFile = z.infer<typeof claimsFile>;
export type NumberClaim = z.infer<typeof numberClaim>;
export type ConclusionClaim = z.infer<typeof conclusionClaim>;
export type Claim = NumberClaim | ConclusionClaim;
export type Quantity = z.infer<z.ZodObject<typeof quantity>>;
export type Metrics = NonNullable<ClaimsFile['metrics']>;

/** Returns the schema as JSON Schema, for editors and other programs. */
export function claimsJsonSchema(): unknown {
  return z.toJSONSchema(claimsFile, { io: 'input' });
}

/** The same for the file of causes. */
export function causesJsonSchema(): unknown {
  return z.toJSONSchema(causesFile);
}
