import type { Kernels } from '../kernels/kernels.ts';
import { createRng, type Rng } from '../math/rng.ts';
import type { Arena } from './arena.ts';
import type { LayerMemory, LayerSpec } from './network.ts';

/**
 * The layers as training uses them: a layer with dropout has a mask, and feeds its outputs times the mask to the next one.
 * Evaluation uses the layers without masks. N is the size of a batch.
 */
export function layOutDropout(
  layers: readonly LayerMemory[],
  specs: readonly LayerSpec[],
  N: number,
  arena: Arena,
): LayerMemory[] {
  return layers.map((layer, index) => {
    if (specs[index].dropout === undefined) return layer;
    return { ...layer, fed: arena.floats(N * layer.units), mask: arena.floats(N * layer.units) };
  });
}

/** Draws the masks of each step. */
export interface Masks {
  startEpoch(epoch: number): void;
  /** Draws the masks of the next N rows. */
  draw(kernels: Kernels, N: number): void;
}

/**
 * Inverted dropout: in each step, each output of a layer is 0 with probability p, else 1/(1 - p) times as large, so that its
 * mean is what it is without dropout (N. Srivastava et al., Dropout, JMLR 15, 2014; scaled as in PyTorch).
 *
 * Each epoch has its own stream of random numbers, so that a resumed training draws the same masks.
 */
export function createMasks(
  layers: readonly LayerMemory[],
  specs: readonly LayerSpec[],
  seed: number,
): Masks | null {
  if (layers.every(({ mask }) => mask < 0)) return null;
  let rng: Rng | null = null;
  return {
    startEpoch(epoch) {
      rng = createRng(seed, 'dropout', epoch);
    },
    draw({ floats }, N) {
      for (let l = 0; l < layers.length; l++) {
        const { mask, units } = layers[l];
        if (mask < 0) continue;
        const rate = specs[l].dropout!;
        const factor = 1 / (1 - rate);
        const threshold = rate * 2 ** 32;
        const end = mask + N * units;
        for (let i = mask; i < end; i++) floats[i] = rng!.uint32() < threshold ? 0 : factor;
      }
    },
  };
}
