import { z } from 'zod';
import { common, figure, type NumberClaim, precision, setting, shownText, source } from '../claim-parts.ts';
import { precisionOf } from '../precision.ts';
import { defineKind, Misfit } from './kind.ts';
import { placeholders, slug, words } from './naming.ts';

/** A key and its values, in the order in which the table has them. */
const axis = z
  .record(z.string().min(1).max(100), z.array(setting).min(1))
  .refine((axes) => Object.keys(axes).length === 1, 'one option with the list of its values')
  .describe('an option, with its values in the order of the table');

const schema = z.strictObject({
  ...common,
  id: z
    .string()
    .regex(
      /^[a-z0-9{][\w.{}-]{0,99}$/,
      'at most 100 lower-case letters, digits, - . _ and {option}, beginning with a letter or a digit',
    )
    .describe('begins the id of each number: -row-column follows, unless it has {option} for their values'),
  says: shownText.describe(
    'what the numbers are; the values of a cell follow, unless it has {option} for them',
  ),
  kind: z.literal('table'),
  figure: figure.describe('name of the table, whose numbers come from one run; default: where'),
  ...source,
  rows: axis,
  columns: axis.optional(),
  values: z
    .array(z.array(z.number().nullable()).min(1))
    .min(1)
    .describe('one list for each row, with one number for each column; null: not printed'),
  ...precision,
});

/** A table or heat map of numbers. */
export const table = defineKind({
  schema,
  expand: ({
    rows,
    columns = { '': [''] },
    values,
    decimals,
    significantDigits,
    readingError,
    ...common
  }) => {
    const [rowOption, rowValues] = Object.entries(rows)[0];
    const [columnOption, columnValues] = Object.entries(columns)[0];
    if (rowOption === columnOption)
      throw new Misfit(['columns'], `another option than that of the rows`, rowOption);
    checkShape(values, rowValues.length, columnValues.length);
    return rowValues.flatMap((row, i) =>
      columnValues.flatMap((column, j): NumberClaim[] => {
        const value = values[i][j];
        if (value === null) return [];
        const cell = { [rowOption]: row, ...(columnOption === '' ? {} : { [columnOption]: column }) };
        const number = {
          ...common,
          id: placeholders(common.id, cell, slug, (one) => `-${slug(one)}`),
          says: placeholders(common.says, cell, String, (one, option) => `, ${words(option)} ${one}`),
          kind: 'number' as const,
          figure: common.figure ?? common.where,
          select: { ...common.select, ...cell },
          value,
        };
        return [
          {
            ...number,
            ...precisionOf(value, { decimals, significantDigits, readingError }, ['values', i, j]),
          },
        ];
      }),
    );
  },
  example: `\
  # table: all numbers of a table or heat map, which one run made; they are judged together. Each becomes a claim of its
  # own, such as sgd-mse-10-0.01.
  - id: sgd-mse
    kind: table
    where: Table 2
    says: test MSE of least squares by SGD
    experiment: grid-search ols
    with: &sgd
      epochs: [20]
      samples: [400]
      degree: [5]
      solver: [sgd]
      schedule: [constant]
      batchSize: [10, 50]
      learningRate: [0.001, 0.01, 0.1]
    statistic: test_mse
    rows: { batchSize: [10, 50] }
    columns: { learningRate: [0.001, 0.01, 0.1] }
    values:
      - [0.10, 0.080, 0.071]
      - [0.20, 0.098, null] # null: not printed
    significantDigits: 2
`,
});

function checkShape(values: readonly unknown[][], rows: number, columns: number): void {
  if (values.length !== rows) {
    throw new Misfit(['values'], `${rows} lists, one for each value of rows`, `${values.length} lists`);
  }
  for (const [i, row] of values.entries()) {
    if (row.length === columns) continue;
    throw new Misfit(
      ['values', i],
      `${columns} numbers, one for each value of columns`,
      `${row.length} numbers`,
    );
  }
}
