import { z } from 'zod';
import { scales } from '../stats/scales.ts';
import { causeSchema, shownText } from './claim-parts.ts';
import { claimKinds } from './kinds/index.ts';

// The schema of claims files, such as data/claims.json. `npm run schema` writes it to data/claims.schema.json as JSON Schema.
//
// Two kinds of runs can be judged by. This program's: a claim names its `experiment`, settings are options, statistics are
// metrics; `readClaims(path)` checks these names. Or runs that any program made (`readClaims(path, 'given')`): settings and
// statistics are names of columns and are not checked here, `with` and `curve` are refused, and `experiment` may be absent;
// it is then '' in what is returned. `metrics` says of columns that this program does not know what better means, on which
// scale their runs are compared, and which values they can have.

const scaleNames = Object.keys(scales) as (keyof typeof scales)[];

/** What has to be known of a column of runs that another program made. */
const metric = z.strictObject({
  better: z.enum(['lower', 'higher']).optional().describe('which values are better'),
  scale: z
    .enum(scaleNames)
    .optional()
    .describe(
      'what runs are compared on: log for errors and losses, logit for shares, log_distance for what is at most 1, such as R2; plain for the values themselves; default: as the metric of its name is, else log if all values are positive',
    ),
  low: z.number().optional().describe('the lowest possible value'),
  high: z.number().optional().describe('the highest possible value'),
});

const schemas = Object.values(claimKinds).map(({ schema }) => schema);

export const claimsFile = z.strictObject({
  $schema: z.string().optional(),
  report: z.strictObject({
    title: shownText,
    author: shownText.optional(),
    date: shownText.optional(),
    note: shownText.optional(),
    reference: shownText.optional().describe('where the report is: a DOI or another URL'),
  }),
  variant: z
    .enum(['code', 'text'])
    .optional()
    .describe('the variant of all claims that name none; code for a report of your own'),
  metrics: z
    .record(z.string().min(1).max(100), metric)
    .optional()
    .describe('columns of runs of another program, where their names are not those of metrics of trials.csv'),
  claims: z.array(z.discriminatedUnion('kind', schemas as [(typeof schemas)[0], ...typeof schemas])).min(1),
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
      ...causeSchema.shape,
    }),
  ),
});

/** A claims file as it is written. */
export type WrittenClaims = z.infer<typeof claimsFile>;
export type Metrics = NonNullable<WrittenClaims['metrics']>;

/** Returns the schema as JSON Schema, for editors and other programs. */
export function claimsJsonSchema(): unknown {
  return z.toJSONSchema(claimsFile, { io: 'input', reused: 'ref' });
}

/** The same for the file of causes. */
export function causesJsonSchema(): unknown {
  return z.toJSONSchema(causesFile);
}
