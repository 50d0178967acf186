import { divergenceTest } from '../nn/divergence.ts';
import { createRecord } from '../nn/epochs.ts';
import { type Score, scoresOf } from '../nn/evaluate.ts';
import type { Loss } from '../nn/losses.ts';
import type { LayerWeights } from '../nn/network.ts';
import { isSparse, type Samples } from '../nn/samples.ts';
import type { Trained, Training } from '../nn/train.ts';
import type { Arrays, PythonLibrary } from './python-library.ts';

/** In the order of `splitsOf`. */
export const parts = ['train', 'test', 'validation'] as const;
type Part = (typeof parts)[number];

interface Answer {
  readonly outputs: { readonly [Name in Part]?: readonly number[] };
}

interface Followed {
  readonly train: Samples;
  readonly training: Pick<Training, 'validation'>;
  readonly loss: Loss;
  readonly onEpoch: (epoch: number) => void;
}

/**
 * The training of a network by a Python library. Its program reports the number of each epoch, and where it is evaluated the
 * loss and the second metric of each part; of epoch 0 the loss of the initial weights. Like `train` it stops when it has diverged.
 */
export async function followTraining<Versions>(
  library: PythonLibrary<Versions>,
  job: object,
  expected: Versions,
  arrays: Arrays,
  { train, training: { validation }, loss, onEpoch }: Followed,
): Promise<Omit<Trained, 'weights'>> {
  let initialLoss = Number.NaN;
  const hasDiverged = divergenceTest(loss, train, () => initialLoss);
  const record = createRecord(hasDiverged, onEpoch, null, validation !== undefined);
  const hear = ([epoch, ...values]: unknown[]): boolean => {
    const scores = scoresIn(values, loss.second !== null);
    if (epoch === 0) initialLoss = scores[0].loss;
    else record.add(epoch as number, scores.length === 0 ? null : scoresOf(scores), () => []);
    return !record.isOver();
  };
  const answer = await library.follow<Answer>(job, expected, arrays, hear);
  const outputs = (part: Part) => Float64Array.from(answer?.outputs[part] ?? []);
  return {
    train: record.train,
    test: record.test,
    divergedAt: record.divergedAt(),
    testOutputs: outputs('test'),
    trainOutputs: outputs('train'),
    ...(validation === undefined
      ? {}
      : { validation: record.validation!, validationOutputs: outputs('validation') }),
  };
}

/** The scores in a report, which has the loss and the second metric of each part; null for what is not finite. */
function scoresIn(values: readonly unknown[], hasSecond: boolean): Score[] {
  const numbers = values.map((value) => (value ?? Number.NaN) as number);
  const scores: Score[] = [];
  for (let at = 0; at < numbers.length; at += 2)
    scores.push({ loss: numbers[at], second: hasSecond ? numbers[at + 1] : null });
  return scores;
}

/** The rows of each part, in the order of `splitsOf`. */
export function samplesArrays(splits: readonly Samples[]): Arrays {
  return Object.assign({}, ...splits.map((samples, index) => arraysOfPart(parts[index], samples)));
}

function arraysOfPart(part: Part, { rows, inputs, targets }: Samples): Arrays {
  const common: Arrays = { [`${part}_targets`]: [targets, [rows, targets.length / rows]] };
  if (!isSparse(inputs)) return { ...common, [`${part}_inputs`]: [inputs, [rows, inputs.length / rows]] };
  const { csr } = inputs;
  return {
    ...common,
    // Training and test rows are rows of one matrix.
    values: [csr.values, [csr.values.length]],
    columns: [csr.indices, [csr.indices.length]],
    starts: [csr.starts, [csr.starts.length]],
    [`${part}_rows`]: [inputs.rows, [rows]],
  };
}

/** The initial weights, by layer. */
export function weightsArrays(weights: readonly LayerWeights[]): Arrays {
  const arrays: Record<string, Arrays[string]> = {};
  weights.forEach(({ kernel, bias }, index) => {
    arrays[`kernel${index}`] = [kernel, [kernel.length]];
    if (bias !== null) arrays[`bias${index}`] = [bias, [bias.length]];
  });
  return arrays;
}
