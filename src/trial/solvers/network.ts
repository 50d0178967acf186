import type * as Zod from 'zod';
import { UserError } from '../../errors.ts';
import { activationNames } from '../../nn/activations.ts';
import { biasInits, givenInit, kernelInitializer, kernelInits } from '../../nn/initializers.ts';
import { defaultDelta, type LossName, losses, lossesOf, lossNames } from '../../nn/losses.ts';
import type { LayerSpec } from '../../nn/network.ts';
import { choice, integer, number, type Option, type Settings, widths } from '../../parsing/option.ts';
import { parseChoice, parseNumber } from '../../parsing/value-list.ts';
import { layersFromSettings, randomLayers } from '../architecture.ts';
import { withGivenWeights } from '../initial-weights.ts';
import type { ModelContext } from './solver.ts';

/** A network and its objective, independent of how it is trained. */
export interface NetworkConfig {
  readonly layers: readonly LayerSpec[];
  /** The number of the draw of initial weights from the seed. Each random network has its own. */
  readonly draw: number;
  /** `digestOfWeights` of initial weights that are given; absent: they are drawn. */
  readonly initialWeights?: string;
  readonly loss: LossName;
  /** The width of the Huber loss; absent: `defaultDelta`, or a loss without one. */
  readonly delta?: number;
  /** The factor lambda of the penalty lambda sum(w^2). */
  readonly lambda: number;
  /** The factor of the penalty l1 sum(|w|). */
  readonly l1: number;
  readonly penalizeBiases: boolean;
}

export const networkDefaults: Partial<NetworkConfig> = {
  draw: 0,
  delta: defaultDelta,
  lambda: 0,
  l1: 0,
  penalizeBiases: true,
};

/** The options of a network's layers and objective. */
export const networkOptions = {
  net: integer('number of the random network', 1, 1e6),
  minHiddenLayers: integer('fewest hidden layers of a random network', 0, 100),
  maxHiddenLayers: integer('most hidden layers of a random network', 0, 100),
  minNodes: integer('fewest nodes of a random layer', 1, 1e5),
  maxNodes: integer('most nodes of a random layer', 1, 1e5),
  activationPool: {
    placeholder: 'names',
    description: `activations to choose from for random layers, joined by +: ${activationNames.join(', ')}`,
    type: 'string',
    parse: (value: string, flag: string) =>
      value
        .split('+')
        .map((name) => parseChoice(name.trim(), activationNames, flag))
        .join('+'),
  },
  hidden: widths('nodes of the hidden layers, joined by -: 128, 64-32, none'),
  activation: {
    ...choice('activation of the hidden layers, or one for each, joined by -', activationNames),
    parse: (value: string, flag: string) =>
      value
        .split('-')
        .map((name) => parseChoice(name.trim(), activationNames, flag))
        .join('-'),
  },
  dropout: {
    placeholder: 'x',
    description:
      'share of the outputs of each hidden layer that is set to 0 in a training step, or one for each layer, joined by -',
    type: 'string',
    numbers: 'any',
    isJoined: true,
    parse: parseDropout,
  },
  kernelInit: {
    ...choice(
      `initial weights: ${kernelInits.join(', ')}, or normal:0.1 for a normal distribution with that standard deviation`,
      kernelInits,
    ),
    parse: parseKernelInit,
  },
  biasInit: choice('initial biases of the hidden layers', [...biasInits, 'none']),
  outputBiasInit: choice(
    'initial output bias: zeros, random_normal, none, or as_kernel: random_normal if the weights are, else zeros',
    [...biasInits, 'none', 'as_kernel'],
  ),
  initWeights: {
    placeholder: 'file',
    description:
      'initial weights from a file of NumPy (npz), PyTorch (safetensors) or a saved model, instead of drawn ones; none: drawn',
    type: 'string',
    split: (list: string) => list.split(',').map((path) => path.trim()),
    parse: parsePath,
  },
  outputActivation: choice('activation of the output layer; auto: that of the loss', [
    'auto',
    ...activationNames,
  ]),
  loss: choice('loss to minimise', lossNames),
  delta: number(
    'width of the Huber loss: larger errors count by their size, smaller ones by half their square',
    'a finite number > 0',
    (x) => x > 0,
  ),
  penalize: choice('weights that the penalty applies to', ['all', 'kernels']),
} satisfies Record<string, Option>;

