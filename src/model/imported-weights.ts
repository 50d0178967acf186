import { UserError } from '../errors.ts';
import type { LayerWeights } from '../nn/network.ts';
import type { Tensor } from './model-arrays.ts';

/** How the kernels of a file are stored: [inputs][units] as by Keras and by us, or [units][inputs] as by PyTorch. */
const kernelOrders = ['in-out', 'out-in'] as const;
export type KernelOrder = (typeof kernelOrders)[number];

/** The weights of a file as the layers of a network, kernels [inputs][units]. */
export interface ImportedWeights {
  readonly layers: readonly (LayerWeights & {
    readonly inputs: number;
    readonly units: number;
    /** The file's names for the kernel and the bias. */
    readonly names: readonly string[];
  })[];
  /** How the file stores its kernels, and how that is known. */
  readonly order: KernelOrder;
  readonly reason: string;
}

/** The last word of an array's name, which tells what it is. */
const kernelWords = /(^|[^a-z])(kernel|weights?|w|coefs?|theta)(?=[^a-z]|$)/i;
const biasWords = /(^|[^a-z])(bias(es)?|b|intercepts?)(?=[^a-z]|$)/i;
/** PyTorch names its kernels so, Keras and we the other way. */
const pytorchName = /(^|\.)weight$/;

/**
 * Makes layers of the arrays of a file. Matrices are kernels, vectors are biases. Those whose names are the same but for the
 * words kernel, weight, bias and so on belong together, else those that follow one another. Layers are in the order of the
 * numbers in their names, or of the file.
 *
 * Which axis of the kernels is that of the inputs follows from the lengths of the biases and from how layers fit together; if
 * both ways fit, from the names. `order` decides instead of all that. `file` is the name for messages. Errors: UserError that
 * names an array.
 */
export function importedWeights(
  tensors: readonly Tensor[],
  order: KernelOrder | null,
  file: string,
): ImportedWeights {
  const own = tensors.filter(({ name }) => !/^(preprocessing|target)[._]/.test(name));
  checkArrays(own, file);
  const fits = (pairs: readonly Pair[]) => kernelOrders.filter((one) => misfit(pairs, one) === null);
  const numbered = own.toSorted((a, b) => natural.compare(stemOf(a.name), stemOf(b.name)));
  const hasNumbers = own.some(({ name }) => /\d/.test(stemOf(name)));
  let pairs = pairsOf(hasNumbers ? numbered : own, file);
  if (fits(pairs).length === 0) {
    const others = pairsOf(hasNumbers ? own : numbered, file);
    if (fits(others).length > 0) pairs = others;
  }
  const fitting = fits(pairs);
  const isPytorch = pairs.some(({ kernel }) => pytorchName.test(kernel.name));
  const byName = isPytorch ? 'out-in' : 'in-out';
  const [chosen, reason] =
    order !== null
      ? [order, 'as given']
      : fitting.length === 1
        ? [fitting[0], 'from their shapes']
        : [byName as KernelOrder, isPytorch ? 'as PyTorch names them' : 'as Keras and NumPy have them'];
  const wrong = misfit(pairs, chosen);
  if (wrong !== null)
    throw refusal(file, wrong, `give the other {kernels}, or write the arrays of one network alone`);
  return { layers: pairs.map((pair) => layerOf(pair, chosen)), order: chosen, reason };
}

interface Pair {
  readonly kernel: Tensor;
  readonly bias: Tensor | null;
}

function checkArrays(tensors: readonly Tensor[], file: string): void {
  for (const { name, shape, values } of tensors) {
    const said = `the array ${JSON.stringify(name)} ${shapeText(shape)}`;
    const remedy = 'leave it out of the file';
    if (shape.length < 1 || shape.length > 2 || values.length === 0)
      throw refusal(file, `${said} is neither a kernel (a matrix) nor a bias (a vector)`, remedy);
    if (!values.every(Number.isFinite))
      throw refusal(file, `${said} has a number that is not finite`, remedy);
  }
  if (tensors.some(isKernel)) return;
  throw refusal(file, 'there is no kernel (a matrix) in it', 'write the weights of a network to it');
}

