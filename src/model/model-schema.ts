import type * as Zod from 'zod';
import { dtypes } from '../math/dtype.ts';
import { activationNames } from '../nn/activations.ts';
import { lossNames } from '../nn/losses.ts';
import { modelFormat } from './saved-model.ts';

/** What a model file says, with its arrays as JSON. */
export type ModelJson = Zod.infer<ReturnType<typeof modelSchema>>;

/** The schema of a model file. The caller passes in zod, so that --help does not load it. */
export const modelSchema = (z: typeof Zod.z) => {
  const number = z.number();
  const count = z.int().min(1).max(1e8);
  const text = z.string().min(1);
  const array = z.union([
    z.array(z.unknown()),
    z.strictObject({ shape: z.array(count), dtype: z.enum(dtypes), base64: z.string() }),
  ]);
  const exponents = z.array(z.int().min(0).max(1000)).min(1);
  const step = z.discriminatedUnion('step', [
    z.strictObject({ step: z.literal('fill'), by: array }),
    z.strictObject({ step: z.literal('divide'), by: number.positive() }),
    z.strictObject({ step: z.literal('subtract'), means: array }),
    z.strictObject({ step: z.literal('polynomial'), exponents: z.array(exponents).min(1) }),
    z.strictObject({ step: z.literal('scale'), offsets: array, factors: array }),
  ]);
  return z.strictObject({
    format: z.literal(modelFormat),
    trial: text,
    config: z.record(z.string(), z.unknown()),
    about: z
      .strictObject({
        program: text,
        title: text,
        data: z.strictObject({ title: text, source: text.nullable(), license: text.nullable() }),
      })
      .optional(),
    inputs: z.strictObject({
      columns: count,
      names: z.array(text).nullable(),
      table: z
        .array(z.strictObject({ name: text, levels: z.array(z.string()).nullable() }))
        .min(1)
        .optional(),
    }),
    preprocessing: z.array(step),
    layers: z
      .array(
        z.strictObject({
          units: count,
          activation: z.enum([...activationNames, 'softmax']),
          kernel: array,
          bias: array.nullable(),
        }),
      )
      .min(1),
    loss: z.enum(lossNames),
    target: z.strictObject({
      name: text.nullable(),
      offset: number,
      factor: number.refine((factor) => factor !== 0, 'a number other than 0'),
      classes: count,
      classNames: z.array(text).nullable(),
      levels: z.array(z.string()).optional(),
    }),
    dtype: z.enum(dtypes),
    sums: z.enum(['network', 'linear']),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional(),
  });
};
