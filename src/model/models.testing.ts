import fc from 'fast-check';
import { dtypes } from '../math/dtype.ts';
import { activationNames } from '../nn/activations.ts';
import { type LossName, losses, lossNames } from '../nn/losses.ts';
import type { Step } from '../trial/preprocessing.ts';
import { modelFormat, type SavedLayer, type SavedModel } from './saved-model.ts';

// Shared by the tests of formats: models of every kind, and rows for them.

/** Numbers with signs and sizes as of weights, from a seed; the same on every machine. */
export function numbersFrom(seed: number): (count: number, scale?: number) => Float64Array {
  let state = seed + 1;
  const next = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  return (count, scale = 1) => Float64Array.from({ length: count }, () => scale * (2 * next() - 1));
}

export interface ModelParts {
  readonly seed: number;
  readonly columns: number;
  readonly steps: readonly Step['step'][];
  readonly hidden: readonly { readonly units: number; readonly activation: SavedLayer['activation'] }[];
  readonly loss: LossName;
  readonly classes: number;
  readonly output: SavedLayer['activation'] | 'auto';
  readonly biases: boolean;
  readonly dtype: SavedModel['dtype'];
  readonly scaledTarget: boolean;
  readonly named: boolean;
}

export const plainParts: ModelParts = {
  seed: 1,
  columns: 2,
  steps: [],
  hidden: [{ units: 5, activation: 'tanh' }],
  loss: 'mse',
  classes: 3,
  output: 'auto',
  biases: true,
  dtype: 'float64',
  scaledTarget: false,
  named: true,
};

/** A model with weights drawn from the seed. */
export function createModel(parts: ModelParts): SavedModel {
  const { seed, columns, steps, hidden, loss, biases, dtype, scaledTarget, named } = parts;
  const draw = numbersFrom(seed);
  const { task, units, output, anyOutput, classes: own } = losses[loss];
  const classes = task === 'regression' ? 1 : (own ?? parts.classes);
  let width = columns;
  const preprocessing = steps.map((step): Step => {
    if (step === 'fill') return { step, by: draw(width) };
    if (step === 'divide') return { step, by: 255 };
    if (step === 'subtract') return { step, means: draw(width) };
    if (step === 'scale') {
      // Some columns were constant in training.
      const factors = draw(width).map((x, d) => (d % 5 === 4 ? 0 : 0.5 + Math.abs(x)));
      return { step, offsets: draw(width), factors };
    }
    const exponents = exponentsOf(width);
    width = exponents.length;
    return { step, exponents };
  });
  const last = anyOutput && parts.output !== 'auto' ? parts.output : output;
  const rounded = (values: Float64Array) => (dtype === 'float64' ? values : values.map(Math.fround));
  const layers = [...hidden, { units: units(classes), activation: last }].map((layer) => {
    const kernel = rounded(draw(width * layer.units, 2 / Math.sqrt(width)));
    width = layer.units;
    return { ...layer, kernel, bias: biases ? rounded(draw(layer.units)) : null };
  });
  return {
    format: modelFormat,
    trial: `t${'0'.repeat(64)}`,
    config: { seed },
    about: {
      program: '0.1.0',
      title: 'a network',
      data: { title: 'Franke function', source: null, license: 'CC BY 4.0' },
    },
    inputs: { columns, names: named ? Array.from({ length: columns }, (_, d) => `column "${d}", ø`) : null },
    preprocessing,
    layers,
    loss,
    target: {
      name: named ? 'the target' : null,
      offset: task === 'regression' && scaledTarget ? 3.25 : 0,
      factor: task === 'regression' && scaledTarget ? 12.5 : 1,
      classes,
      classNames:
        named && task !== 'regression' ? Array.from({ length: classes }, (_, c) => `class ${c}`) : null,
      ...(named && task !== 'regression' && seed % 2 === 0
        ? { levels: Array.from({ length: classes }, (_, c) => String(3 * c + 1)) }
        : {}),
    },
    dtype,
    sums: 'network',
  };
}

/** The powers of each column up to the third, and the product of the first and the last one. */
function exponentsOf(width: number): number[][] {
  const unit = (d: number, power: number) => Array.from({ length: width }, (_, at) => (at === d ? power : 0));
  const single = Array.from({ length: width }, (_, d) => [1, 2, 3].map((power) => unit(d, power))).flat();
  const both = unit(0, 1).map((power, d) => power + unit(width - 1, 2)[d]);
  return [unit(0, 0), ...single, both];
}

/** Any model. */
export const anyModel: fc.Arbitrary<SavedModel> = fc
  .record({
    seed: fc.nat(1e6),
    columns: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 4, max: 30 })),
    steps: fc.constantFrom<readonly Step['step'][]>(
      [],
      ['divide'],
      ['subtract'],
      ['scale'],
      ['divide', 'subtract'],
      ['polynomial'],
      ['subtract', 'polynomial', 'scale'],
      ['fill', 'scale'],
      ['fill', 'polynomial'],
    ),
    hidden: fc.array(
      fc.record({ units: fc.integer({ min: 1, max: 20 }), activation: fc.constantFrom(...activationNames) }),
      { maxLength: 3 },
    ),
    loss: fc.constantFrom(...lossNames),
    classes: fc.integer({ min: 2, max: 12 }),
    output: fc.constantFrom<'auto' | 'tanh'>('auto', 'tanh'),
    biases: fc.boolean(),
    dtype: fc.constantFrom(...dtypes),
    scaledTarget: fc.boolean(),
    named: fc.boolean(),
  })
  .map(createModel);
