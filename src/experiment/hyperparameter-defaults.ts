import { hyperparametersOf, optimizerNames } from '../nn/optimizers.ts';
import type { OptionName } from './options.ts';

/** "0.9", or "1e-10 for adagrad, else 1e-8" where optimisers differ. */
export function hyperparameterDefaults(name: OptionName): string {
  const owners = optimizerNames.filter((optimizer) => name in hyperparametersOf(optimizer));
  const values = [...new Set(owners.map((optimizer) => hyperparametersOf(optimizer)[name].default))];
  const [usual, ...others] = values
    .map(
      (value) => [value, owners.filter((owner) => hyperparametersOf(owner)[name].default === value)] as const,
    )
    .sort(([, a], [, b]) => b.length - a.length);
  const exceptions = others.map(([value, names]) => `${value} for ${names.join(', ')}`);
  return [...exceptions, `${others.length === 0 ? '' : 'else '}${usual[0]}`].join(', ');
}
