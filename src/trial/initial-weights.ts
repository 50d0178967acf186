import { createHash } from 'node:crypto';
import type { Sources } from '../datasets/dataset.ts';
import { UserError } from '../errors.ts';
import { givenInit } from '../nn/initializers.ts';
import type { LayerSpec, LayerWeights } from '../nn/network.ts';
import { weightsToBytes } from '../nn/weights-bytes.ts';
import type { GivenWeights } from './solvers/solver.ts';

/** What identifies initial weights, wherever they are from: the SHA-256 of `weightsToBytes` in float64. */
export function digestOfWeights(weights: readonly LayerWeights[]): string {
  return createHash('sha256').update(weightsToBytes(weights, 'float64')).digest('hex');
}

/**
 * The layers of a network with `inputs` inputs that begins with the given weights. They decide which layers have a bias. Errors:
 * UserError that names the array that does not fit.
 */
export function withGivenWeights(
  layers: readonly LayerSpec[],
  { file, layers: given }: GivenWeights,
  inputs: number,
): LayerSpec[] {
  const misfit = (what: string, expected: string, received: string) =>
    new UserError({
      what: `the weights of ${file} do not fit the network: ${what}`,
      expected,
      received,
      remedy: 'change {hidden} or the features, or give weights of this network',
    });
  if (given.length !== layers.length) {
    const counts = `${layers.length} with the output layer`;
    throw misfit('they have another number of layers', counts, String(given.length));
  }
  return layers.map((layer, index) => {
    const { inputs: from, units, bias, names } = given[index];
    const before = index === 0 ? inputs : layers[index - 1].units;
    if (from !== before || units !== layer.units) {
      const name = JSON.stringify(names[0]);
      throw misfit(`${name} has another shape`, `[${before}][${layer.units}]`, `[${from}][${units}]`);
    }
    return { ...layer, kernelInit: givenInit, biasInit: bias === null ? null : givenInit };
  });
}

/** The initial weights of a model that does not draw them; null for one that does. Errors: weights that are not there. */
export function givenWeights(
  { initialWeights: digest }: { readonly solver: string; readonly initialWeights?: string },
  { initialWeights = {} }: Sources,
): readonly LayerWeights[] | null {
  if (digest === undefined) return null;
  if (Object.hasOwn(initialWeights, digest)) return initialWeights[digest];
  throw new UserError({
    what: 'the initial weights of a trial are missing',
    expected: `weights with the SHA-256 ${digest.slice(0, 12)}...`,
    remedy: 'give their file with {initWeights}',
  });
}
