import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Explanation } from './check-result.ts';
import type { Batch, Place } from './quantities.ts';

const folder = 'data/fixtures/backprop';

/** A mistake that was planted in a program. */
export interface Planted {
  readonly mistake: string;
  /** Where it shows first. */
  readonly place: string;
  /** A key of `causes`. */
  readonly cause: string;
}

/** A program in data/fixtures/backprop/programs. */
export interface Program {
  readonly name: string;
  /** In the order in which they are found; none in a right program. */
  readonly planted: readonly Planted[];
}

/** The programs, by their headers (data/README.md). */
export function programs(): Program[] {
  return readdirSync(join(folder, 'programs'))
    .filter((file) => file.endsWith('.py'))
    .sort()
    .map((file) => ({
      name: file.slice(0, -'.py'.length),
      planted: plantedIn(readFileSync(join(folder, 'programs', file), 'utf8')),
    }));
}

function plantedIn(source: string): Planted[] {
  const planted: { -readonly [Key in keyof Planted]: Planted[Key] }[] = [];
  for (const line of source.split('\n')) {
    const [, key, value] = /^# ([a-z ]+): (.*)$/.exec(line) ?? [];
    if (!line.startsWith('# ')) break;
    if (key === 'mistake') planted.push({ mistake: value, place: '', cause: '' });
    if (key === 'place' || key === 'cause') planted[planted.length - 1][key] = value;
  }
  return planted;
}

/** Writes what the programs recorded into a folder, as NAME.json; NAME.1.json is that of a program with its first fix. */
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

/** The ids of mistakes that a planted cause may be called by. */
const causes: Readonly<Record<string, readonly string[]>> = {
  'loss-derivative-half': ['mse-factor-2'],
  'loss-half': ['factor:loss:1/2'],
  'loss-times-rows': ['factor:loss:N'],
  'loss-over-outputs': ['factor:loss:1/P'],
  'loss-derivative-over-outputs': ['factor:output-delta:1/P'],
  'gradient-sign': ['factor:output-delta:-1', 'factor:rate:-1'],
  'gradient-times-rows': ['factor:output-delta:N', 'factor:rate:N'],
  'gradient-over-rows': ['factor:output-delta:1/N', 'factor:rate:1/N'],
  'data-gradient-times-rows': ['factor:output-delta:N', 'factor:kernel-gradient:N'],
  'bias-mean': ['factor:bias-gradient:1/N'],
};

/** Whether an explanation is of a planted mistake, and of that alone. */
export const isOf = ({ cause }: Planted, { ids }: Pick<Explanation, 'ids'>): boolean =>
  ids.length === 1 && (causes[cause] ?? [cause]).includes(ids[0]);
