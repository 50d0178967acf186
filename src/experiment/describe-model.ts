import type { DataDescription } from '../datasets/index.ts';
import { type LossName, losses, lossesOf } from '../nn/losses.ts';
import { type OptimizerName, optimizers } from '../nn/optimizers.ts';
import { hiddenUnits } from '../parsing/option.ts';
import type { Basis } from '../regression/polynomial.ts';
import { featureCount } from '../trial/config.ts';
import { type SolverName, solverEntry } from '../trial/solvers/index.ts';
import type { Experiment } from './define.ts';
import type { OptionName, Setting } from './options.ts';

/** What titles and captions need to know about data. */
export type DataWords = Pick<
  DataDescription,
  'title' | 'isReports' | 'classNames' | 'featureNames' | 'targetName'
> & {
  /** The inputs of a row and the number of classes; null if they are not known. */
  readonly [Fact in 'columns' | 'classes']: number | null;
};

type Values = ReadonlyMap<OptionName, readonly Setting[]>;

/**
 * The models of trials in words: "Network 2-20-20-1, sigmoid, Adam", "OLS by SGD and closed form".
 *
 * What differs between the trials is left out: it is an axis of what is shown.
 */
export function describeModel(
  experiment: Pick<Experiment, 'architecture' | 'task'>,
  values: Values,
  data: readonly Pick<DataWords, 'columns' | 'classes'>[],
): string {
  const of = (name: OptionName): readonly Setting[] => values.get(name) ?? [];
  const only = (name: OptionName): Setting | null => (of(name).length === 1 ? of(name)[0] : null);
  const hidden = of('hidden');
  const isNetwork = experiment.architecture === 'random' || hidden.some((shape) => shape !== 'none');
  const optimizer = only('optimizer') as OptimizerName | null;
  const plain = optimizers.sgd.title;
  const named = optimizer === null ? plain : optimizers[optimizer].title;
  const optimizerTitle = named === plain ? '' : named;
  const loss = only('loss');
  const usualLosses = lossesOf(experiment.task).filter(
    (name, index) => index === 0 || data.every(({ classes }) => classes === losses[name].classes),
  );
  const unusualLoss = loss !== null && !usualLosses.includes(loss as LossName) ? `loss ${loss}` : '';
  const outputs = of('outputActivation').filter((output) => output !== 'auto');
  const output = outputs.length > 0 && only('outputActivation') !== null ? `${outputs[0]} output` : '';
  const start = only('initWeights') ?? 'none';
  const initial = start === 'none' ? '' : `initial weights ${start}`;
  if (!isNetwork) {
    const how = waysOf(of('solver') as SolverName[], optimizerTitle);
    const isSquares =
      of('loss').every((name) => name === 'mse') && outputs.every((name) => name === 'linear');
    const named = isSquares ? linearName(of('lambda'), of('l1')) : 'Linear model';
    const name = experiment.task === 'classification' ? 'Logistic regression' : named;
    return joined(`${name}${how === '' ? '' : ` by ${how}`}`, output, unusualLoss, initial);
  }
  if (experiment.architecture === 'random')
    return joined('Random networks', output, optimizerTitle, unusualLoss);
  const shape = only('hidden');
  const activation = only('activation');
  return joined(
    shape === null ? 'Networks' : `Network ${shapeOf(shape as string, only, experiment, data)}`,
    activation === null ? '' : String(activation),
    output,
    optimizerTitle,
    unusualLoss,
    initial,
  );
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(', ');
}

/** Linear regression by its penalties: none, L2, L1, or both; several if trials differ in them. */
function linearName(lambdas: readonly Setting[], l1s: readonly Setting[]): string {
  const names = (lambdas.length === 0 ? [0] : lambdas).flatMap((lambda) =>
    (l1s.length === 0 ? [0] : l1s).map((l1) => {
      if (lambda === 0) return l1 === 0 ? 'OLS' : 'lasso regression';
      return l1 === 0 ? 'ridge regression' : 'elastic net';
    }),
  );
  const text = inWords([...new Set(names)]);
  return `${text[0].toUpperCase()}${text.slice(1)}`;
}

/** How linear models are fitted: "SGD", "SGD and closed form"; empty for networks, which have no option for it. */
function waysOf(solvers: readonly SolverName[], optimizerTitle: string): string {
  const ways = (solvers.length === 0 ? (['sgd'] as SolverName[]) : solvers).map((solver) =>
    solver === 'sgd' && optimizerTitle !== '' ? optimizerTitle : solverEntry(solver).title,
  );
  return ways.join(' and ');
}

/** 2-128-1, or 128 when inputs and outputs differ or are not known. */
function shapeOf(
  hidden: string,
  only: (name: OptionName) => Setting | null,
  { task }: Pick<Experiment, 'task'>,
  data: readonly Pick<DataWords, 'columns' | 'classes'>[],
): string {
  const units = hiddenUnits(hidden).join('-');
  const columns = new Set(data.map((one) => one.columns));
  const classes = new Set(data.map((one) => one.classes));
  const basis = only('basis') ?? 'none';
  const degree = only('degree') as number | null;
  const [inputs] = columns;
  const [known] = classes;
  const isKnown =
    columns.size === 1 && classes.size === 1 && (inputs ?? null) !== null && (known ?? null) !== null;
  if (!isKnown || (basis !== 'none' && degree === null)) return units;
  const outputs = losses[(only('loss') ?? lossesOf(task)[0]) as LossName].units(known!);
  const features = { basis: basis as Basis | 'none', degree };
  return `${featureCount(features, inputs!)}-${units}-${outputs}`;
}

/** "a", "a and b", "a, b and c". */
export function inWords(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
