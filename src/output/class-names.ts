import type { DataDescription } from '../datasets/index.ts';
import { canonicalJson, type TrialConfig } from '../trial/trial.ts';

/** What classes are called, in the order of their labels; null for their labels. */
export type ClassNames = readonly string[] | null;

/** What a class is called in figures and texts. */
export function className(c: number, names: ClassNames): string {
  return names?.[c] ?? String(c);
}

/** What the classes of all these data are called, if they agree. */
export function sharedClassNames(data: readonly { readonly classNames?: readonly string[] }[]): ClassNames {
  const different = new Set(data.map(({ classNames }) => JSON.stringify(classNames ?? null)));
  return different.size === 1 ? (data[0].classNames ?? null) : null;
}

/** What the classes of a trial are called, by its config. */
export function classNamesByConfig(
  data: readonly Pick<DataDescription, 'config' | 'classNames'>[],
): (config: TrialConfig) => ClassNames {
  const names = new Map(data.map(({ config, classNames }) => [canonicalJson(config), classNames ?? null]));
  return ({ data: own }) =>
    data.length === 1 ? (data[0].classNames ?? null) : (names.get(canonicalJson(own)) ?? null);
}
