import { describePlan } from '../experiment/describe.ts';
import type { Plan } from '../experiment/plan.ts';
import { predictedClass } from '../stats/classified.ts';
import { shortId } from '../trial/id.ts';
import { type Predicted, type Predictions, partNames } from './predicted.ts';
import {
  dataCell,
  dataColumn,
  runCells,
  runColumns,
  settingCells,
  settingColumns,
  variedOptions,
} from './settings.ts';
import type { Column, Table, Value } from './table.ts';
import { trialColumn } from './trials-table.ts';

/** The names of the tables of predictions that a plan may have. */
export const predictionTableNames = ['predictions', 'fitted'] as const;

/** predictions.csv, and for regressions of one or two inputs fitted.csv. */
export function predictionTables(plan: Plan, predictions: Predictions): Table[] {
  if (predictions.length === 0) return [];
  const classNames = predictions[0].classNames;
  const withFitted = predictions.filter(({ fitted }) => fitted !== null);
  const rows =
    classNames === null ? numbersTable(plan, predictions) : classesTable(plan, predictions, classNames);
  return [rows, ...(withFitted.length === 0 ? [] : [fittedTable(plan, withFitted)])];
}

const number = (name: string, description: string): Column => ({ name, type: 'number', description });
const text = (name: string, description: string): Column => ({ name, type: 'string', description });

const rowColumns: Column[] = [
  { name: 'row', type: 'integer', description: 'row of the data, from 1' },
  text('part', `${partNames.join(', ')}: what the row was for`),
];

const pointColumns = [
  number('x', 'input of data with one or two; empty with more, and where it is missing'),
  number('y', 'second input of data with two; empty otherwise'),
];

/** The columns and cells of the trial that is before those of a row. */
function trialPart(plan: Plan) {
  const names = variedOptions(plan, { seed: true });
  return {
    columns: [trialColumn, ...runColumns, dataColumn, ...settingColumns(names)],
    cells: ({ cell: { trial, settings } }: Predicted): Value[] => [
      shortId(trial.id),
      ...runCells(plan),
      dataCell(trial.config),
      ...settingCells(names, settings),
    ],
  };
}

function tableOf(
  plan: Plan,
  name: (typeof predictionTableNames)[number],
  description: string,
  columns: readonly Column[],
  key: readonly string[],
  predictions: Predictions,
  rows: (predicted: Predicted) => Iterable<Value[]>,
): Table {
  const trial = trialPart(plan);
  return {
    name,
    description: `${describePlan(plan).title}: ${description}`,
    columns: [...trial.columns, ...columns],
    primaryKey: ['trial', ...key],
    rows: {
      *[Symbol.iterator]() {
        for (const predicted of predictions) {
          const before = trial.cells(predicted);
          for (const row of rows(predicted)) yield [...before, ...row];
        }
      },
    },
  };
}

function numbersTable(plan: Plan, predictions: Predictions): Table {
  const columns = [
    ...rowColumns,
    ...pointColumns,
    number('target', 'in its own unit, as in the data'),
    number('prediction', 'in the unit of the target'),
    number('residual', 'target - prediction'),
  ];
  const description = 'one row per trial and row of the data that it used';
  return tableOf(plan, 'predictions', description, columns, ['row'], predictions, function* (predicted) {
    const { rows, parts, targets, outputs, inputs, columns: D } = predicted;
    for (const [n, row] of rows.entries()) {
      yield [
        row + 1,
        partNames[parts[n]],
        ...pointAt(inputs, D, n),
        targets[n],
        outputs[n],
        targets[n] - outputs[n],
      ];
    }
  });
}

function classesTable(plan: Plan, predictions: Predictions, classNames: readonly string[]): Table {
  const columns = [
    ...rowColumns,
    text('target', 'class of the row'),
    text('prediction', 'most probable class'),
    ...classNames.map((name) => number(`probability ${name}`, `probability of the class ${name}`)),
  ];
  const description = 'one row per trial and row of the data that it used';
  return tableOf(plan, 'predictions', description, columns, ['row'], predictions, function* (predicted) {
    const { rows, parts, targets, outputs } = predicted;
    const width = outputs.length / rows.length;
    for (const [n, row] of rows.entries()) {
      const own = outputs.subarray(n * width, (n + 1) * width);
      const probabilities = width === 1 ? [1 - own[0], own[0]] : own;
      yield [
        row + 1,
        partNames[parts[n]],
        classNames[targets[n]],
        classNames[predictedClass(own)],
        ...probabilities,
      ];
    }
  });
}

function fittedTable(plan: Plan, predictions: Predictions): Table {
  const columns = [
    ...pointColumns,
    number('prediction', 'in the unit of the target'),
    number('target', 'without noise; empty if it is not known'),
  ];
  const key = predictions[0].columns === 1 ? ['x'] : ['x', 'y'];
  const description = 'the fitted curve or surface at regular points over the range of the inputs';
  return tableOf(plan, 'fitted', description, columns, key, predictions, function* ({ fitted, columns: D }) {
    const { points, predictions: values, truth } = fitted!;
    for (const [n, value] of values.entries()) yield [...pointAt(points, D, n), value, truth?.[n] ?? null];
  });
}

function pointAt(points: Float64Array | null, columns: number, n: number): [Value, Value] {
  if (points === null) return [null, null];
  const valueAt = (d: number) => {
    const value = points[n * columns + d];
    return Number.isNaN(value) ? null : value; // missing in the data
  };
  return [valueAt(0), columns === 2 ? valueAt(1) : null];
}
