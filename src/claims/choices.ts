import type { OptionName, Setting } from '../experiment/options.ts';

/** A choice that the report leaves open, with two values: its program's and another. */
export interface Choice {
  /** "batches permutation": the option and its other value. No two choices have the same. */
  readonly name: string;
  readonly option: OptionName;
  /** The program's value; where an experiment sweeps the option, the value of the list that is replaced. */
  readonly program: Setting;
  readonly other: Setting;
  /** The experiments whose numbers it can change. */
  readonly experiments: readonly string[];
}

/** A place where the report's text, figures and program differ: a row of docs/differences.md. */
export interface Place {
  readonly row: number;
  readonly topic: string;
  readonly choices: readonly Choice[];
  /** Why it is not among the choices that are run; null if it is. */
  readonly notRun: string | null;
}

const linear = ['grid-search ols', 'grid-search ridge'];
const oneLayer = ['ffnn', 'grid-search ffnn'];
const franke = [...linear, ...oneLayer, 'activations', 'randomnet'];
const images = ['mnist', 'logistic'];

const choice = (
  option: OptionName,
  program: Setting,
  other: Setting,
  experiments: readonly string[],
): Choice => ({ name: `${option} ${other}`, option, program, other, experiments });
const run = (row: number, topic: string, ...choices: Choice[]): Place => ({
  row,
  topic,
  choices,
  notRun: null,
});
const not = (row: number, topic: string, notRun: string): Place => ({ row, topic, choices: [], notRun });

const nothing = 'nothing to switch: both mean the same computation, or only one is possible';
const statistic = 'not a setting: claims name the number that they are about';
const library = 'other libraries are compared with our own model, by claims of their own';

/** Every place, in the order of docs/differences.md. This is the one list of the report's open choices. */
export const places: readonly Place[] = [
  run(1, 'polynomial features', choice('basis', 'total', 'product', linear)),
  not(
    2,
    'size of the training set',
    'other numbers of rows have another split, which changes more than their size: {samples} 1088 gives 816 training rows',
  ),
  run(
    3,
    'how batches are drawn',
    choice('batches', 'with-replacement', 'permutation', [...franke, ...images]),
  ),
  not(4, 'divisor of the gradient', nothing),
  run(
    5,
    'centring of inputs and targets',
    choice('center', 'scalar', 'columns', franke),
    choice('centerTargets', 'no', 'yes', franke),
  ),
  run(
    6,
    'epochs and initial coefficients of linear models',
    choice('epochs', 100, 200, linear),
    choice('kernelInit', 'random_normal', 'glorot_uniform', linear),
  ),
  run(7, 'decay of the learning rate', choice('schedule', 'decay', 'decay_per_step', ['grid-search ols'])),
  not(8, 'normal equations', nothing),
  not(
    9,
    'bootstrap',
    'refits train every model a hundred times; {bootstrapMethod} refit for a run of your own',
  ),
  not(10, 'best learning rate without decay', 'the report contradicts itself: two claims judge both values'),
  not(11, "scikit-learn's regression model", library),
  not(12, 'R2 of least squares', statistic),
  not(
    13,
    'splits of network and least squares',
    'one split for each seed; the spread over seeds is what it costs',
  ),
  not(14, 'variance or standard deviation of initial weights', nothing),
  run(15, 'initial output bias', choice('outputBiasInit', 'zeros', 'random_normal', oneLayer)),
  run(16, 'penalised biases', choice('penalize', 'all', 'kernels', ['grid-search ffnn', 'logistic'])),
  run(17, 'initial output bias of Figure 7', choice('outputBiasInit', 'as_kernel', 'zeros', ['activations'])),
  not(18, 'last epoch or best epoch', statistic),
  run(19, 'depth of RandomNet', choice('maxHiddenLayers', 9, 10, ['randomnet'])),
  run(20, 'epochs of RandomNet', choice('epochs', 500, 100, ['randomnet'])),
  not(21, 'widths of RandomNet', 'a layer of no nodes is refused: it makes the network a constant'),
  not(22, 'output layer and best network of RandomNet', statistic),
  run(23, 'split of MNIST', choice('split', 'random', 'canonical', images)),
  not(24, 'test accuracy of Figure 8', statistic),
  run(25, 'intercept of logistic regression', choice('outputBiasInit', 'zeros', 'none', ['logistic'])),
  not(26, "scikit-learn's logistic regression", library),
  not(27, "TensorFlow's network", library),
  not(28, 'softmax', nothing),
  not(29, 'test error below training error', 'an effect of the one split: judged over the seeds'),
];

/** Every choice that can be run, in the order of the places. */
export const choices: readonly Choice[] = places.flatMap((place) => place.choices);

/** The row of docs/differences.md that a choice is from. */
export function rowOf(choice: Choice): number {
  return places.find((place) => place.choices.includes(choice))!.row;
}
