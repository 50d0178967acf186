import { quote, UserError } from '../errors.ts';
import { reasonOf } from '../files/errno.ts';
import { readRegularBytes } from '../files/regular-file.ts';
import { modelArrays, type Tensor } from './model-arrays.ts';
import { modelFromJson, modelToText } from './model-file.ts';
import { isZip, npzOf, readNpz } from './npz.ts';
import { isSafetensors, readSafetensors, safetensorsOf } from './safetensors.ts';
import type { SavedModel } from './saved-model.ts';

/** A format of model files. */
interface ModelFormat {
  readonly extension: string;
  /** What it holds, and for which programs. */
  readonly about: string;
  readonly write: (model: SavedModel) => Promise<string | Uint8Array>;
  /** How its weights are read; null for a format that is only written. */
  readonly weights: WeightsReader | null;
}

interface WeightsReader {
  /** Whether bytes begin as files of this format do. */
  readonly begins: (bytes: Buffer) => boolean;
  readonly read: (bytes: Buffer, file: string) => Promise<Tensor[]>;
}

/** What models can be exported to, and weights imported from. */
export const modelFormats = {
  onnx: {
    extension: 'onnx',
    about: 'all of the model, from columns to predictions: for onnxruntime and whatever else reads ONNX',
    write: async (model) => (await import('./onnx.ts')).onnxOf(model),
    weights: null,
  },
  safetensors: {
    extension: 'safetensors',
    about: 'its arrays by name: for PyTorch and others',
    write: async (model) => safetensorsOf(model),
    weights: { begins: isSafetensors, read: async (bytes, file) => readSafetensors(bytes, file) },
  },
  npz: {
    extension: 'npz',
    about: 'its arrays by name: for NumPy',
    write: npzOf,
    weights: { begins: isZip, read: async (bytes, file) => readNpz(bytes, file) },
  },
  json: {
    extension: 'json',
    about: 'all of the model as {saveModel} writes it, for {predict}',
    write: async (model) => modelToText(model),
    weights: { begins: (bytes) => /^\s*\{/.test(bytes.toString('utf8', 0, 100)), read: weightsOfJson },
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

async function weightsOfJson(bytes: Buffer, file: string): Promise<Tensor[]> {
  const json: unknown = JSON.parse(bytes.toString());
  const model = await modelFromJson(json, file);
  return modelArrays(model).map(({ path, shape, values }) => ({
    name: path.join('.'),
    shape,
    values: Float64Array.from(values),
  }));
}

/** A file of weights may have so many bytes. */
const mostBytes = 2 ** 31 - 1;

/**
 * Reads the arrays of a file, whose format its first bytes tell. Errors: UserError for a file that cannot be read, of another
 * format, or damaged.
 */
export async function readTensors(file: string): Promise<Tensor[]> {
  const readable = Object.entries(modelFormats).filter(([, { weights }]) => weights !== null);
  const expected = `a file in the format ${readable.map(([name]) => name).join(', ')}`;
  const refuse = (what: string, remedy: string) =>
    new UserError({ what: `${quote(file)} ${what}`, expected, remedy });
  let bytes: Buffer;
  try {
    bytes = await readRegularBytes(file, mostBytes);
  } catch (error) {
    throw refuse(`cannot be read: ${reasonOf(error)}`, 'give the path of a file with weights');
  }
  const reader = readable
    .map(([, { weights }]) => weights as WeightsReader)
    .find(({ begins }) => begins(bytes));
  if (reader === undefined) {
    throw refuse(
      'has no weights that can be read',
      'write them with numpy.savez, or with save_file of safetensors',
    );
  }
  try {
    return await reader.read(bytes, quote(file));
  } catch (error) {
    if (error instanceof SyntaxError) throw refuse('is not JSON', 'give a model that {saveModel} wrote');
    throw error;
  }
}
