import { UserError } from '../errors.ts';
import type { GivenWeights } from '../trial/solvers/solver.ts';
import type { SettingLists } from './options.ts';

interface FoundWeights {
  /** The lists with what identifies the weights in place of paths, which are no part of a trial. */
  readonly lists: SettingLists;
  readonly weights: ReadonlyMap<string, GivenWeights>;
  /** The paths of the files by what identifies their weights. */
  readonly paths: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

/** Reads the files of {initWeights}. Errors: UserError for a file without the weights of a network. */
export async function findInitialWeights(lists: SettingLists): Promise<FoundWeights> {
  const weights = new Map<string, GivenWeights>();
  const paths = (lists.initWeights ?? []).filter((path) => path !== 'none').map(String);
  if (paths.length === 0) return { lists, weights, paths: {}, notes: [] };
  const { readTensors } = await import('../model/formats.ts');
  const { importedWeights, shapeText } = await import('../model/imported-weights.ts');
  const { digestOfWeights } = await import('../trial/initial-weights.ts');
  const notes: string[] = [];
  const labels = new Map<string, string>();
  for (const path of paths) {
    if (/^sha256:[0-9a-f]{12}$/.test(path)) throw noFile(path);
    const file = JSON.stringify(path);
    const { layers, order, reason } = importedWeights(await readTensors(path), null, file);
    const digest = digestOfWeights(layers);
    const label = `sha256:${digest.slice(0, 12)}`;
    labels.set(path, label);
    weights.set(label, { file, digest, layers });
    const shapes = layers.map(({ inputs, units }) => shapeText([inputs, units])).join(', ');
    notes.push(
      `{initWeights} ${file} is ${label}: kernels ${shapes}, stored ${orderWords[order]} (${reason})`,
    );
  }
  const initWeights = lists.initWeights!.map((path) => labels.get(String(path)) ?? path);
  const pathOf = Object.fromEntries([...labels].reverse().map(([path, label]) => [label, path]));
  return { lists: { ...lists, initWeights: [...new Set(initWeights)] }, weights, paths: pathOf, notes };
}

/** Results name weights by their digest, never by where they were. */
function noFile(label: string): UserError {
  return new UserError({
    what: `{initWeights} ${label} names weights, and no file with them`,
    expected: 'the path of a file with weights, several with commas between them, or none',
    received: label,
    remedy: 'give their file again: {initWeights} weights.npz',
  });
}

const orderWords = { 'in-out': '[inputs][units]', 'out-in': '[units][inputs]' } as const;
