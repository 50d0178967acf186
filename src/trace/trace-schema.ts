import type * as Zod from 'zod';
import { printableText } from '../errors.ts';
import { activationNames } from '../nn/activations.ts';
import type { LossName } from '../nn/losses.ts';
import {
  allows,
  type HyperparameterValue,
  hyperparametersOf,
  type OptimizerConfig,
  type OptimizerName,
  optimizerNames,
} from '../nn/optimizers.ts';

/** A recorded training run (data/README.md describes the file). */
export type Trace = Zod.infer<ReturnType<typeof traceSchema>>;

/** The schema of a trace file. The caller passes in zod, so that --help does not load it. */
export const traceSchema = (z: typeof Zod.z) => {
  const number = z.number();
  const count = z.int().min(1).max(1e6);
  const numbers = z.array(number).min(1);
  const rows = z.array(numbers).min(1);
  const penalty = number.min(0);
  const terms = z.array(z.tuple([z.int().min(0).max(40), z.int().min(0).max(40)])).min(1);
  const activation = z.enum([...activationNames, 'softmax']);
  const weights = z.object({ kernel: rows, bias: numbers });
  const layer = weights.extend({ units: count, activation });
  const common = {
    name: z.string().regex(printableText, 'text without control characters'),
    source: z.string(),
    data: z.object({ x_train: rows, y_train: rows, x_test: rows, y_test: rows }),
  };
  const batches = z.array(z.array(z.array(z.int().min(0)).min(1)).min(1)).min(1);
  const expect = z.object({
    train_loss: numbers.optional(),
    test_loss: z.union([number, numbers]),
    train_accuracy: numbers.optional(),
    test_accuracy: numbers.optional(),
    test_r2: number.optional(),
    test_output: rows,
    first_gradients: z.array(weights).optional(),
    final_layers: z.array(weights).optional(),
    final_beta: numbers.optional(),
  });
  const first = z.object({
    format: z.literal('fys-nn-trace/1'),
    ...common,
    model: z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('ffnn'),
        loss: z.enum(['mse', 'softmax_cross_entropy']),
        layers: z.array(layer.extend({ l2: penalty })).min(1),
      }),
      z.object({ kind: z.literal('polynomial'), terms, beta: numbers, l2: penalty }),
      z.object({ kind: z.literal('polynomial-closed-form'), terms, l2: penalty }),
    ]),
    sgd: z
      .object({ learning_rate: number.positive(), momentum: number.min(0).lt(1), decay: z.boolean() })
      .nullable(),
    batches: batches.nullable(),
    expect,
  });
  const second = z.object({
    format: z.literal('fys-nn-trace/2'),
    ...common,
    model: z.object({
      kind: z.literal('ffnn'),
      loss: z.enum(['mse', 'mae', 'huber', 'softmax_cross_entropy', 'binary_cross_entropy']),
      delta: number.positive().optional(),
      l2: penalty,
      l1: penalty,
      penalize: z.enum(['all', 'kernels']),
      layers: z.array(layer).min(1),
    }),
    optimizer: optimizerSchema(z, z.enum(['constant', 'decay'])),
    batches,
    expect,
  });
  return z.discriminatedUnion('format', [first, second]);
};

/** An optimiser with the hyperparameters that were recorded, in words where these are true, false or null. */
export type RecordedOptimizer<Schedule extends string = string> = {
  readonly name: OptimizerName;
  readonly learning_rate: number;
  readonly schedule: Schedule;
} & Readonly<Record<string, HyperparameterValue | undefined>>;

/** The schema of an optimiser, with its hyperparameters named as in Python: weight_decay for weightDecay. */
export function optimizerSchema<Schedule extends string>(
  z: typeof Zod.z,
  schedule: Zod.ZodType<Schedule>,
): Zod.ZodType<RecordedOptimizer<Schedule>> {
  const optimizer = optimizerNames.map((name) => {
    const own = Object.entries(hyperparametersOf(name)).map(([field, known]) => [
      inPython(field),
      z
        .union([z.number(), z.boolean().transform(yesOrNo), z.null().transform(() => 'none')])
        .refine((value) => allows(known, value), known.range)
        .optional(),
    ]);
    return z.strictObject({
      name: z.literal(name),
      learning_rate: z.number().positive(),
      schedule,
      ...Object.fromEntries(own),
    });
  });
  // TypeScript cannot follow the types of the table through zod.
  return z.discriminatedUnion('name', optimizer as [(typeof optimizer)[number]]) as unknown as Zod.ZodType<
    RecordedOptimizer<Schedule>
  >;
}

/** The config of a recorded optimiser. */
export function optimizerConfig({ name, ...recorded }: RecordedOptimizer): OptimizerConfig {
  const own = Object.keys(hyperparametersOf(name)).map((field) => [field, recorded[inPython(field)]]);
  return { name, ...Object.fromEntries(own.filter(([, value]) => value !== undefined)) } as OptimizerConfig;
}

/** The loss that a trace names. */
export const lossNamed = (recorded: NetworkTrace['loss']): LossName =>
  recorded === 'softmax_cross_entropy' ? 'cross_entropy' : recorded;

/** The name that traces have for a loss: that of classes and that of targets from 0 to 1 are the same there. */
export function recordedLoss(loss: LossName): NetworkLoss {
  if (loss === 'cross_entropy') return 'softmax_cross_entropy';
  return loss === 'sigmoid_cross_entropy' ? 'binary_cross_entropy' : loss;
}

type NetworkLoss = Extract<NetworkTrace, { penalize: string }>['loss'];

type NetworkTrace = Extract<Trace['model'], { kind: 'ffnn' }>;

/** weightDecay as weight_decay. */
export const inPython = (field: string): string =>
  field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const yesOrNo = (value: boolean): string => (value ? 'yes' : 'no');
