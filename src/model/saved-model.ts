import type { Dataset } from '../datasets/dataset.ts';
import type { InputColumn } from '../datasets/table-inputs.ts';
import type { Dtype } from '../math/dtype.ts';
import { type LossName, losses } from '../nn/losses.ts';
import type { LayerSpec } from '../nn/network.ts';
import { featureNames } from '../trial/coefficients.ts';
import type { Step } from '../trial/preprocessing.ts';
import type { FittedModel } from '../trial/run-trial.ts';
import { solverEntry } from '../trial/solvers/index.ts';
import { canonicalConfig, type Trial } from '../trial/trial.ts';

export const modelFormat = 'fys-nn-model/1';

/** A dense layer with its weights: a = f(x W + b). */
export interface SavedLayer {
  readonly units: number;
  readonly activation: LayerSpec['activation'];
  /** [inputs][units] */
  readonly kernel: Float64Array;
  /** [units], or none */
  readonly bias: Float64Array | null;
}

/** A fitted model, with everything that it takes to use it on other rows. */
export interface SavedModel {
  readonly format: typeof modelFormat;
  /** The trial that fitted it, and its canonical config. */
  readonly trial: string;
  readonly config: unknown;
  /** Where it is from, in words; absent in the trial store, where models depend on nothing but the config. */
  readonly about?: ModelOrigin;
  /** The inputs of a row. */
  readonly inputs: {
    readonly columns: number;
    /** One name per input; null for pixels. */
    readonly names: readonly string[] | null;
    /** The columns of a table that they come from, of which categories are several inputs; absent for other data. */
    readonly table?: readonly InputColumn[];
  };
  /** What turns a row into the inputs of the first layer, in this order. */
  readonly preprocessing: readonly Step[];
  /** At least one. The last one's activation is applied too: softmax gives a probability for each class. */
  readonly layers: readonly SavedLayer[];
  /** It tells regression and classification apart. */
  readonly loss: LossName;
  /** A prediction is output * factor + offset; 0 and 1 for a classifier. */
  readonly target: {
    readonly name: string | null;
    readonly offset: number;
    readonly factor: number;
    /** Of a classifier: the number of its classes, at least 2, and what they are called; 1 and null for a regression. */
    readonly classes: number;
    readonly classNames: readonly string[] | null;
    /** What the data have for each class, by which targets are recognised; absent if that is the name, or else the number from 0. */
    readonly levels?: readonly string[];
  };
  /** The element type of the arithmetic. */
  readonly dtype: Dtype;
  /**
   * The order of summation. network: that of training networks. linear: that of closed forms, one product after the other. It
   * decides the last digits.
   */
  readonly sums: 'network' | 'linear';
}

export interface ModelOrigin {
  /** The version of fys-nn that wrote the file. */
  readonly program: string;
  /** "Network 2-128-1, relu: …". */
  readonly title: string;
  /** The data that it was fitted to. */
  readonly data: { readonly title: string; readonly source: string | null; readonly license: string | null };
}

/** The model that a trial has fitted. */
export function modelOf(
  { id, config }: Trial,
  { dataset, steps, targetScale, weights }: FittedModel,
): SavedModel {
  const { model } = config;
  const solver = solverEntry(model.solver);
  const loss = solver.loss(model);
  const isNetwork = 'layers' in model;
  const { offset, factor } = targetScale ?? { offset: 0, factor: 1 };
  const { columns, inputColumns, targetName, classNames, levels, imageShape } = dataset;
  const classes = losses[loss].classes ?? dataset.classes;
  const isOfClasses = losses[loss].task === 'classification' && dataset.classes === classes;
  const own = (isOfClasses ? (levels ?? classNames) : null) ?? numbersTo(classes);
  return {
    format: modelFormat,
    trial: id,
    config: canonicalConfig(config),
    inputs: { columns, names: namesOf(dataset), ...(inputColumns && { table: inputColumns }) },
    preprocessing: steps,
    layers: weights.map(({ kernel, bias }, index) => ({
      units: isNetwork ? model.layers[index].units : 1,
      activation: isNetwork ? model.layers[index].activation : 'linear',
      kernel,
      bias,
    })),
    loss,
    target: {
      name: targetName ?? (imageShape === undefined ? 'target' : 'label'),
      ...{ offset, factor, classes },
      ...namedClasses(own, (isOfClasses && classNames) || null),
    },
    dtype: solver.dtype(model),
    sums: isNetwork ? 'network' : 'linear',
  };
}

/** The same model with other names of its classes. It still recognises targets as before. */
export function withClassNames(model: SavedModel, classNames: readonly string[] | null): SavedModel {
  const { levels: _, ...target } = model.target;
  const fitting = classNames?.length === target.classes ? classNames : null;
  return { ...model, target: { ...target, ...namedClasses(classLevels(model), fitting) } };
}

/** What the data have for each class, and what it is called. */
function namedClasses(
  levels: readonly string[],
  classNames: readonly string[] | null,
): Pick<SavedModel['target'], 'classNames' | 'levels'> {
  const areOther = levels.some((level, c) => level !== (classNames?.[c] ?? String(c)));
  return { classNames, ...(areOther && { levels }) };
}

/** What the data have for each class of a classifier. */
export function classLevels({ target }: SavedModel): readonly string[] {
  const { levels, classNames, classes } = target;
  return levels ?? classNames ?? numbersTo(classes);
}

function numbersTo(classes: number): readonly string[] {
  return Array.from({ length: classes }, (_, c) => String(c));
}

/** The names of the inputs; those of data that are no images and have none are x and y, or x0, x1, ... */
function namesOf({ featureNames: own, imageShape, columns }: Dataset): readonly string[] | null {
  if (own !== undefined || imageShape !== undefined) return own ?? null;
  return featureNames({ basis: 'none', degree: null }, columns);
}

export function isClassifier({ loss }: Pick<SavedModel, 'loss'>): boolean {
  return losses[loss].task === 'classification';
}
