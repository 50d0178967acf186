import { type ColumnScales, scaleInPlace, subtractInPlace } from '../datasets/scale.ts';
import { type Exponents, polynomialFeatures } from '../regression/polynomial.ts';

/** The steps from rows of the data to inputs of a model: what each one does to values [rows][columns], of which it may take the memory. */
const steps = {
  /** v_d <- by_d where v_d is missing, which is NaN */
  fill: (values, { by }) => {
    for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) values[i] = by[i % by.length];
    return values;
  },
  /** v <- v / by */
  divide: (values, { by }) => {
    for (let i = 0; i < values.length; i++) values[i] /= by;
    return values;
  },
  /** v_d <- v_d - means_d */
  subtract: (values, { means }) => {
    subtractInPlace(values, means.length, means);
    return values;
  },
  /** The inputs of a row become the products of their powers, one for each list of exponents. */
  polynomial: (values, { exponents }) => polynomialFeatures(values, exponents).data,
  /** v_d <- (v_d - offsets_d) / factors_d; 0 where the factor is 0 */
  scale: (values, scales) => {
    scaleInPlace(values, scales);
    return values;
  },
} satisfies { [Name in StepName]: (values: Float64Array, parameters: Parameters[Name]) => Float64Array };

interface Parameters {
  readonly fill: { readonly by: Float64Array };
  readonly divide: { readonly by: number };
  readonly subtract: { readonly means: Float64Array };
  readonly polynomial: { readonly exponents: readonly Exponents[] };
  readonly scale: ColumnScales;
}

type StepName = keyof Parameters;

/** A step with the numbers that it was fitted with. */
export type Step = { [Name in StepName]: { readonly step: Name } & Parameters[Name] }[StepName];

/** Applies steps, in order, to values [rows][columns], and returns the inputs of the model. The values are overwritten. */
export function applySteps(values: Float64Array, fitted: readonly Step[]): Float64Array {
  return fitted.reduce((before, step) => {
    // TypeScript cannot tell that the parameters belong to the step of that name.
    const apply = steps[step.step] as (values: Float64Array, parameters: Step) => Float64Array;
    return apply(before, step);
  }, values);
}
