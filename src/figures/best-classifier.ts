import { settingWords } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import { className, sharedClassNames } from '../output/class-names.ts';
import { averageName } from '../output/classifier-tables.ts';
import type { Classifiers } from '../output/classifiers.ts';
import { variedOptions } from '../output/settings.ts';
import type { ClassifierSummary, ClassNumbers } from '../stats/classifier-summary.ts';
import { type Average, averageNames } from '../stats/confusion.ts';
import { mean, standardDeviation } from '../stats/describe.ts';
import type { Records } from '../store/store.ts';
import { classifierCells } from './classifier-cells.ts';
import { resultsOf } from './results.ts';

/** A number of a class over the seeds that have it: its mean and its standard deviation, null for a single one. */
export interface OverSeeds {
  readonly mean: number;
  readonly standardDeviation: number | null;
}

type NumberName = { [Name in keyof ClassNumbers]: Name }[keyof ClassNumbers];

/** The classifiers of the best cell of a plan, one for each seed. */
export interface BestClassifier {
  /** "lambda 0.01"; empty if there is only one cell. */
  readonly cell: string;
  /** The classes, then the averages over them. */
  readonly lines: readonly {
    readonly name: string;
    readonly average: Average | null;
    /** null where no seed has the number. */
    number(name: NumberName): OverSeeds | null;
  }[];
}

/** Finds it; null if no trial of ours finished. */
export function bestClassifier(
  plan: Plan,
  records: Records,
  classifiers: Classifiers,
): BestClassifier | null {
  const results = resultsOf(plan, records);
  const { trials } = results;
  const cells = classifierCells(results);
  if (cells === null) return null;
  const own = new Set(cells.best.trials);
  const summaries = trials.flatMap((trial, index) =>
    own.has(trial) ? (classifiers.get(plan.cells[index].trial.id) ?? []) : [],
  );
  const cell = variedOptions(plan)
    .filter((name) => name !== 'reference' && (cells.best.settings[name] ?? null) !== null)
    .map((name) => settingWords(name, cells.best.settings[name]))
    .join(', ');
  const line = (name: string, average: Average | null, of: (summary: ClassifierSummary) => ClassNumbers) => ({
    name,
    average,
    number: (number: NumberName) => overSeeds(summaries.flatMap((summary) => of(summary)[number] ?? [])),
  });
  const names = sharedClassNames(plan.data);
  const classes = summaries[0].byClass.map((_, c) =>
    line(className(c, names), null, ({ byClass }) => byClass[c]),
  );
  const means = averageNames.map((name) => line(averageName(name), name, ({ averages }) => averages[name]));
  return { cell, lines: [...classes, ...means] };
}

function overSeeds(values: readonly number[]): OverSeeds | null {
  if (values.length === 0) return null;
  const spread = standardDeviation(values);
  return { mean: mean(values), standardDeviation: Number.isNaN(spread) ? null : spread };
}
