import { type ActivationName, activations } from '../nn/activations.ts';

/** A table of functions, the only part of the report that trains nothing. */
export interface FunctionsExperiment {
  readonly name: string;
  readonly title: string;
  readonly figure: string;
  readonly activation: readonly ActivationName[];
  /** The arguments, written like a list of values on the command line. */
  readonly x: string;
}

export function defineFunctions(definition: FunctionsExperiment): FunctionsExperiment {
  return definition;
}

export interface FunctionValue {
  readonly activation: ActivationName;
  readonly x: number;
  readonly value: number;
  readonly gradient: number;
}

/** f(x) and f'(x) of each activation at each x. */
export function functionValues(names: readonly ActivationName[], xs: readonly number[]): FunctionValue[] {
  return names.flatMap((name) => {
    const { value, derivative, by } = activations[name];
    return xs.map((x) => {
      const a = value(x);
      return { activation: name, x, value: a, gradient: derivative(by === 'z' ? x : a) };
    });
  });
}
