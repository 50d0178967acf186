import { datasets } from '../datasets/index.ts';
import { seededPurposes } from '../trial/config.ts';
import { solvers } from '../trial/solvers/index.ts';
import { networkOptions } from '../trial/solvers/network.ts';
import { hyperparameterNames } from '../trial/solvers/sgd.ts';
import type { OptionName } from './options.ts';

const ofDatasets = Object.values(datasets).flatMap((entry) => Object.keys(entry.options));
const objective = ['loss', 'delta', 'lambda', 'l1', 'penalize'];
const updates = ['optimizer', ...hyperparameterNames, 'learningRate', 'schedule'];
const validation = ['validationSize', 'folds', 'earlyStopping'];
const ofModels = Object.keys(networkOptions).filter((name) => !objective.includes(name));
const ofSolvers = Object.values(solvers)
  .flatMap((entry) => Object.keys(entry.options))
  .filter((name) => ![...ofModels, ...objective, ...updates, ...validation, 'dtype'].includes(name));

/** The options in groups, in the order in which users need them. Every option is in one group. */
export const optionGroups: Readonly<Record<string, readonly OptionName[]>> = {
  Data: named('samples', ...ofDatasets, 'testSize', 'split', 'stratify'),
  Features: named('scale', 'basis', 'degree', 'center', 'centerTargets', 'scaleTargets'),
  Model: named(...ofModels),
  'Loss and penalty': named(...objective),
  Optimiser: named(...updates),
  Training: named('solver', ...ofSolvers, 'dtype', 'reference'),
  Validation: named(...validation),
  'Seeds and statistics': named(
    'seed',
    ...Object.keys(seededPurposes),
    'streams',
    'bootstrap',
    'bootstrapMethod',
    'coefficients',
  ),
};

const groups = new Map(
  Object.entries(optionGroups).flatMap(([group, names]) => names.map((name) => [name, group] as const)),
);

/** The group of an option. */
export function groupOf(name: OptionName): string {
  return groups.get(name)!;
}

/** The same options in the order of the groups. */
export function inGroups(names: readonly OptionName[]): OptionName[] {
  const wanted = new Set(names);
  return [...groups.keys()].filter((name) => wanted.has(name));
}

function named(...names: readonly string[]): OptionName[] {
  return [...new Set(names)] as OptionName[];
}
