import { UserError } from '../errors.ts';
import { createRng } from '../math/rng.ts';
import type { ActivationName } from '../nn/activations.ts';
import { type BiasInit, biasInits, type KernelInit, kernelInits } from '../nn/initializers.ts';
import { type LossName, losses } from '../nn/losses.ts';
import type { LayerSpec } from '../nn/network.ts';
import { hiddenUnits, type Settings } from '../parsing/option.ts';

/** The layers that the settings describe: hidden layers, which differ only in width, then the output layer. */
export function layersFromSettings(settings: Settings, loss: LossName, classes: number): LayerSpec[] {
  const { hidden = 'none', activation, kernelInit, biasInit, outputBiasInit } = settings;
  const kernel = kernelInit as KernelInit;
  const outputBias =
    outputBiasInit === 'as_kernel'
      ? kernel === 'random_normal'
        ? 'random_normal'
        : 'zeros'
      : outputBiasInit;
  return [
    ...hiddenUnits(hidden as string).map((units) => ({
      units,
      activation: activation as ActivationName,
      kernelInit: kernel,
      biasInit: biasOrNone(biasInit as string),
    })),
    { ...outputOf(loss, classes), kernelInit: kernel, biasInit: biasOrNone(outputBias as string) },
  ];
}

/**
 * Draws a random network: the number of hidden layers, then the width, activation and initialisation of each.
 *
 * Every layer draws the same number of random values, so that changing one range does not change the random values of
 * other choices.
 */
export function randomLayers(settings: Settings, loss: LossName, classes: number): LayerSpec[] {
  const { seed, net, minHiddenLayers, maxHiddenLayers, minNodes, maxNodes, activationPool } =
    settings as Record<string, number> & { activationPool: string };
  checkRange('{minHiddenLayers}', minHiddenLayers, '{maxHiddenLayers}', maxHiddenLayers);
  checkRange('{minNodes}', minNodes, '{maxNodes}', maxNodes);
  const pool = activationPool.split('+') as ActivationName[];
  const rng = createRng(seed, 'architecture', net);
  const hidden = minHiddenLayers + rng.below(maxHiddenLayers - minHiddenLayers + 1);
  const layers: LayerSpec[] = [];
  for (let layer = 0; layer < hidden; layer++) {
    layers.push({
      units: minNodes + rng.below(maxNodes - minNodes + 1),
      activation: pool[rng.below(pool.length)],
      kernelInit: kernelInits[rng.below(kernelInits.length)],
      biasInit: biasInits[rng.below(biasInits.length)],
    });
  }
  return [...layers, { ...outputOf(loss, classes), kernelInit: 'glorot_uniform', biasInit: 'zeros' }];
}

/** The output layer's units and activation, which depend on the loss and the data. */
function outputOf(loss: LossName, classes: number): Pick<LayerSpec, 'units' | 'activation'> {
  const { units, output } = losses[loss];
  return { units: units(classes), activation: output };
}

/** "13 relu glorot_uniform zeros | 7 sigmoid ..." for tables. */
export function describeHiddenLayers(layers: readonly LayerSpec[]): string {
  return layers
    .slice(0, -1)
    .map(
      ({ units, activation, kernelInit, biasInit }) =>
        `${units} ${activation} ${kernelInit} ${biasInit ?? 'none'}`,
    )
    .join(' | ');
}

/** "13 relu, 7 sigmoid": without the initialisers, for people. */
export function shortHiddenLayers(layers: readonly LayerSpec[]): string {
  return layers
    .slice(0, -1)
    .map(({ units, activation }) => `${units} ${activation.replaceAll('_', ' ')}`)
    .join(', ');
}

function biasOrNone(init: string): BiasInit | null {
  return init === 'none' ? null : (init as BiasInit);
}

function checkRange(lowFlag: string, low: number, highFlag: string, high: number): void {
  if (low <= high) return;
  throw new UserError({
    what: `${lowFlag} is larger than ${highFlag}`,
    expected: `${lowFlag} <= ${highFlag}`,
    received: `${low} and ${high}`,
    remedy: 'swap them or change one',
  });
}
