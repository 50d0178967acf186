import type * as Zod from 'zod';
import { printableText } from '../errors.ts';
import { activationNames } from '../nn/activations.ts';

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
  return z.object({
    format: z.literal('fys-nn-trace/1'),
    name: z.string().regex(printableText, 'text without control characters'),
    source: z.string(),
    data: z.object({ x_train: rows, y_train: rows, x_test: rows, y_test: rows }),
    model: z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('ffnn'),
        loss: z.enum(['mse', 'softmax_cross_entropy']),
        layers: z.array(weights.extend({ units: count, activation, l2: penalty })).min(1),
      }),
      z.object({ kind: z.literal('polynomial'), terms, beta: numbers, l2: penalty }),
      z.object({ kind: z.literal('polynomial-closed-form'), terms, l2: penalty }),
    ]),
    sgd: z
      .object({ learning_rate: number.positive(), momentum: number.min(0).lt(1), decay: z.boolean() })
      .nullable(),
    batches: z
      .array(z.array(z.array(z.int().min(0)).min(1)).min(1))
      .min(1)
      .nullable(),
    expect: z.object({
      train_loss: numbers.optional(),
      test_loss: z.union([number, numbers]),
      train_accuracy: numbers.optional(),
      test_accuracy: numbers.optional(),
      test_r2: number.optional(),
      test_output: rows,
      final_layers: z.array(weights).optional(),
      final_beta: numbers.optional(),
    }),
  });
};
