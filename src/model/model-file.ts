import { createHash } from 'node:crypto';
import { inputsOf } from '../datasets/table-inputs.ts';
import { UserError } from '../errors.ts';
import { reasonOf } from '../files/errno.ts';
import { longestText, readJsonFile } from '../files/regular-file.ts';
import { losses } from '../nn/losses.ts';
import { plainIssue } from '../parsing/plain-issue.ts';
import type { Step } from '../trial/preprocessing.ts';
import { canonicalJson } from '../trial/trial.ts';
import { arrayFromJson, arrayToJson, type JsonArray } from './arrays.ts';
import { type ModelJson, modelSchema } from './model-schema.ts';
import { modelFormat, type SavedLayer, type SavedModel } from './saved-model.ts';

/** A model as the text of a file: JSON, with the SHA-256 of everything else in it as canonical JSON. */
export function modelToText(model: SavedModel): string {
  const { preprocessing, layers, ...rest } = model;
  const json = {
    ...rest,
    preprocessing: preprocessing.map(stepToJson),
    layers: layers.map(({ kernel, bias, ...layer }) => ({
      ...layer,
      kernel: arrayToJson(kernel, [kernel.length / layer.units, layer.units]),
      bias: bias === null ? null : arrayToJson(bias, [layer.units]),
    })),
  };
  // A line for each field: short enough to read, and to compare.
  const lines = Object.entries({ ...json, sha256: digestOf(json) }).map(
    ([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`,
  );
  return `{\n  ${lines.join(',\n  ')}\n}\n`;
}

function stepToJson(step: Step): object {
  const fields = Object.entries(step).map(([name, value]) => [
    name,
    value instanceof Float64Array ? arrayToJson(value, [value.length]) : value,
  ]);
  return Object.fromEntries(fields);
}

/** null for what is nested too deeply to be anything that was written. */
function digestOrNull(json: object): string | null {
  try {
    return digestOf(json);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function digestOf(json: object): string {
  return createHash('sha256').update(canonicalJson(json)).digest('hex');
}

/** Reads and checks a model file. Errors: UserError that says what is wrong with it. */
export async function readModel(path: string): Promise<SavedModel> {
  let json: unknown;
  try {
    json = await readJsonFile(path, longestText);
  } catch (error) {
    throw notAModel(path, error instanceof SyntaxError ? 'it is not JSON' : reasonOf(error));
  }
  return modelFromJson(json, path);
}

/** The model in parsed JSON, which is from `path`. */
export async function modelFromJson(json: unknown, path: string): Promise<SavedModel> {
  const { z } = await import('zod');
  const { format } = Object(json);
  if (typeof format === 'string' && /^fys-nn-model\/\d+$/.test(format) && format !== modelFormat)
    throw notAModel(path, `it has the format ${format}, of another version of fys-nn`);
  const parsed = modelSchema(z).safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = issue.path.length === 0 ? 'the file' : issue.path.join('.');
    throw notAModel(path, `${place} is not ${plainIssue(issue.message)}`);
  }
  const { sha256, ...content } = parsed.data;
  if (sha256 !== undefined && sha256 !== digestOrNull(content))
    throw notAModel(path, 'it was changed after it was written: its SHA-256 is another');
  return checkedModel(content, path);
}

/** The model with its arrays, whose sizes have to match: kernels read what is where they expect it. */
function checkedModel(json: Omit<ModelJson, 'sha256'>, path: string): SavedModel {
  const require = (holds: boolean, place: string, what: string): void => {
    if (!holds) throw notAModel(path, `${place} ${what}`);
  };
  const arrayAt = (place: string, array: JsonArray, shape: readonly number[]): Float64Array => {
    const values = arrayFromJson(array, shape);
    require(values !== null, place, `is not an array of ${shape.join(' x ')} finite numbers`);
    return values!;
  };
  const { inputs, target, loss } = json;
  const { task, output, anyOutput, units: unitsFor, classes: ownClasses } = losses[loss];
  require(inputs.names === null ||
    inputs.names.length === inputs.columns, 'inputs.names', `has not ${inputs.columns} names`);
  require(inputs.table === undefined ||
    inputs.table.reduce((sum, column) => sum + inputsOf(column), 0) ===
      inputs.columns, 'inputs.table', `is not ${inputs.columns} inputs`);
  let width = inputs.columns;
  const preprocessing = json.preprocessing.map((step, index): Step => {
    const place = `preprocessing.${index}`;
    if (step.step === 'divide') return step;
    if (step.step === 'fill') return { ...step, by: arrayAt(`${place}.by`, step.by, [width]) };
    if (step.step === 'subtract') return { ...step, means: arrayAt(`${place}.means`, step.means, [width]) };
    if (step.step === 'scale') {
      const at = (name: 'offsets' | 'factors') => arrayAt(`${place}.${name}`, step[name], [width]);
      return { ...step, offsets: at('offsets'), factors: at('factors') };
    }
    require(step.exponents.every(
      (one) => one.length === width,
    ), `${place}.exponents`, `has not ${width} exponents in each list`);
    width = step.exponents.length;
    return step;
  });
  const last = json.layers.length - 1;
  const layers = json.layers.map((layer, index): SavedLayer => {
    const { units, activation } = layer;
    const place = `layers.${index}`;
    const kernel = arrayAt(`${place}.kernel`, layer.kernel, [width, units]);
    const bias = layer.bias === null ? null : arrayAt(`${place}.bias`, layer.bias, [units]);
    const fits =
      index < last
        ? activation !== 'softmax'
        : activation === output || (anyOutput && activation !== 'softmax');
    require(fits, `${place}.activation`, index < last ? 'is for the output layer' : `is not that of ${loss}`);
    width = units;
    return { units, activation, kernel, bias };
  });
  const classes = task === 'regression' ? target.classes === 1 : target.classes >= 2;
  require(classes &&
    (ownClasses === null ||
      ownClasses === target.classes), 'target.classes', `is not a number of classes for ${loss}`);
  require(width ===
    unitsFor(target.classes), `layers.${last}.units`, `is not ${unitsFor(target.classes)}, as ${loss} needs`);
  require(task === 'regression' ||
    (target.offset === 0 && target.factor === 1), 'target.offset', 'scales labels');
  require(target.classNames === null ||
    target.classNames.length === target.classes, 'target.classNames', `has not ${target.classes} names`);
  require(target.levels === undefined ||
    target.levels.length === target.classes, 'target.levels', `has not ${target.classes} values`);
  require(json.sums === 'network' ||
    (last === 0 &&
      width === 1 &&
      json.layers[0].bias === null &&
      task === 'regression'), 'sums', 'is linear, for a network');
  const { about, ...rest } = json;
  const { table, ...own } = inputs;
  const { levels, ...ownTarget } = target;
  return {
    ...rest,
    ...(about && { about }),
    inputs: { ...own, ...(table && { table }) },
    target: { ...ownTarget, ...(levels && { levels }) },
    preprocessing,
    layers,
  };
}

function notAModel(path: string, reason: string): UserError {
  return new UserError({
    what: `${path} cannot be read as a model: ${reason}`,
    expected: `a file that {saveModel} wrote, in the format ${modelFormat}`,
    remedy: 'give a model file, or write it again: run its command with {saveModel}',
  });
}
