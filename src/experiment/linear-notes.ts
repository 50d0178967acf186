import type { Cell } from './cells.ts';
import { solverOf } from './config.ts';
import { inputNames } from './input-names.ts';
import type { OptionName, Settings } from './options.ts';
import type { Plan } from './plan.ts';

/** Notes on linear models: coefficients that the data do not determine, and models without an intercept. */
export function linearNotes(plan: Plan): string[] {
  return [...dummyNotes(plan), ...interceptNotes(plan)];
}

/**
 * Categories whose coefficients are not determined, of cells that keep them: the inputs of all categories of a column add up
 * to 1, which is the intercept again.
 */
function dummyNotes({ cells, data }: Plan): string[] {
  for (const { settings, trial } of cells) {
    if (settings.coefficients !== 'yes' || !isLinear(settings) || isPenalized(settings)) continue;
    const { data: source, features } = trial.config;
    if (source.dataset !== 'table') continue;
    const columns = categories(inputNames(data, trial.config) ?? []);
    const hasConstant = features.basis !== 'none' || hasBias(settings);
    const isDetermined = columns.length === 1 && !hasConstant && !areCentred(features);
    if (columns.length === 0 || isDetermined) continue;
    const each = features.scale === 'standard' ? ', each divided by the standard deviation of its input' : '';
    return [
      `the categories of ${columns.join(', ')} are inputs that add up to 1, like an intercept, so without a penalty their coefficients are known only up to a common shift (the dummy variable trap): compare their differences${each}, or give a {lambda} above 0`,
    ];
  }
  return [];
}

/** Solvers whose models are features times coefficients, and nothing more. */
const addsNone: readonly string[] = ['closed-form', 'coordinate-descent'];

/** Fits whose solver adds no intercept, to features and targets that would need one. */
function interceptNotes({ cells, data, experiment }: Plan): string[] {
  const fixed = cells.find(
    (cell) => addsNone.includes(solverOf(experiment, cell.settings)) && lacksIntercept(cell, data),
  );
  if (fixed === undefined) return [];
  const { solver } = fixed.trial.config.model;
  const remedy = '{centerTargets} yes, {scaleTargets} standard or {basis} total with {degree} 1 gives one';
  return [
    `the model has no intercept: {solver} ${solver} adds none, the targets are not centred and no feature is constant; ${remedy}`,
  ];
}

function lacksIntercept({ trial }: Cell, data: Plan['data']): boolean {
  const { features, data: source } = trial.config;
  const { basis, centerTargets, scaleTargets = 'none' } = features;
  if (basis !== 'none' || centerTargets || scaleTargets !== 'none') return false;
  // The inputs of all categories of a column add up to 1 unless they are centred.
  const isCategorical =
    source.dataset === 'table' && categories(inputNames(data, trial.config) ?? []).length > 0;
  return areCentred(features) || !isCategorical;
}

function isLinear({ hidden = null, net = null }: Partial<Settings>): boolean {
  return net === null && (hidden === null || hidden === 'none');
}

function isPenalized(settings: Settings): boolean {
  return (['lambda', 'l1'] as OptionName[]).some((name) => Number(settings[name] ?? 0) > 0);
}

function hasBias({ outputBiasInit = null }: Partial<Settings>): boolean {
  return outputBiasInit !== null && outputBiasInit !== 'none';
}

function areCentred({ scale, center }: Cell['trial']['config']['features']): boolean {
  return scale === 'standard' || center === 'columns';
}

/** The columns of a table with more than two categories, by the names of its inputs: "port=Cork". Two are one input. */
function categories(inputs: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const name of inputs) {
    const end = name.indexOf('=');
    if (end === -1) continue;
    const column = name.slice(0, end);
    counts.set(column, (counts.get(column) ?? 0) + 1);
  }
  return [...counts].flatMap(([column, count]) => (count > 2 ? [column] : []));
}
