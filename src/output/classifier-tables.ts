import type { Cell } from '../experiment/cells.ts';
import { optionsOf } from '../experiment/define.ts';
import { describePlan } from '../experiment/describe.ts';
import type { Plan } from '../experiment/plan.ts';
import {
  type ClassifierSummary,
  type ClassNumbers,
  mostPoints,
  shownClasses,
} from '../stats/classifier-summary.ts';
import { type Average, averageNames } from '../stats/confusion.ts';
import { shortId } from '../trial/id.ts';
import { classNamesByConfig } from './class-names.ts';
import type { Classifiers } from './classifiers.ts';
import { dataCell, dataColumn, runCells, runColumns, settingCells, settingColumns } from './settings.ts';
import type { Column, Table, Value } from './table.ts';
import { trialColumn } from './trials-table.ts';

/** What an average over the classes is called in their column. */
export const averageName = (average: Average): string => `${average} average`;
/** The probability that the classifier gives to the class that it predicts. */
export const predictedClass = 'predicted';

interface ClassifierTable {
  readonly description: string;
  /** Whether rows have the settings of their trial, as those of trials.csv. */
  readonly settings?: boolean;
  readonly columns: readonly Column[];
  /** Those of its columns that identify a row of a trial. */
  readonly key: readonly string[];
  /** A class is its number and its name, which is null if it has none. */
  readonly rows: (summary: ClassifierSummary, nameOf: (c: number) => string | null) => Iterable<Value[]>;
}

const classColumn: Column = { name: 'class', type: 'string', description: 'label, from 0' };
const nameColumn: Column = {
  name: 'name',
  type: 'string',
  description: 'of the class; empty if it has none',
};
const numberColumn = (name: string, description: string): Column => ({ name, type: 'number', description });
const pointColumn: Column = { name: 'point', type: 'integer', description: 'of the curve, from 1' };

