import { losses } from '../nn/losses.ts';
import { type OptimizerName, optimizers, withDefaults } from '../nn/optimizers.ts';
import type { Exercise } from './exercise.ts';
import type { Batch, Place } from './quantities.ts';

/** A layer as texts name it: "layer 1 (hidden)". Layers are numbered from 0, as in files. */
export function layerText(layer: number, { layers }: Pick<Exercise, 'layers'>): string {
  return `layer ${layer} (${layer === layers.length - 1 ? 'output' : 'hidden'})`;
}

/** "delta of layer 1 (hidden)". */
export const quantityText = (
  { quantity, layer }: Pick<Place, 'quantity' | 'layer'>,
  exercise: Pick<Exercise, 'layers'>,
): string => (layer === null ? quantity : `${quantity} of ${layerText(layer, exercise)}`);

/** "step 7 (epoch 1, batch 2)". */
export const stepText = ({ step, epoch, batch }: Pick<Batch, 'step' | 'epoch' | 'batch'>): string =>
  `step ${step} (epoch ${epoch}, batch ${batch})`;

/** "3-8-5-2", "784-…-10" where there are many layers. */
export function sizesText({ x, layers }: Pick<Exercise, 'x' | 'layers'>): string {
  const sizes = [x.shape[1], ...layers.map(({ units }) => units)];
  return (sizes.length > 9 ? [...sizes.slice(0, 4), '…', ...sizes.slice(-3)] : sizes).join('-');
}

/** What is trained and how: "network 3-8-5-2 (tanh, sigmoid, linear), mean squared error, Adam, learning rate 0.01". */
export function exerciseText(exercise: Exercise): string {
  const { layers, loss, optimizer, learningRate, schedule } = exercise;
  const activations = [...new Set(layers.map(({ activation }) => activation))];
  const shown = activations.length === 1 || layers.length > 6 ? activations : layers.map((l) => l.activation);
  const momentum = 'momentum' in optimizer && (withDefaults(optimizer) as { momentum: number }).momentum;
  return [
    `${layers.length === 1 ? 'one layer' : 'network'} ${sizesText(exercise)} (${shown.join(', ')})`,
    losses[loss].title,
    optimizers[optimizer.name as OptimizerName].title +
      (typeof momentum === 'number' && momentum > 0 ? ` with momentum ${momentum}` : ''),
    `learning rate ${learningRate}${schedule === 'constant' ? '' : `, schedule ${schedule}`}`,
  ].join(', ');
}