/** "0.20-0" as "0.2-0". */
function parseDropout(value: string, flag: string): string {
  const rates = value.split(/(?<!e)-/i).map((text) => parseNumber(text.trim(), flag));
  if (rates.every((rate) => rate >= 0 && rate < 1)) return rates.join('-');
  throw new UserError({
    what: `${flag} is out of range`,
    expected: 'numbers >= 0 and below 1, joined by -',
    received: value,
    remedy: `write ${flag} 0.2 for all hidden layers, or ${flag} 0.2-0.5 for two`,
  });
}

function parseKernelInit(value: string, flag: string): string {
  const deviation = /^normal(:(.*))?$/.exec(value)?.[2];
  if (deviation === undefined && value !== 'normal') return parseChoice(value, kernelInits, flag);
  const name = `normal:${Number(deviation)}`;
  if (deviation !== '' && kernelInitializer(name) !== null) return name;
  throw new UserError({
    what: `${flag} normal needs its standard deviation`,
    expected: 'normal:SD with a finite number SD > 0',
    received: value,
    remedy: `write ${flag} normal:0.1`,
  });
}

function parsePath(path: string, flag: string): string {
  if (path !== '') return path;
  throw new UserError({
    what: `${flag} has no file`,
    expected: 'the path of a file with weights, several with commas between them, or none',
    received: path,
    remedy: `write ${flag} weights.npz`,
  });
}

export const networkReads = [...Object.keys(networkOptions), 'lambda', 'l1'];

export function networkConfig(settings: Settings, context: ModelContext): NetworkConfig {
  const { architecture, task, facts } = context;
  const loss = settings.loss as LossName;
  checkLoss(loss, task, facts.labels);
  const random = architecture === 'random';
  const layers = (random ? randomLayers : layersFromSettings)(settings, loss, facts.classes);
  const given = context.initialWeights.get(String(settings.initWeights));
  return {
    layers: given === undefined ? layers : withGivenWeights(layers, given, context.inputs),
    draw: random && given === undefined ? (settings.net as number) : 0,
    ...(given === undefined ? {} : { initialWeights: given.digest }),
    loss,
    ...(losses[loss].withDelta === null ? {} : { delta: settings.delta as number }),
    lambda: settings.lambda as number,
    l1: settings.l1 as number,
    penalizeBiases: settings.penalize === 'all',
  };
}

function checkLoss(loss: LossName, task: ModelContext['task'], labels: number): void {
  const fitting = lossesOf(task);
  if (!fitting.includes(loss)) {
    throw new UserError({
      what: `{loss} ${loss} is not a loss for ${task}`,
      expected: fitting.join(' or '),
      received: loss,
      // The binary cross-entropy has a name for each task.
      remedy: `use {loss} ${fitting.find((name) => losses[name].title === losses[loss].title) ?? fitting[0]}`,
    });
  }
  const { classes: own } = losses[loss];
  if (own !== null && own !== labels) {
    throw new UserError({
      what: `{loss} ${loss} is for ${own} classes`,
      expected: `data with ${own} classes, labelled 0 and 1`,
      received: `${labels} classes`,
      remedy: `use {loss} ${lossesOf(task)[0]}`,
    });
  }
}

/** The schema of a NetworkConfig. */
export function networkSchema(z: typeof Zod.z) {
  const layer = z.strictObject({
    units: z.int().min(1),
    activation: z.enum([...activationNames, 'softmax']),
    kernelInit: z
      .string()
      .refine((name) => name === givenInit || kernelInitializer(name) !== null, 'an initialiser'),
    biasInit: z.enum([...biasInits, givenInit]).nullable(),
    dropout: z.number().gt(0).lt(1).optional(),
  });
  return {
    layers: z.array(layer).min(1),
    draw: z.int().min(0),
    initialWeights: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional(),
    loss: z.enum(lossNames),
    delta: z.number().positive().optional(),
    lambda: z.number().min(0),
    l1: z.number().min(0),
    penalizeBiases: z.boolean(),
  };
}
