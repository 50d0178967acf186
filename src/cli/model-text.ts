import { counted, quote } from '../errors.ts';
import { shellQuoted } from '../experiment/command-text.ts';
import { type ImportedWeights, shapeText } from '../model/imported-weights.ts';
import type { SavedModel } from '../model/saved-model.ts';
import { losses } from '../nn/losses.ts';
import { openStore } from '../store/store.ts';
import { isMetric, metricColumn } from '../trial/metrics.ts';
import type { Step } from '../trial/preprocessing.ts';
import { fold } from './fold.ts';
import { renderTable } from './text-table.ts';

/** What `model describe` prints of a model. */
export type DescribedModel = Awaited<ReturnType<typeof describedModel>>;

/** A model in plain values, with its scores if the store has its trial. */
export async function describedModel(model: SavedModel, storeDirectory: string) {
  const { trial, about, inputs, preprocessing, layers, loss, target, dtype } = model;
  const record = (await openStore(storeDirectory, [trial])).get(trial);
  return {
    trial,
    program: about?.program ?? null,
    title: about?.title ?? null,
    data: about?.data ?? null,
    inputs,
    preprocessing: preprocessing.map(stepText),
    layers: layers.map(({ units, activation, kernel, bias }) => ({
      inputs: kernel.length / units,
      units,
      activation,
      bias: bias !== null,
      weights: kernel.length + (bias?.length ?? 0),
    })),
    weights: layers.reduce((sum, { kernel, bias }) => sum + kernel.length + (bias?.length ?? 0), 0),
    loss,
    target,
    dtype,
    metrics: record?.metrics ?? null,
  };
}

function stepText(step: Step): string {
  switch (step.step) {
    case 'fill':
      return 'fill missing values with the mean of their column';
    case 'divide':
      return `divide by ${step.by}`;
    case 'subtract':
      return 'subtract the training means';
    case 'polynomial':
      return `${counted(step.exponents.length, 'product')} of powers`;
    case 'scale':
      return `subtract offsets and divide by factors, ${counted(step.offsets.length, 'column')}`;
  }
}

/** The same for people. */
export function describedText(described: DescribedModel): string[] {
  const { trial, program, title, data, inputs, preprocessing, layers, weights, dtype, metrics } = described;
  const { loss, target } = described;
  const names = inputs.names === null ? '' : `: ${shortened(inputs.names)}`;
  const scores = Object.entries(metrics ?? {}).filter(([, value]) => value !== null);
  const table = renderTable(
    ['layer', 'inputs', 'units', 'activation', 'weights'],
    layers.map((layer, index) => [
      String(index + 1),
      String(layer.inputs),
      String(layer.units),
      layer.activation,
      `${layer.weights}${layer.bias ? '' : ' (no bias)'}`,
    ]),
    { color: false, align: ['right', 'right', 'right', 'left', 'left'] },
  );
  const isClassifier = losses[loss].task === 'classification';
  const classes = target.classNames === null ? '' : `: ${shortened(target.classNames)}`;
  const scale =
    target.offset === 0 && target.factor === 1 ? '' : `, output * ${target.factor} + ${target.offset}`;
  const output = isClassifier
    ? `probabilities of ${target.classes} classes${classes}`
    : `${target.name === null ? 'the target' : quote(target.name)}${scale}`;
  const licence = data?.license ?? null;
  const facts = [
    ...(title === null ? [] : [title]),
    ...(data === null ? [] : [`data:    ${data.title}${licence === null ? '' : ` (licence: ${licence})`}`]),
    `trial:   ${trial}${program === null ? '' : `, by fys-nn ${program}`}`,
    `inputs:  ${inputs.columns}${names}`,
    ...preprocessing.map((text, index) => `${index === 0 ? 'steps:' : '      '}   ${text}`),
    `output:  ${output}`,
    `trained: ${counted(weights, 'weight')} in ${dtype}, loss ${loss}`,
  ];
  const width = process.stdout.columns ?? 80;
  return [
    ...facts.flatMap((line) => fold(line, width, line === title ? 0 : 9)),
    '',
    ...table.split('\n'),
    '',
    ...(scores.length === 0
      ? ['scores: not in the store; they are in trials.csv next to the model']
      : scores.map(([name, value]) => scoreText(name, value!))),
  ];
}

/** Results that are 1 for yes and 0 for no. */
const answers: readonly string[] = ['converged', 'no_optimum'];

/** "best test MSE 0.12", "converged yes". */
export function scoreText(name: string, value: number): string {
  const title = isMetric(name) ? metricColumn(name).title : name;
  return `${title} ${answers.includes(name) ? (value === 1 ? 'yes' : 'no') : value}`;
}

/** The first names of a list. */
function shortened(names: readonly string[]): string {
  const most = 12;
  const shown = names.slice(0, most).map((name) => (/^[\w=.-]+$/.test(name) ? name : quote(name)));
  return `${shown.join(', ')}${names.length > most ? `, ... (${names.length})` : ''}`;
}

/** What `model import` prints of weights. */
export type DescribedWeights = ReturnType<typeof describedWeights>;

export function describedWeights({ layers, order, reason }: ImportedWeights, sha256: string) {
  return {
    sha256,
    kernels: order,
    reason,
    layers: layers.map(({ inputs, units, names, bias }) => ({ inputs, units, bias: bias !== null, names })),
  };
}

/** The same for people, with the options that take them. */
export function weightsText({ sha256, kernels, reason, layers }: DescribedWeights, path: string): string[] {
  const table = renderTable(
    ['layer', 'kernel', 'bias', 'arrays'],
    layers.map(({ inputs, units, bias, names }, index) => [
      String(index + 1),
      shapeText([inputs, units]),
      bias ? shapeText([units]) : 'none',
      names.map((name) => quote(name)).join(', '),
    ]),
    { color: false, align: ['right', 'left', 'left', 'left'] },
  );
  const hidden = layers.slice(0, -1).map(({ units }) => units);
  const shape = hidden.length === 0 ? 'none' : hidden.join('-');
  return [
    ...table.split('\n'),
    '',
    `kernels in the file: ${kernels}, ${reason}`,
    `sha256 of the weights: ${sha256}`,
    `to begin with them: --hidden ${shape} --init-weights ${shellQuoted(path)}`,
  ];
}
