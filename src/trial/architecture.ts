import { UserError } from '../errors.ts';
import { createRng } from '../math/rng.ts';
import type { ActivationName } from '../nn/activations.ts';
import type { BiasInit, KernelInit } from '../nn/initializers.ts';
import { type Loss, type LossName, losses } from '../nn/losses.ts';
import type { LayerSpec } from '../nn/network.ts';
import { hiddenUnits, type Settings } from '../parsing/option.ts';

/** What the report's random networks choose from. Initialisers that are added to the tables do not change these networks. */
const randomKernelInits: readonly KernelInit[] = ['random_normal', 'glorot_uniform'];
const randomBiasInits: readonly BiasInit[] = ['zeros', 'random_normal'];

/** The layers that the settings describe: hidden layers, which differ in width and may differ in activation, then the output layer. */
export function layersFromSettings(settings: Settings, loss: LossName, classes: number): LayerSpec[] {
  const { hidden = 'none', activation, dropout, kernelInit, biasInit, outputBiasInit } = settings;
  const kernel = kernelInit as KernelInit;
  const outputBias =
    outputBiasInit === 'as_kernel'
      ? kernel === 'random_normal'
        ? 'random_normal'
        : 'zeros'
      : outputBiasInit;
  return [
    ...hiddenUnits(hidden as string).map((units, layer, all) => ({
      units,
      activation: activationOf(activation as string, layer, all.length),
      kernelInit: kernel,
      biasInit: biasOrNone(biasInit as string),
      ...dropoutOf(dropout, layer, all.length),
    })),
    { ...outputOf(settings, loss, classes), kernelInit: kernel, biasInit: biasOrNone(outputBias as string) },
  ];
}

/** The activation of a layer: "relu" for every layer, or "sigmoid-relu" with a name for each. */
function activationOf(activation: string, layer: number, layers: number): ActivationName {
  return partOf('activation', activation.split('-'), layer, layers) as ActivationName;
}

/** The dropout of a layer: "0.2" for every layer, or "0.2-0.5" with a rate for each. 0 is none. */
function dropoutOf(
  dropout: Settings[string] | undefined,
  layer: number,
  layers: number,
): Pick<LayerSpec, 'dropout'> {
  const rates = String(dropout ?? 0).split(/(?<!e)-/);
  const rate = Number(partOf('dropout', rates, layer, layers));
  return rate === 0 ? {} : { dropout: rate };
}

/** The part of a setting that is a layer's: one for all hidden layers, or one for each. */
function partOf(option: string, parts: readonly string[], layer: number, layers: number): string {
  if (parts.length === 1) return parts[0];
  if (parts.length === layers) return parts[layer];
  throw new UserError({
    what: `{${option}} has ${parts.length} parts for ${layers === 1 ? '1 hidden layer' : `${layers} hidden layers`}`,
    expected: 'one for all hidden layers, or one for each',
    received: parts.join('-'),
    remedy: `write {${option}} ${parts[0]}, or as many parts as there are hidden layers`,
  });
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
      kernelInit: randomKernelInits[rng.below(randomKernelInits.length)],
      biasInit: randomBiasInits[rng.below(randomBiasInits.length)],
      ...dropoutOf(settings.dropout, layer, hidden),
    });
  }
  return [
    ...layers,
    { ...outputOf(settings, loss, classes), kernelInit: 'glorot_uniform', biasInit: 'zeros' },
  ];
}

/** The output layer's units and activation, which depend on the loss and the data. */
function outputOf(
  { outputActivation = 'auto' }: Settings,
  loss: LossName,
  classes: number,
): Pick<LayerSpec, 'units' | 'activation'> {
  const { units, output, anyOutput }: Loss = losses[loss];
  if (outputActivation === 'auto' || outputActivation === output)
    return { units: units(classes), activation: output };
  if (anyOutput) return { units: units(classes), activation: outputActivation as ActivationName };
  throw new UserError({
    what: `{loss} ${loss} has ${output} as the activation of its output`,
    expected: `{outputActivation} auto or ${output}`,
    received: outputActivation,
    remedy: 'leave out {outputActivation}, or choose another {loss}',
  });
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
