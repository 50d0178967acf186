import { z } from 'zod';
import { builtIns } from '../datasets/built-in.ts';
import { missingChoices, taskChoices } from '../datasets/table-choices.ts';
import { printableText } from '../errors.ts';
import { metricColumnNames } from '../trial/metrics.ts';
import { splitNames } from './define.ts';
import { inGroups } from './option-groups.ts';
import { inFull, type OptionName, optionNames, options } from './options.ts';
import { mostTrials } from './search.ts';
import { searchMethodHelp, searchMethods } from './search-methods.ts';
import { variants } from './variants.ts';

// The form of an experiment file. `npm run schema` writes it to data/experiment.schema.json as JSON Schema, from which editors
// complete names and values. What it does not say, such as ranges, is checked as on the command line.

/** Text that terminals can show safely. Checked by a function: not all readers of the JSON Schema know Unicode's properties. */
const shownText = z
  .string()
  .min(1)
  .max(1000)
  .refine((text) => printableText.test(text), 'text on one line, without control characters');

const names = z.union([shownText, z.array(shownText)], { error: 'a name, or a list of names' });

/** The values of one setting, in any notation that the command line has for them. */
function values(name: OptionName) {
  const { choices } = options[name];
  const isNumber = options[name].type !== 'string';
  const one = z.union(
    [
      ...(choices === undefined ? [] : [z.enum(choices as [string, ...string[]])]),
      ...(choices?.join() === 'no,yes' ? [z.boolean()] : []),
      ...(choices === undefined ? [z.number()] : []),
      z.string().max(100_000),
    ] as [z.ZodString],
    { error: valueText(isNumber) },
  );
  return z
    .union([one, z.array(one).min(1)], { error: `${valueText(isNumber)}, or a list of them` })
    .describe(inFull(name));
}

const valueText = (isNumber: boolean) =>
  isNumber ? 'a number, or text such as 1..5, geomspace(1e-3,1,7) or loguniform(1e-4,1)' : 'text or a number';

const lists = z.strictObject(
  Object.fromEntries(inGroups(optionNames).map((name) => [name, values(name).optional()])),
);

const option = z.enum(optionNames as [OptionName, ...OptionName[]]).nullable();

const layout = z.strictObject({
  rows: option.optional().describe('the setting down the table; null: none'),
  columns: option.optional().describe('the setting across the table; null: none'),
  chosen: option
    .optional()
    .describe('the setting whose best value is chosen for each combination of the others'),
  metrics: z
    .array(z.enum(metricColumnNames as [string, ...string[]]))
    .min(1)
    .optional()
    .describe('columns of trials.csv that are shown; the last one decides which cell is the best'),
  curves: z
    .array(z.enum(splitNames))
    .nullable()
    .optional()
    .describe('the rows whose curves per epoch are drawn; null: no curves'),
});

export const experimentFile = z.strictObject({
  $schema: z.string().optional(),
  name: shownText.max(80).optional().describe("names the folder of the results (default: the file's name)"),
  title: shownText.optional().describe('what is studied, in a few words'),
  extends: shownText
    .optional()
    .describe(
      'what this experiment changes: an experiment of fys-nn, such as mnist or grid-search ols, or the path of another file',
    ),
  data: shownText
    .optional()
    .describe(
      'built-in data by name, or the path of a table, a terrain or a folder with images, from this file',
    ),
  dataName: shownText.optional().describe('what titles call the data'),
  labelNames: names
    .optional()
    .describe(
      'names of the classes, in the order of their labels, or the path of a text file with one name a line',
    ),
  target: shownText.optional().describe('the column of a table to predict'),
  features: names.optional().describe('the columns that it is predicted from (default: all others)'),
  drop: names.optional().describe('columns that are left out'),
  categorical: names.optional().describe('columns of numbers that name categories'),
  missing: z.enum(missingChoices).optional().describe('what is done about missing values'),
  id: shownText.optional().describe('the column that identifies a row'),
  decimalComma: z.boolean().optional().describe('whether 3,14 is a number'),
  task: z.enum(taskChoices).optional().describe('auto: inferred from the target'),
  settings: lists.optional().describe('options as of the command line, a value or a list of values each'),
  quick: lists.optional().describe('the settings of a quick look'),
  search: z.enum(searchMethods).optional().describe(searchMethodHelp('settings')),
  trials: z.number().int().min(1).max(mostTrials).optional().describe('how many settings a search draws'),
  variant: z
    .enum(variants)
    .optional()
    .describe("of an experiment of the report that is extended: its program's settings, or its text's"),
  note: shownText.max(500).optional().describe('a line about the run, for its manifest and its page'),
  tags: names.optional().describe('names by which runs are found again'),
  layout: layout.optional().describe('how tables and figures show the results'),
  claims: shownText
    .optional()
    .describe('the path of a file of claims about these results, from this file, for fys-nn verify'),
});

/** An experiment file as it is written. */
export type WrittenExperiment = z.infer<typeof experimentFile>;

/** The schema as JSON Schema, for editors; `extendable` are the experiments that a file can extend. */
export function experimentJsonSchema(extendable: readonly string[]): Record<string, unknown> {
  const { $schema, properties, ...schema } = z.toJSONSchema(experimentFile, { io: 'input', reused: 'ref' });
  const offered = { extends: extendable, data: Object.keys(builtIns) };
  // Other text is allowed too: the names are only what editors offer.
  const offering = Object.entries(offered).map(([field, names]) => {
    const { description, ...rest } = properties![field] as { description?: string };
    return [field, { description, anyOf: [{ enum: names }, rest] }];
  });
  return {
    ...{ $schema, $id: schemaId, title: 'An experiment of fys-nn' },
    ...schema,
    properties: { ...properties, ...Object.fromEntries(offering) },
  };
}

/** By which a copy of the schema is recognised. */
export const schemaId = 'urn:fys-nn:experiment';
