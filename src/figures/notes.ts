import { counted } from '../errors.ts';
import type { ShownMetric } from '../experiment/define.ts';
import { type OptionName, type Settings, settingWords } from '../experiment/options.ts';
import { drawsText, variedSeeds } from '../experiment/seeds.ts';
import { type OptimizerName, optimizers } from '../nn/optimizers.ts';
import { kindOf, referenceOf } from '../output/settings.ts';
import { greatest, least } from '../stats/describe.ts';
import { significantText } from '../stats/significant.ts';
import { type SolverName, solverEntry } from '../trial/solvers/index.ts';
import {
  countStatus,
  differentSettings,
  differingOptions,
  type Group,
  groupSeeds,
  meanOf,
  type Results,
  valuesOf,
} from './results.ts';

/** Warnings that are printed in the figure itself. */
export function warningsOf({ quick, variant, thinned }: Results): string[] {
  return [
    ...(thinned === undefined ? [] : [thinned]),
    ...(quick ? ['QUICK RUN: do not compare with the report.'] : []),
    ...(variant === 'text' ? ["The report's wording (--variant text)."] : []),
  ];
}

/** How many trials diverged or did not run. */
export function missingOf({ trials }: Results): string[] {
  const diverged = countStatus(trials, 'diverged');
  const notRun = countStatus(trials, 'not run');
  const of = (count: number) => `${count} of ${counted(trials.length, 'trial')}`;
  return [
    ...(diverged > 0 ? [`${of(diverged)} diverged.`] : []),
    ...(notRun > 0 ? [`${of(notRun)} not run.`] : []),
  ];
}

/** At most this many of the cells that diverged are named in a figure; the caption has the count of all. */
const mostDiverged = 3;

/** "Diverged: learning rate 10 at epoch 3; learning rate 1 on 2 of 5 seeds, at epochs 4 to 9." */
export function divergedOf({ trials }: Results, names: readonly OptionName[]): string[] {
  const found = groupSeeds(trials).filter((group) => countStatus(group.trials, 'diverged') > 0);
  if (found.length === 0) return [];
  const listed = found.slice(0, mostDiverged).map((group) => divergedText(group, names));
  const more = found.length - listed.length;
  return [`Diverged: ${[...listed, ...(more > 0 ? [`${more} more`] : [])].join('; ')}.`];
}

function divergedText({ settings, trials }: Group, names: readonly OptionName[]): string {
  const shown = names.filter((name) => (settings[name] ?? null) !== null);
  const where = shown.map((name) => typeset(settingWords(name, settings[name]))).join(', ');
  const count = countStatus(trials, 'diverged');
  const seeds = trials.length === 1 ? '' : `on ${count} of ${drawsOf(trials)}`;
  const epochs = trials.flatMap(({ divergedAt }) => divergedAt ?? []);
  const [first, last] = [least(epochs), greatest(epochs)];
  const when =
    epochs.length === 0 ? '' : first === last ? `at epoch ${first}` : `at epochs ${first} to ${last}`;
  return [where, [seeds, when].filter((part) => part !== '').join(', ')]
    .filter((part) => part !== '')
    .join(' ');
}

type Trials = readonly { readonly settings: Settings }[];

/** Whether trials are several draws of the same cells, so that a figure shows means. */
export function hasDraws(trials: Trials): boolean {
  return variedSeeds(differentSettings(trials)).length > 0;
}

const drawsOf = (trials: Trials): string => drawsText(differentSettings(trials));

/** What the bands around curves are. */
function bandsOver({ trials }: Results): string {
  return `Bands: lowest to highest over the ${drawsOf(trials)}.`;
}

/** "Seed 2020." or "Means over 20 seeds." */
export function seedsOf({ trials }: Results): string {
  const draws = drawsOf(trials);
  return hasDraws(trials) ? `Means over ${draws}.` : `${draws[0].toUpperCase()}${draws.slice(1)}.`;
}

/** What the figure itself says of several seeds; `bands` is null where there are none to expect, as in heat maps. */
export function severalSeeds(results: Results, bands: boolean | null): string[] {
  if (!hasDraws(results.trials)) return [];
  const means = `Means over ${drawsOf(results.trials)}`;
  return [
    ...(bands === false ? [`${means}; no bands: too many curves.`] : [`${means}.`]),
    ...(bands === true ? [bandsOver(results)] : []),
    ...(valuesOf(results.trials, 'net').length > 0 ? ['Each seed draws its own networks.'] : []),
  ];
}

/** A title for print, with squares and multiplication signs. */
export function typeset(text: string): string {
  return text
    .replace(/\bR2\b/g, 'R²')
    .replace(/\^2(?![\d.])/g, '²')
    .replace(/ x /g, ' × ')
    .replaceAll('_', ' ');
}

/** A metric's title up to its comma, for a panel. The caption has the whole title. */
export function shortTitle(title: string): string {
  return typeset(title.split(',')[0]);
}

/** The largest number of cells that a caption lists. */
const mostListed = 20;

/** Trials that have no curve: closed forms, solvers without epochs, other libraries. */
export function withoutCurve({ trials }: Results): Results['trials'] {
  return trials.filter(({ curves }) => Object.keys(curves).length === 0);
}

/** The numbers of cells that are not drawn, as sentences for a figure, which has no room for many. */
export function fewNumbersOf(results: Results, metrics: readonly ShownMetric[]): string[] {
  const all = numbersOf(results, metrics);
  return all.length <= mostInFigure && all.join(' ').length <= mostLetters
    ? all
    : [`${groupSeeds(results.trials).length} cells are not drawn; summary.csv has their values.`];
}

/** A figure itself lists so many of them. */
const mostInFigure = 4;
/** About three lines: more text would stand between the title and the plot. */
const mostLetters = 270;

/** Sentences with the numbers of cells that are not drawn, for a caption. */
export function numbersOf({ experiment, trials }: Results, metrics: readonly ShownMetric[]): string[] {
  const curveless = trials.filter(({ status }) => status === 'done');
  const kinds = [...new Set(curveless.map(({ settings }) => kindTitle(settings)))];
  const variedOf = new Map(
    kinds.map((kind) => {
      const alike = curveless.filter(({ settings }) => kindTitle(settings) === kind);
      return [kind, differingOptions({ experiment, trials: alike })];
    }),
  );
  const groups = groupSeeds(curveless);
  const more = groups.length - mostListed;
  const listed = groups.slice(0, mostListed).flatMap((group) => {
    const { settings } = group;
    const kind = kindTitle(settings);
    const varied = variedOf.get(kind)!;
    const where = varied.map((name) => settingWords(name, settings[name])).join(', ');
    const values = metrics.flatMap(({ name, title }) => {
      const value = meanOf(group, name);
      return value === null ? [] : [`${shortTitle(title)} ${significantText(value, 4)}`];
    });
    return values.length === 0 ? [] : [`${kind}${where === '' ? '' : ` (${where})`}: ${values.join(', ')}.`];
  });
  return more > 0 ? [...listed, `${more} more are only in trials.csv.`] : listed;
}

/** The kind of a cell, for the start of a sentence; of training by gradients the optimiser. */
function kindTitle(settings: Settings): string {
  const { optimizer = null, solver } = settings;
  // Folders of earlier versions have no optimiser, which reads as the usual one, also where the solver has none.
  const { reads } = solverEntry((solver ?? 'sgd') as SolverName);
  const isTrained = referenceOf(settings) === null && reads.includes('optimizer');
  if (isTrained && optimizer !== null) return optimizers[optimizer as OptimizerName].title;
  return kindOf(settings).replace(/^closed/, 'Closed');
}
