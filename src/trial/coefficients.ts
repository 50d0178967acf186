import type { LayerWeights } from '../nn/network.ts';
import { polynomialTerms } from '../regression/polynomial.ts';
import type { FeaturesConfig } from './config.ts';
import type { TargetScale } from './prepare.ts';

/**
 * The coefficients of a linear model, in the unit of its targets: output p, before its activation, is
 * intercepts[p] + sum_d values[p][d] feature_d, of
 * features as the model sees them, centred and scaled.
 */
export interface Coefficients {
  /** [outputs][features] */
  readonly values: readonly (readonly number[])[];
  /** [outputs]; null if there is nothing to add. */
  readonly intercepts: readonly number[] | null;
}

/** The weights of the only layer as coefficients; those of scaled targets are converted back: w factor, b factor + offset. */
export function coefficientsOf(
  { kernel, bias }: LayerWeights,
  features: number,
  { offset, factor }: TargetScale = { offset: 0, factor: 1 },
): Coefficients {
  const outputs = kernel.length / features;
  const each = <T>(count: number, of: (index: number) => T) => Array.from({ length: count }, (_, i) => of(i));
  return {
    // Adding 0 turns -0, which JSON does not have, into 0.
    values: each(outputs, (p) => each(features, (d) => kernel[d * outputs + p] * factor + 0)),
    intercepts:
      bias === null && offset === 0 ? null : each(outputs, (p) => (bias?.[p] ?? 0) * factor + offset),
  };
}

/** The names of the features of a model: 1, x, x^2*y; x and y of two inputs, else x0, x1, ... */
export function featureNames(
  { basis, degree }: Pick<FeaturesConfig, 'basis' | 'degree'>,
  features: number,
): string[] {
  if (basis !== 'none') return polynomialTerms(degree!, basis).map(termName);
  return Array.from({ length: features }, (_, d) => (features === 2 ? 'xy'[d] : `x${d}`));
}

function termName(exponents: readonly [number, number]): string {
  const powers = exponents.map((power, d) =>
    power === 0 ? '' : power === 1 ? 'xy'[d] : `${'xy'[d]}^${power}`,
  );
  return powers.filter((text) => text !== '').join('*') || '1';
}

/** Each coefficient with the name of its feature, output by output; the intercept first. */
export function* namedCoefficients(
  { values, intercepts }: Coefficients,
  features: Pick<FeaturesConfig, 'basis' | 'degree'>,
): Generator<{ output: number; feature: string; value: number }> {
  const names = featureNames(features, values[0].length);
  for (const [output, own] of values.entries()) {
    if (intercepts !== null) yield { output, feature: 'intercept', value: intercepts[output] };
    for (const [d, value] of own.entries()) yield { output, feature: names[d], value };
  }
}
