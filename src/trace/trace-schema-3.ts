import { z } from 'zod';
import { activationNames } from '../nn/activations.ts';
import { createOptimizer, type OptimizerConfig, optimizerNames } from '../nn/optimizers.ts';
import { batchLayouts, kernelLayouts } from './exercise.ts';
import { optimizerSchema } from './trace-schema.ts';

// The form of the files of fys-nn-trace/3. `npm run schema` writes it to data/trace.schema.json as JSON Schema. When a file is
// read, `denseOf` checks the arrays of numbers, which is faster and names the element that is wrong.

export const format = 'fys-nn-trace/3';

/** The names of the losses in the file. */
const recordedLosses = ['mse', 'mae', 'huber', 'softmax_cross_entropy', 'binary_cross_entropy'] as const;

/** The slots of every optimiser, in the order of the table. */
const slots = [
  ...new Set(
    optimizerNames.flatMap((name) => createOptimizer({ name, momentum: 0.5 } as OptimizerConfig).slots),
  ),
];

/** What a step may have, by their names in the file; those of a layer are in its object. */
export const stepQuantityNames: readonly string[] = ['x', 'y', 'loss'];
export const layerQuantityNames: readonly string[] = [
  ...['z', 'a', 'delta', 'kernel_gradient', 'bias_gradient'],
  ...slots.flatMap((slot) => [`kernel_${slot}`, `bias_${slot}`]),
  ...['kernel', 'bias'],
];

const anything = z.unknown().optional();

/** An exercise, with the schema of its arrays of numbers. */
function exerciseSchema(numbers: z.ZodType, batches: z.ZodType) {
  const layer = z.strictObject({
    units: z.int().min(1).max(1e6).describe('H'),
    activation: z.enum([...activationNames, 'softmax']),
    kernel: numbers.describe('initial weights, [inputs][H], or [H][inputs] with layout.kernel out-in'),
    bias: z.union([z.null(), numbers]).describe('initial biases, [H]; null: the layer has no bias'),
  });
  return z.strictObject({
    $schema: z.string().optional(),
    format: z.literal(format),
    kind: z.literal('exercise'),
    id: z
      .string()
      .describe('e and the SHA-256 of data, model, optimizer and batches in the layout in-out, first'),
    name: z.string(),
    source: z.string().describe('what made the exercise'),
    layout: z.strictObject({
      kernel: z.enum(kernelLayouts).describe('in-out: kernels are [inputs][units]; out-in: [units][inputs]'),
      batch: z.enum(batchLayouts).describe('first: x, y, z, a and delta are [rows][...]; last: [...][rows]'),
    }),
    data: z.strictObject({
      x: numbers.describe('inputs of all rows, [rows][inputs] or [inputs][rows]'),
      y: numbers.describe('targets of all rows, [rows][outputs] or [outputs][rows]'),
    }),
    model: z.strictObject({
      loss: z.enum(recordedLosses),
      delta: z.number().positive().optional().describe('the width of the Huber loss'),
      l2: z.number().min(0).describe('l2 * sum(w^2) is added to the loss'),
      l1: z.number().min(0).describe('l1 * sum(|w|) is added to the loss'),
      penalize: z.enum(['all', 'kernels']).describe('which weights the penalties are of'),
      layers: z.array(layer).min(1).describe('from the first hidden layer to the output layer'),
    }),
    optimizer: optimizerSchema(z, z.string().max(1000)),
    batches: batches.describe('[epoch][step] -> the rows of the mini-batch, counted from 0'),
  });
}

/** A recording or answers, with the schemas of what it has of the exercise and of the steps. */
function recordingSchema(exercise: z.ZodType, steps: z.ZodType) {
  return z.strictObject({
    $schema: z.string().optional(),
    format: z.literal(format),
    kind: z.enum(['recording', 'answers']).describe('answers: what fys-nn itself computes'),
    program: z.string().max(1000).default('').describe('what computed the numbers, in a few words'),
    exercise: exercise.describe('the whole exercise'),
    steps: steps.describe('in any order; steps may be left out'),
  });
}

/** What is read at once; arrays are checked afterwards. */
export const exerciseFile = exerciseSchema(anything, anything);
export const recordingFile = recordingSchema(anything, anything);
export type ExerciseFile = z.infer<typeof exerciseFile>;

/** The schema of all kinds of files as JSON Schema, for editors and other programs. */
export function traceJsonSchema(): unknown {
  const row = z.array(z.number()).min(1);
  const numbers = z.union([z.number(), row, z.array(row).min(1)]).meta({
    id: 'numbers',
    description: 'finite numbers in nested lists, row by row; dimensions of 1 may be left out',
  });
  const batches = z.array(z.array(z.array(z.int().min(0)).min(1)).min(1)).min(1);
  const layer = z.strictObject(
    Object.fromEntries(layerQuantityNames.map((name) => [name, numbers.nullable().optional()])),
  );
  const step = z.strictObject({
    step: z.int().min(0).describe("the number of the optimiser's step, counted from 0 through all epochs"),
    ...Object.fromEntries(stepQuantityNames.map((name) => [name, numbers.nullable().optional()])),
    layers: z.array(layer).optional().describe('one object for each layer, which may be empty'),
  });
  const exercise = exerciseSchema(numbers, batches).meta({ id: 'exercise' });
  const recording = recordingSchema(exercise, z.array(step).min(1));
  return z.toJSONSchema(z.union([exercise, recording]), { io: 'input', reused: 'inline' });
}
