import { setImmediate } from 'node:timers/promises';
import { choosingMetric, decidingWords } from '../experiment/deciding.ts';
import type { ShownMetric } from '../experiment/define.ts';
import { describePlan } from '../experiment/describe.ts';
import { type OptionName, optionTitle, type Settings } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import { seedOptions } from '../experiment/seeds.ts';
import { outcomeOf } from '../experiment/stopping.ts';
import { describeHiddenLayers, shortHiddenLayers } from '../trial/architecture.ts';
import { folderName } from './folder-name.ts';
import { gridLayout } from './grid-layout.ts';
import { numberText, type ReaderColumn, type ReaderNumber, type ReaderTable } from './reader-table.ts';
import { competes, isInGrid, optionsRead, settingCells, settingColumns, variedOptions } from './settings.ts';
import { type SummaryCell, statusOf, summaryCells, withStopped } from './summary.ts';
import type { Column, Table, Value } from './table.ts';
import type { Records } from './trials-table.ts';

/**
 * The table of an experiment. Programs get one row per cell, with means over the seeds in full and a status. People get the
 * report's layout: a grid with a block per metric, and a column each for the closed form and for other libraries, or a row per
 * cell; with three digits, the best of each metric marked.
 */
export async function reportTable(plan: Plan, records: Records): Promise<Table> {
  const cells = withStopped(await allOf(summaryCells(plan, records)), plan);
  const varied = variedOptions(plan);
  const { metrics } = plan.experiment.layout;
  const random = plan.experiment.architecture === 'random';
  const stops = plan.stopping !== undefined;
  const keys = settingColumns(varied);
  return {
    name: 'table',
    description: describePlan(plan).heading,
    columns: [
      ...keys,
      ...metrics.flatMap(({ name, title }): Column[] => [
        { name, type: 'number', description: `${title}, mean over the seeds` },
        { name: `${name}_std`, type: 'number', description: `${title}, standard deviation over the seeds` },
      ]),
      {
        name: 'seeds',
        type: 'integer',
        description: `trials that finished, over which the means are taken${stops ? '; of a setting that was stopped, in its last round' : ''}`,
      },
      {
        name: 'status',
        type: 'string',
        description: 'done: at least one seed finished; diverged; stopped: early; not run',
      },
      ...(stops ? [reasonColumn] : []),
      ...(random ? [architectureColumn] : []),
    ],
    primaryKey: keys.map(({ name }) => name),
    rows: cells.map((cell): Value[] => [
      ...settingCells(varied, cell.settings),
      ...metrics.flatMap(({ name }) => {
        const { mean = null, standardDeviation = null } = cell.statistics.get(name) ?? {};
        return [mean, standardDeviation];
      }),
      cell.done,
      cell.stopped !== undefined ? 'stopped' : statusOf(cell),
      ...(stops ? [cell.stopped?.reason ?? null] : []),
      ...(random ? [architectureOf(cell, describeHiddenLayers)] : []),
    ]),
    readers: readersOf(plan, cells, varied),
  };
}

const reasonColumn: Column = {
  name: 'reason',
  type: 'string',
  description: 'why it was stopped, as in rounds.csv; empty if it was not',
};

const architectureColumn: Column = {
  name: 'hidden_layers',
  type: 'string',
  description: 'units, activation and initialisers of each hidden layer; empty if each seed has its own',
};

/** Collects the items. A large grid takes a while, so Ctrl-C is let through in between. */
async function allOf<T>(items: Iterable<T>): Promise<T[]> {
  const all: T[] = [];
  for (const item of items) {
    if (all.push(item) % 1000 === 0) await setImmediate();
  }
  return all;
}

function readersOf(plan: Plan, cells: readonly SummaryCell[], varied: readonly OptionName[]): ReaderTable {
  const { rows, columns, metrics } = plan.experiment.layout;
  const several = seedOptions.some((name) => (plan.lists[name]?.length ?? 0) > 1);
  const inside = (settings: Settings) =>
    rows !== null && columns !== null && isInGrid(settings, rows, columns);
  const isGrid = cells.filter(({ settings }) => inside(settings)).length > 1;
  const choosing = new Map(
    metrics.map((metric) => [metric.name, choosingMetric(plan.experiment.layout, metric)]),
  );
  const best = bestOf(
    isGrid
      ? cells.filter(({ settings }) => inside(settings))
      : cells.filter((cell) => competes(cell, plan.search)),
    [...choosing.values()],
    several,
  );
  const shown = (cell: SummaryCell | undefined, metric: string) =>
    numberOf(
      cell,
      metric,
      several,
      choosing.get(metric)!.name,
      cell !== undefined && competes(cell, plan.search) ? best : new Map(),
    );
  const { validation } = plan.experiment.layout;
  const ofWhat = validation?.decides
    ? `by ${decidingWords(plan.experiment.layout, validation.deciding)}`
    : 'of each metric';
  const notes = [
    ...(several ? ['± is the standard deviation.'] : []),
    ...(best.size > 0 ? [`Bold: the best ${ofWhat}${isGrid ? ' in the grid' : ''}.`] : []),
  ];
  const read = optionsRead(varied, cells);
  const layout = isGrid
    ? gridLayout({ cells, inside, rows: rows!, columns: columns!, varied: read, metrics, shown })
    : cellLayout(plan, cells, read, shown);
  const { heading, title, model } = describePlan(plan);
  // The title of experiments with curves is that of the curves.
  const caption =
    isGrid && plan.experiment.layout.curves === null ? heading : `${model}${heading.slice(title.length)}`;
  return {
    caption: [`${caption}.`, ...notes].join(' '),
    label: `tab:${folderName(plan.experiment.name)}`,
    ...layout,
  };
}

