import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Batch, Place } from '../trace/quantities.ts';

const folder = 'data/fixtures/backprop';

/** The ids that a cause in a program's header goes by in mistakes/, where it is not its own. */
const idsOf: Readonly<Record<string, readonly string[]>> = {
  'adagrad-one-number': ['squares-sum'],
  'adam-no-bias-correction': ['adam-no-correction'],
  'adam-shared-moments': ['m-is-s'],
  'adam-t-from-zero': ['t-from-0-uncorrected'],
  'adam-t-per-epoch': ['t-of-epochs'],
  'adam-t-per-parameter': ['t-per-array'],
  'another-activation': [
    'activation-relu',
    'activation-sigmoid',
    'activation-linear',
    'forward-activation-linear-derivative-at-z',
  ],
  'bias-axis': ['bias-gradient-over-units'],
  'bias-first-row': ['gradient-first-row'],
  'bias-mean': ['bias-gradient-mean', 'factor:bias-gradient:1/N'],
  'bias-not-added': ['bias-forgotten'],
  'bias-not-updated': ['update-missing', 'gradient-zero:bias'],
  'bias-total': ['bias-gradient-total'],
  'binary-loss-half': ['loss-first-class-only'],
  broadcast: ['broadcast-loss-mean', 'broadcast-delta-outputs', 'broadcast-delta'],
  'clip-each-array': ['clipping-per-array'],
  'clip-values': ['clipping-by-value'],
  'cross-entropy-derivative-again': ['output-derivative-again'],
  'data-gradient-times-rows': ['gradient-not-averaged', 'factor:output-delta:N'],
  'derivative-at-activation': ['derivative-at-a'],
  'derivative-formula': ['derivative-is-1-minus-a'],
  'derivative-of-another-activation': ['derivative-of-relu', 'derivative-of-tanh'],
  'derivative-of-another-layer': ['derivative-of-layer:1-2'],
  'derivative-of-another-loss': ['delta-is-mse'],
  'epsilon-unscaled': ['epsilon-uncorrected'],
  'gradient-accumulated': ['gradient-not-reset', 'gradient-accumulated'],
  'gradient-from-z': ['kernel-gradient-from-z'],
  'gradient-over-rows': ['gradient-averaged-again', 'rate-over-rows', 'factor:output-delta:1/N'],
  'gradient-sign': ['delta-sign', 'update-sign', 'factor:output-delta:-1'],
  'gradient-times-rows': ['delta-not-averaged', 'gradient-not-averaged', 'factor:output-delta:N'],
  'gradient-transposed': ['kernel-gradient-transposed'],
  'inputs-min-max': ['x-min-max'],
  'inputs-standardised': ['x-standardised'],
  'kernel-not-transposed': ['delta-kernel-not-transposed'],
  'kernel-of-another-layer': ['delta-through-own-kernel'],
  'kernel-reshaped': ['delta-kernel-reshaped'],
  'kernel-transposed-forward': ['kernels-start-transposed'],
  'last-batch-dropped': ['batches-last-dropped'],
  'leaky-slope': ['activation-leaky_relu-0.1', 'activation-leaky_relu-0.2'],
  'loss-derivative-half': ['mse-factor-2'],
  'loss-derivative-over-outputs': ['delta-averaged-over-outputs', 'factor:output-delta:1/P'],
  'loss-half': ['loss-factor-2', 'factor:loss:1/2'],
  'loss-over-outputs': ['loss-averaged-over-outputs', 'factor:loss:1/P'],
  'loss-times-rows': ['loss-not-averaged', 'factor:loss:N'],
  'loss-with-penalty': ['loss-penalty'],
  'momentum-dampened': ['momentum-dampened-rate-outside'],
  'momentum-order': ['momentum-old-velocity'],
  'output-derivative-added': ['derivative-of-sigmoid'],
  'output-derivative-missing': ['derivative-missing'],
  'penalty-half': ['l2-half'],
  'penalty-kind': ['l1-as-l2'],
  'penalty-twice': ['penalty-in-gradient-and-weights'],
  'relu-derivative-at-zero': ['derivative-at-zero'],
  'same-batch': ['batches-first-of-epoch'],
  'same-epoch': ['batches-of-first-epoch'],
  'schedule-by-epoch': ['schedule-steps-1'],
  'schedule-from-one': ['schedule-epoch-from-1'],
  'schedule-per-step': ['schedule-is-decay_per_step'],
  'schedule-restarts': ['schedule-epoch-ignored'],
  'softmax-axis': ['softmax-over-rows'],
  'softmax-whole': ['softmax-over-batch'],
  'state-reset-each-epoch': ['state-per-epoch', 'optimizer-per-epoch'],
  'state-reset-each-step': ['state-per-step', 'optimizer-per-step'],
  'state-shared-by-layers': ['state-per-size', 'state-per-size-backwards'],
  'targets-in-other-order': ['y-in-order'],
  'updated-weights-in-delta': ['delta-after-update', 'update-before-backward'],
  'weight-decay-without-rate': ['decay-without-rate'],
};

