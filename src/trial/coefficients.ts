import type { LayerWeights } from '../nn/network.ts';
import { type Exponents, inputsOf, polynomialTerms } from '../regression/polynomial.ts';
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

/** What a step of a scaled feature is, of which a coefficient tells how much it changes the output: null if none is scaled. */
export function scaledFeatureUnit(scales: Iterable<unknown>): string | null {
  const units = [...new Set(scales)].flatMap((scale) => featureUnits[String(scale)] ?? []);
  return units.length === 0 ? null : units.join(' or ');
}

const featureUnits: Readonly<Record<string, string>> = {
  standard: 'standard deviation of its feature',
  minmax: 'range of its feature (largest - smallest training value)',
};

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

/**
 * The names of the features of a model: 1, x, x^2*y. `names` are those of the data's inputs; inputs without names are x, or x
 * and y, else x0, x1, ...
 */
export function featureNames(
  { basis, degree }: Pick<FeaturesConfig, 'basis' | 'degree'>,
  features: number,
  names?: readonly string[],
): string[] {
  const inputs = basis === 'none' ? features : inputsOf(features, degree!, basis);
  const known = names?.length === inputs ? names : defaultNames(inputs);
  if (basis === 'none') return [...known];
  // A name that looks like a term stays apart from it.
  const plain = known.map((name) => (/[*^]/.test(name) ? `(${name})` : name));
  return polynomialTerms(degree!, basis, inputs).map((term) => termName(term, plain));
}

function defaultNames(inputs: number): string[] {
  return Array.from({ length: inputs }, (_, d) => (inputs <= 2 ? 'xy'[d] : `x${d}`));
}

function termName(exponents: Exponents, names: readonly string[]): string {
  const powers = exponents.flatMap((power, d) =>
    power === 0 ? [] : power === 1 ? names[d] : `${names[d]}^${power}`,
  );
  return powers.join('*') || '1';
}

/** Each coefficient with the name of its feature, output by output; the intercept first. `inputs` are the names of the data's inputs. */
export function* namedCoefficients(
  { values, intercepts }: Coefficients,
  features: Pick<FeaturesConfig, 'basis' | 'degree'>,
  inputs?: readonly string[],
): Generator<{ output: number; feature: string; value: number }> {
  const names = featureNames(features, values[0].length, inputs);
  for (const [output, own] of values.entries()) {
    if (intercepts !== null) yield { output, feature: 'intercept', value: intercepts[output] };
    for (const [d, value] of own.entries()) yield { output, feature: names[d], value };
  }
}
