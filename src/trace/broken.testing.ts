import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Batch, Place } from './quantities.ts';

const folder = 'data/fixtures/backprop';

/** The ids that a cause in a program's header goes by in mistakes/, where it is not its own. */
const idsOf: Readonly<Record<string, readonly string[]>> = {
  'loss-derivative-half': ['mse-factor-2'],
  'loss-half': ['factor:loss:1/2'],
  'loss-times-rows': ['factor:loss:N'],
  'loss-over-outputs': ['factor:loss:1/P'],
  'loss-derivative-over-outputs': ['factor:output-delta:1/P'],
  'gradient-sign': ['factor:output-delta:-1', 'factor:rate:-1', 'update-sign'],
  'gradient-times-rows': ['factor:output-delta:N', 'factor:rate:N'],
  'gradient-over-rows': ['factor:output-delta:1/N', 'rate-over-rows'],
  'data-gradient-times-rows': ['factor:output-delta:N', 'factor:kernel-gradient:N'],
  'adam-t-per-epoch': ['t-of-epochs'],
  'adam-t-per-parameter': ['t-per-array'],
  'weight-decay-without-rate': ['decay-without-rate'],
  'bias-not-updated': ['update-missing:biases'],
  'clip-each-array': ['clipping-per-array'],
  'clip-values': ['clipping-by-value'],
  'schedule-by-epoch': ['schedule-steps-1'],
  'schedule-from-one': ['schedule-epoch-from-1'],
  'schedule-restarts': ['schedule-epoch-ignored'],
  'gradient-accumulated': ['gradient-not-reset'],
  'penalty-kind': ['l1-as-l2'],
  'penalty-half': ['l2-half'],
  'momentum-order': ['momentum-old-velocity'],
  'state-reset-each-epoch': ['state-per-epoch', 'optimizer-per-epoch'],
  'state-reset-each-step': ['state-per-step', 'optimizer-per-step'],
  'state-shared-by-layers': ['state-per-size'],
  'updated-weights-in-delta': ['update-before-backward'],
  'bias-mean': ['factor:bias-gradient:1/N'],
};

/** A mistake that was planted in a program. */
export interface Planted {
  readonly mistake: string;
  /** Where it shows first. */
  readonly place: string;
  readonly cause: string;
  /** The ids of `cause`. */
  readonly ids: readonly string[];
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
  const header = source.split('\n').filter((line) => /^# (mistake|place|cause): /.test(line));
  const values = header.map((line) => line.slice(line.indexOf(': ') + 2));
  return Array.from({ length: values.length / 3 }, (_, i) => {
    const [mistake, place, cause] = values.slice(3 * i, 3 * i + 3);
    return { mistake, place, cause, ids: idsOf[cause] ?? [cause] };
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
