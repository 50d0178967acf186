import { datasets } from '../datasets/index.ts';
import { seededPurposes } from '../trial/config.ts';
import { solvers } from '../trial/solvers/index.ts';
import { networkOptions } from '../trial/solvers/network.ts';
import { hyperparameterNames } from '../trial/solvers/sgd.ts';
import type { OptionName } from './options.ts';

const ofDatasets = Object.values(datasets).flatMap((entry) => Object.keys(entry.options));
const ofModels = Object.keys(networkOptions).filter((name) => name !== 'penalize');
const ofSolvers = Object.values(solvers)
  .flatMap((entry) => Object.keys(entry.options))
  .filter((name) => !Object.hasOwn(networkOptions, name) && !(hyperparameterNames as string[]).includes(name))
  .flatMap((name) => (name === 'optimizer' ? [name, ...hyperparameterNames] : [name]))
  .filter((name) => name !== 'dtype');

/** The options in groups, in the order in which users need them. Every option is in one group. */
export const optionGroups: Readonly<Record<string, readonly OptionName[]>> = {
  Data: named(
    'samples',
    ...ofDatasets,
    'testSize',
    'validationSize',
    'folds',
    'split',
    'scale',
    'basis',
    'degree',
    'center',
    'centerTargets',
    'scaleTargets',
  ),
  Model: named(...ofModels, 'lambda', 'l1', 'penalize', 'coefficients'),
  Training: named('solver', ...ofSolvers, 'dtype', 'reference'),
  'Seeds and statistics': named(
    'seed',
    ...Object.keys(seededPurposes),
    'streams',
    'bootstrap',
    'bootstrapMethod',
  ),
};

/** The group of an option. */
export function groupOf(name: OptionName): string {
  return Object.keys(optionGroups).find((group) => optionGroups[group].includes(name))!;
}

/** The same options in the order of the groups. */
export function inGroups(names: readonly OptionName[]): OptionName[] {
  return Object.values(optionGroups)
    .flat()
    .filter((name) => names.includes(name));
}

function named(...names: readonly string[]): OptionName[] {
  return [...new Set(names)] as OptionName[];
}
