import { createOptimizer, type OptimizerConfig, optimizerNames, optimizers } from '../../nn/optimizers.ts';
import { alike } from './alike.ts';
import type { MistakeKind } from './mistake.ts';
import {
  adam,
  descent,
  inPlaceOf,
  isNesterov,
  moveOf,
  type Settings,
  settingsOf,
} from './optimizer-formulas.ts';
import { type Move, type MoveMistake, moveMistakes } from './update-mistakes.ts';

/** Values that PyTorch, Keras, papers and course texts use, which a program may have in place of the exercise's. */
export const usual: Readonly<Record<string, readonly number[]>> = {
  momentum: [0.9, 0.5, 0.99],
  rho: [0.9, 0.99, 0.95, 0.999],
  beta1: [0.9, 0.99, 0.8],
  beta2: [0.999, 0.99, 0.9, 0.95],
  epsilon: [1e-8, 1e-7, 1e-10, 1e-6, 1e-5, 1e-3],
  weightDecay: [0.01, 0.004, 0.001],
};

/** The names in the file's format. */
export const inFile: Readonly<Record<string, string>> = { weightDecay: 'weight_decay' };

export const withSettings = (config: OptimizerConfig, settings: Settings): Move =>
  config.name === 'adam' || config.name === 'adamw'
    ? adam(settings)
    : descent({ ...config, ...settings } as OptimizerConfig);

/** Other values of the exercise's hyperparameters. */
function otherValues(config: OptimizerConfig): MoveMistake[] {
  const settings = settingsOf(config);
  return Object.entries(settings).flatMap(([field, given]) => {
    if (field === 'momentum' && given === 0) return [];
    const name = inFile[field] ?? field;
    return (usual[field] ?? [])
      .filter((value) => value !== given)
      .map((value) => ({
        id: `${name}-${value}`,
        title: `${name} is ${alike(value, given).join('; the exercise has ')}`,
        explain: `Libraries and texts have different defaults of ${name}.`,
        fix: `Take ${name} from the exercise: optimizer['${name}']`,
        move: () => withSettings(config, { ...settings, [field]: value }),
      }));
  });
}

/** Other optimisers with their defaults; the name is that of the table. */
function otherOptimizers(config: OptimizerConfig): MoveMistake[] {
  const titleOf = (other: OptimizerConfig): string =>
    `${optimizers[other.name].title}${
      other.name === 'sgd' && other.momentum !== undefined
        ? ` with ${isNesterov(other) ? "Nesterov's " : ''}momentum ${other.momentum}`
        : ''
    }`;
  const candidates: OptimizerConfig[] = [
    ...optimizerNames.map((name): OptimizerConfig => ({ name })),
    { name: 'sgd', momentum: 0.9 },
    { name: 'sgd', momentum: 0.9, nesterov: 'yes' },
  ];
  const isOther = (other: OptimizerConfig): boolean =>
    other.name !== config.name ||
    (config.name === 'sgd' &&
      other.name === 'sgd' &&
      (config.momentum ?? 0) === 0 &&
      other.momentum !== undefined);
  return candidates.filter(isOther).map((other) => ({
    id: `optimizer-${other.name}${other.name === 'sgd' && other.momentum !== undefined ? (isNesterov(other) ? '-nesterov' : '-momentum') : ''}`,
    title: `the weights are updated by ${titleOf(other)}; the exercise asks for ${titleOf(config)}`,
    explain: `The exercise's optimizer is ${JSON.stringify(config.name)}.`,
    fix: "Look at optimizer['name'] of the exercise.",
    move: () => inPlaceOf(moveOf(other), createOptimizer(other).slots),
  }));
}

/** Another optimiser, or other hyperparameters, than the exercise's. */
export const hyperparameters: readonly MistakeKind[] = [
  moveMistakes(({ optimizer }) => [...otherValues(optimizer), ...otherOptimizers(optimizer)]),
];