/** Arrays in the order of the layers as pairs. */
function pairsOf(tensors: readonly Tensor[], file: string): Pair[] {
  const groups = new Map<string, Tensor[]>();
  for (const tensor of tensors) {
    const stem = stemOf(tensor.name);
    groups.set(stem, [...(groups.get(stem) ?? []), tensor]);
  }
  const named = [...groups.values()];
  if (!named.every((group) => group.length <= 2 && group.filter(isKernel).length === 1))
    return inTurn(tensors, file);
  return named.map((group) => ({ kernel: group.find(isKernel)!, bias: group.find(isBias) ?? null }));
}

/** Each vector belongs to the matrix before it. */
function inTurn(sorted: readonly Tensor[], file: string): Pair[] {
  const pairs: Pair[] = [];
  for (const tensor of sorted) {
    const last = pairs.at(-1);
    if (isKernel(tensor)) pairs.push({ kernel: tensor, bias: null });
    else if (last !== undefined && last.bias === null) pairs[pairs.length - 1] = { ...last, bias: tensor };
    else {
      const said = `the bias ${JSON.stringify(tensor.name)} ${shapeText(tensor.shape)} follows no kernel`;
      throw refusal(file, said, 'name the arrays of each layer alike: kernel_0, bias_0, kernel_1, bias_1');
    }
  }
  return pairs;
}

const natural = new Intl.Collator('en', { numeric: true });

/** A name without the word that says what the array is, and without Keras's ":0". "dense" is then before "dense_1". */
function stemOf(name: string): string {
  const plain = name.replace(/:0$/, '');
  const word = [kernelWords, biasWords].find((words) => words.test(plain));
  const stem = word === undefined ? plain : plain.replace(word, '$1');
  return stem.replace(/^[^a-z0-9]+|[^a-z0-9]+$/gi, '');
}

/** A matrix, unless it is the single row of a bias. */
function isKernel({ name, shape }: Tensor): boolean {
  return shape.length === 2 && !(shape[0] === 1 && biasWords.test(name) && !kernelWords.test(name));
}

function isBias(tensor: Tensor): boolean {
  return !isKernel(tensor);
}

/** The inputs and the units of a kernel. */
function sizesOf({ shape }: Tensor, order: KernelOrder): readonly [inputs: number, units: number] {
  return order === 'in-out' ? [shape[0], shape[1]] : [shape[1], shape[0]];
}

/** What does not fit if the kernels are stored in this order; null if all does. */
function misfit(pairs: readonly Pair[], order: KernelOrder): string | null {
  let before: number | null = null;
  for (const { kernel, bias } of pairs) {
    const [inputs, units] = sizesOf(kernel, order);
    const said = `the kernel ${JSON.stringify(kernel.name)} ${shapeText(kernel.shape)} with {kernels} ${order}`;
    if (before !== null && before !== inputs)
      return `${said} takes ${inputs} inputs, and the layer before it has ${before} units`;
    if (bias !== null && bias.values.length !== units)
      return `${said} has ${units} units, and its bias ${JSON.stringify(bias.name)} ${shapeText(bias.shape)}`;
    before = units;
  }
  return null;
}

function layerOf({ kernel, bias }: Pair, order: KernelOrder): ImportedWeights['layers'][number] {
  const [inputs, units] = sizesOf(kernel, order);
  const { values } = kernel;
  const turned = Float64Array.from(values, (_, at) => values[(at % units) * inputs + Math.floor(at / units)]);
  return {
    inputs,
    units,
    names: bias === null ? [kernel.name] : [kernel.name, bias.name],
    kernel: order === 'in-out' ? values : turned,
    bias: bias?.values ?? null,
  };
}

/** "[2][20]" */
export function shapeText(shape: readonly number[]): string {
  return shape.length === 0 ? '(one number)' : shape.map((size) => `[${size}]`).join('');
}

function refusal(file: string, what: string, remedy: string): UserError {
  return new UserError({
    what: `${file}: ${what}`,
    expected: 'for each layer a kernel and perhaps a bias',
    remedy,
  });
}
