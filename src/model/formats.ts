import { quote, UserError } from '../errors.ts';
import { reasonOf } from '../files/errno.ts';
import { readRegularBytes } from '../files/regular-file.ts';
import { modelFacts } from './facts.ts';
import { type ModelArray, modelArrays, type Tensor } from './model-arrays.ts';
import { modelFromJson, modelToText } from './model-file.ts';
import { encodeNpz, isZip, readNpz } from './npz.ts';
import { encodeSafetensors, isSafetensors, readSafetensors } from './safetensors.ts';
import type { SavedModel } from './saved-model.ts';

/** A format of model files. */
interface ModelFormat {
  readonly extension: string;
  /** What it holds, and for which programs. */
  readonly about: string;
  /** Whether bytes begin as files of this format do. */
  readonly begins: (bytes: Buffer) => boolean;
  readonly write: (model: SavedModel) => Promise<string | Uint8Array>;
  /** Writes arrays alone; null for a format that always holds a whole model. */
  readonly writeArrays: ((arrays: readonly ModelArray[]) => Promise<Uint8Array>) | null;
  /** Reads the arrays, of which weights can be taken; null for a format that is only written. */
  readonly readArrays: ((bytes: Buffer, file: string) => Promise<Tensor[]>) | null;
}

/** What models can be exported to, and weights imported from. */
export const modelFormats = {
  onnx: {
    extension: 'onnx',
    about: 'all of the model, from columns to predictions: for onnxruntime and whatever else reads ONNX',
    begins: (bytes) => bytes.length > 2 && bytes[0] === 0x08 && bytes[2] === 0x12,
    write: async (model) => (await import('./onnx.ts')).onnxOf(model),
    writeArrays: null,
    readArrays: null,
  },
  safetensors: {
    extension: 'safetensors',
    about: 'its arrays by name: for PyTorch and others',
    begins: isSafetensors,
    write: async (model) => encodeSafetensors(modelArrays(model), modelFacts(model)),
    writeArrays: async (arrays) => encodeSafetensors(arrays, {}),
    readArrays: async (bytes, file) => readSafetensors(bytes, file),
  },
  npz: {
    extension: 'npz',
    about: 'its arrays by name: for NumPy',
    begins: isZip,
    write: (model) => encodeNpz(modelArrays(model), modelFacts(model)),
    writeArrays: (arrays) => encodeNpz(arrays, {}),
    readArrays: async (bytes, file) => readNpz(bytes, file),
  },
  json: {
    extension: 'json',
    about: 'all of the model, as {saveModel} writes it: for fys-nn predict',
    begins: (bytes) => /^\s*\{/.test(bytes.toString('utf8', 0, 100)),
    write: async (model) => modelToText(model),
    writeArrays: null,
    readArrays: arraysOfJson,
  },
} as const satisfies Record<string, ModelFormat>;

export type ModelFormatName = keyof typeof modelFormats;
export const modelFormatNames = Object.keys(modelFormats) as ModelFormatName[];

/** The format with the extension of a path; null if there is none. */
export function formatOfPath(path: string): ModelFormatName | null {
  return (
    modelFormatNames.find((name) => path.toLowerCase().endsWith(`.${modelFormats[name].extension}`)) ?? null
  );
}

async function arraysOfJson(bytes: Buffer, file: string): Promise<Tensor[]> {
  const json: unknown = JSON.parse(bytes.toString());
  const model = await modelFromJson(json, file);
  return modelArrays(model).map(({ path, shape, values }) => ({
    name: path.join('.'),
    shape,
    values: Float64Array.from(values),
  }));
}

/** The largest file of weights, in bytes. */
const mostBytes = 2 ** 31 - 1;

/** The formats that weights can be imported from. */
const importedFormats = modelFormatNames.filter((name) => modelFormats[name].readArrays !== null);

/**
 * Reads the arrays of a file, whose format its first bytes tell. Errors: UserError for a file that cannot be read, of another
 * format, or damaged.
 */
export async function readTensors(file: string): Promise<Tensor[]> {
  const expected = `a file in the format ${importedFormats.join(', ')}`;
  const refuse = (what: string, remedy: string) =>
    new UserError({ what: `${quote(file)} ${what}`, expected, remedy });
  let bytes: Buffer;
  try {
    bytes = await readRegularBytes(file, mostBytes);
  } catch (error) {
    throw refuse(`cannot be read: ${reasonOf(error)}`, 'give the path of a file with weights');
  }
  const format = importedFormats.find((name) => modelFormats[name].begins(bytes));
  if (format === undefined) {
    const remedy = 'write them with numpy.savez, or with save_file of safetensors';
    throw refuse('has no weights that can be read', remedy);
  }
  try {
    return await modelFormats[format].readArrays!(bytes, quote(file));
  } catch (error) {
    if (error instanceof SyntaxError) throw refuse('is not JSON', 'give a model that {saveModel} wrote');
    throw error;
  }
}