/** A mistake that was planted in a program. */
export interface Planted {
  readonly mistake: string;
  /** Where it shows first. */
  readonly place: string;
  readonly cause: string;
  /** Whether the id of a mistake is of this cause, perhaps in some layers only (`derivative-missing:layer-0`). */
  readonly isCalled: (id: string) => boolean;
  /** Whether a check can name it. */
  readonly isNamed: boolean;
}

/** A program in data/fixtures/backprop/programs. */
export interface Program {
  readonly name: string;
  /** In the order in which they are found; none in a right program. */
  readonly planted: readonly Planted[];
}

const programs: readonly Program[] = readdirSync(join(folder, 'programs'))
  .filter((file) => file.endsWith('.py'))
  .sort()
  .map((file) => ({
    name: file.slice(0, -'.py'.length),
    planted: plantedIn(readFileSync(join(folder, 'programs', file), 'utf8')),
  }));
export const broken = programs.filter(({ planted }) => planted.length > 0);
export const right = programs.filter(({ planted }) => planted.length === 0);

/** The mistakes that the header of a program names (data/README.md). */
function plantedIn(source: string): Planted[] {
  const planted: Record<string, string>[] = [];
  for (const line of source.split('\n')) {
    const [, key, value] = /^# (mistake|place|cause|named): (.*)$/.exec(line) ?? [];
    if (key === 'mistake') planted.push({});
    if (key !== undefined) planted[planted.length - 1][key] = value;
  }
  return planted.map(({ mistake, place, cause, named }) => {
    const ids = idsOf[cause] ?? [cause];
    const isCalled = (id: string) => ids.some((known) => id === known || id.startsWith(`${known}:`));
    return { mistake, place, cause, isCalled, isNamed: named !== 'no' };
  });
}

/** Each mistake with the name of the recording in which it is the first: NAME.1 is after the first fix. */
export const withMistake = (of: readonly Program[]): [string, Planted][] =>
  of.flatMap(({ name, planted }) =>
    planted.map((mistake, fixed): [string, Planted] => [fixed === 0 ? name : `${name}.${fixed}`, mistake]),
  );

/** Writes what the programs recorded into a folder, as NAME.json. */
export function unpackRecordings(to: string): void {
  for (const file of readdirSync(join(folder, 'recordings')))
    writeFileSync(
      join(to, file.slice(0, -'.gz'.length)),
      gunzipSync(readFileSync(join(folder, 'recordings', file))),
    );
}

/** "steps.0.layers.1.delta", as in files. */
export const placeText = ({ step }: Batch, { layer, quantity }: Place): string =>
  `steps.${step}.${layer === null ? '' : `layers.${layer}.`}${quantity}`;