/** What a cell shows of a metric. */
export type ShownCell = (cell: SummaryCell | undefined, metric: string) => string | ReaderNumber;

/** One row per cell, the architecture of random networks included. */
function cellLayout(
  { experiment, stopping }: Plan,
  cells: readonly SummaryCell[],
  varied: readonly OptionName[],
  shown: ShownCell,
): Pick<ReaderTable, 'columns' | 'rows'> {
  const { metrics } = experiment.layout;
  const random = experiment.architecture === 'random';
  const names = varied.map((name): ReaderColumn => ({ ...word(optionTitle(name)), names: true }));
  const layers: ReaderColumn[] = random ? [{ ...word('hidden layers'), kind: 'text' }] : [];
  const outcome: ReaderColumn[] = stopping === undefined ? [] : [{ ...word('outcome'), kind: 'text' }];
  return {
    columns: [...names, ...layers, ...metricColumns(metrics), ...outcome],
    rows: cells.map((cell) => ({
      block: null,
      cells: [
        ...varied.map((name) => String(cell.settings[name] ?? '')),
        ...(random ? [architectureOf(cell, shortHiddenLayers) ?? 'one network per seed'] : []),
        ...metrics.map(({ name }) => shown(cell, name)),
        ...outcome.map(() => (cell.stopped === undefined ? '' : outcomeOf(cell.stopped))),
      ],
    })),
  };
}

function word(heading: string): ReaderColumn {
  return { heading, group: null, kind: 'word', names: false };
}

/** A metric of the training and of the test rows shares a heading: train and test below MSE. */
function metricColumns(metrics: readonly ShownMetric[]): ReaderColumn[] {
  const parts = metrics.map(
    ({ title }) =>
      /^(train|test|best test|validation|best validation) (.*)$/.exec(title) ?? [title, title, ''],
  );
  return parts.map(([title, split, rest]): ReaderColumn => {
    const shared = rest !== '' && parts.filter(([, , other]) => other === rest).length > 1;
    return { heading: shared ? split : title, group: shared ? rest : null, kind: 'number', names: false };
  });
}

function architectureOf({ cells }: SummaryCell, describeLayers: typeof describeHiddenLayers): string | null {
  if (cells.length === 0) return null;
  const { model } = cells[0].trial.config;
  return cells.length === 1 && model.solver === 'sgd' ? describeLayers(model.layers) : null;
}

/** The best text of each metric over the cells of which all seeds finished; none for a single cell. */
function bestOf(
  cells: readonly SummaryCell[],
  metrics: readonly ShownMetric[],
  several: boolean,
): ReadonlyMap<string, { mean: number; text: string }> {
  const best = new Map<string, { mean: number; text: string }>();
  if (cells.length < 2) return best;
  for (const { name, best: better } of metrics) {
    for (const cell of cells) {
      const { mean = null } = cell.statistics.get(name) ?? {};
      if (mean === null || better === null || cell.diverged > 0) continue;
      const known = best.get(name)?.mean;
      if (known !== undefined && (better === 'min' ? mean >= known : mean <= known)) continue;
      best.set(name, { mean, text: meanText(cell, name, several) });
    }
  }
  return best;
}

function numberOf(
  cell: SummaryCell | undefined,
  metric: string,
  several: boolean,
  choosing: string,
  best: ReturnType<typeof bestOf>,
): string | ReaderNumber {
  if (cell === undefined) return '–';
  const { done, diverged, notRun } = cell;
  if (diverged > 0) {
    const all = done + diverged + notRun;
    return all === 1 ? 'diverged' : `${diverged}/${all} diverged`;
  }
  if (cell.stopped !== undefined) return 'stopped';
  const { mean = null, standardDeviation = null } = cell.statistics.get(metric) ?? {};
  if (mean === null) return done > 0 ? '' : 'not run';
  return {
    value: mean,
    spread: several ? standardDeviation : null,
    best: best.has(choosing) && best.get(choosing)!.text === meanText(cell, choosing, several),
  };
}

/** As printed: numbers that look the same are equally good. */
function meanText(cell: SummaryCell, metric: string, several: boolean): string {
  const { mean = null, standardDeviation = null } = cell.statistics.get(metric) ?? {};
  if (mean === null) return '';
  const { value, exponent } = numberText({ value: mean, spread: several ? standardDeviation : null });
  return `${value} ${exponent}`;
}