/** The tables of a classifier's test rows, by name. One entry is one file. */
const classifierTables = {
  classes: {
    description: 'one row per trial and class, and per average over the classes, on the test rows',
    settings: true,
    columns: [
      { ...classColumn, description: `label, from 0, or ${averageNames.map(averageName).join(', ')}` },
      nameColumn,
      { name: 'rows', type: 'integer', description: 'test rows of the class' },
      { name: 'predicted', type: 'integer', description: 'test rows that were given the class' },
      numberColumn('precision', 'share of the rows that were given the class and are of it; empty for 0 / 0'),
      numberColumn('recall', 'share of its rows that were given the class; empty for 0 / 0'),
      numberColumn(
        'f1',
        'harmonic mean of precision and recall; in averages, as in scikit-learn, 0 / 0 is 0',
      ),
      numberColumn('auc', 'area under the ROC curve of the class against all others, from all test rows'),
      numberColumn(
        'gains_ratio',
        'area between cumulative gains and their diagonal, of that of a perfect order',
      ),
      numberColumn(
        'calibration_error',
        'expected calibration error in 10 bins; in the micro average, of the predicted class',
      ),
      numberColumn(
        'brier',
        'mean square error of the probability; in the micro average, of two classes that of the second, of more their sum',
      ),
    ],
    key: ['class'],
    *rows({ byClass, averages }, nameOf) {
      const row = (c: string, name: string | null, own: ClassNumbers) => [
        ...[c, name, own.rows, own.predicted, own.precision, own.recall, own.f1],
        ...[own.auc, own.gainsRatio, own.calibrationError, own.brier],
      ];
      for (const [c, own] of byClass.entries()) yield row(String(c), nameOf(c), own);
      for (const name of averageNames) yield row(averageName(name), null, averages[name]);
    },
  },
  confusion: {
    description: 'confusion matrices: one row per trial, true class and predicted class',
    columns: [
      { name: 'true_class', type: 'string', description: 'label, from 0' },
      { name: 'predicted_class', type: 'string', description: 'most probable class' },
      { ...nameColumn, name: 'true_name' },
      { ...nameColumn, name: 'predicted_name' },
      { name: 'count', type: 'integer', description: 'test rows' },
      numberColumn('share', 'of the rows of the true class; empty if it has none'),
    ],
    key: ['true_class', 'predicted_class'],
    *rows({ confusion }, nameOf) {
      for (const [c, row] of confusion.entries()) {
        const total = row.reduce((sum, count) => sum + count, 0);
        for (const [given, count] of row.entries())
          yield [
            ...[String(c), String(given), nameOf(c), nameOf(given)],
            ...[count, total === 0 ? null : count / total],
          ];
      }
    },
  },
  roc: {
    description:
      `ROC curves of each class against all others, of two classes of the second: at most ${mostPoints} points, ` +
      'those that are farthest from the lines between the others',
    columns: [
      classColumn,
      nameColumn,
      pointColumn,
      numberColumn(
        'false_positive_rate',
        'share of the rows of other classes with at least some probability',
      ),
      numberColumn('true_positive_rate', 'share of the rows of the class with at least this probability'),
    ],
    key: ['class', 'point'],
    *rows({ rankings }, nameOf) {
      for (const [c, { roc }] of rankings)
        for (const [index, { x, y }] of roc.entries()) yield [String(c), nameOf(c), index + 1, x, y];
    },
  },
  gains: {
    description: `cumulative gains, of the classes of roc.csv and with as many points`,
    columns: [
      classColumn,
      nameColumn,
      pointColumn,
      numberColumn('share_of_rows', 'share of the test rows, from the most probable ones on'),
      numberColumn('share_of_class', 'share of the rows of the class among them'),
    ],
    key: ['class', 'point'],
    *rows({ rankings }, nameOf) {
      for (const [c, { gains }] of rankings)
        for (const [index, { x, y }] of gains.entries()) yield [String(c), nameOf(c), index + 1, x, y];
    },
  },
  calibration: {
    description: 'calibration curves in 10 bins of equal width: one row per trial, class and bin',
    columns: [
      {
        ...classColumn,
        description: `label, from 0, or ${predictedClass}: the most probable class of each row`,
      },
      nameColumn,
      numberColumn('from', 'probability above which a row is in the bin; the first bin includes 0'),
      numberColumn('to', 'probability up to which a row is in the bin'),
      { name: 'rows', type: 'integer', description: 'test rows in the bin' },
      numberColumn('probability', 'their mean probability; empty without rows'),
      numberColumn('share', 'share of them that are of the class; empty without rows'),
    ],
    key: ['class', 'from'],
    *rows({ calibration, ofPredicted, confusion }, nameOf) {
      const named = shownClasses(confusion.length).map(
        (c) => [String(c), nameOf(c), calibration.get(c)!] as const,
      );
      for (const [c, name, bins] of [...named, [predictedClass, null, ofPredicted] as const])
        for (const { from, to, rows, probability, share } of bins)
          yield [c, name, from, to, rows, probability, share];
    },
  },
} satisfies Record<string, ClassifierTable>;

export type ClassifierTableName = keyof typeof classifierTables;
export const classifierTableNames = Object.keys(classifierTables) as ClassifierTableName[];

/** The tables of a plan's classifiers. Trials that did not finish have no rows. */
export function tablesOfClassifiers(plan: Plan, classifiers: Classifiers): Table[] {
  return classifierTableNames.map((name) => tableOf(name, plan, classifiers));
}

function tableOf(name: ClassifierTableName, plan: Plan, classifiers: Classifiers): Table {
  const { description, settings = false, columns, key, rows }: ClassifierTable = classifierTables[name];
  const options = settings ? optionsOf(plan.experiment) : [];
  const namesOf = classNamesByConfig(plan.data);
  const before = ({ trial, settings: own }: Cell): Value[] => [
    shortId(trial.id),
    ...runCells(plan),
    dataCell(trial.config),
    ...settingCells(options, own),
  ];
  return {
    name,
    description: `${describePlan(plan).title}: ${description}`,
    columns: [trialColumn, ...runColumns, dataColumn, ...settingColumns(options), ...columns],
    primaryKey: ['trial', ...key],
    rows: {
      *[Symbol.iterator]() {
        for (const cell of plan.cells) {
          const summary = classifiers.get(cell.trial.id);
          if (summary === null) continue;
          const first = before(cell);
          const names = namesOf(cell.trial.config);
          for (const row of rows(summary, (c) => names?.[c] ?? null)) yield [...first, ...row];
        }
      },
    },
  };
}
