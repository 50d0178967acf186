import { describe, expect, test } from '@jest/globals';
import { type Dtype, dtypes } from '../math/dtype.ts';
import { exp, log } from '../math/elementary.ts';
import { createMemory } from '../math/memory.ts';
import { createRng, type Rng } from '../math/rng.ts';
import { activationNames, activations } from '../nn/activations.ts';
import { createKernels } from './index.ts';
import {
  type Activation,
  type CsrOffsets,
  type Kernels,
  type SparseWorkspace,
  sparseWorkspaceSize,
} from './kernels.ts';
import { createReferenceKernels } from './reference.ts';
import { createWasmKernels } from './wasm.ts';

const sizes = [1, 2, 3, 5, 7, 17];
const shapes = [
  ...sizes.flatMap((N) => sizes.flatMap((D) => sizes.map((H) => [N, D, H] as const))),
  // Wide enough for every block of columns, with and without a tail.
  ...[8, 16, 24, 33, 40, 70].map((H) => [5, 19, H] as const),
  // Two and three vectors of either size, with a tail or without, alone and after wider blocks: few classes.
  ...[4, 5, 6, 9, 10, 11, 12, 13, 14, 26, 27, 28].flatMap((H) =>
    [1, 2, 6, 9].map((N) => [N, 23, H] as const),
  ),
];

/** What stands wherever no test has put anything: a number that float32 holds, and that spoils any sum it gets into. */
const untouched = -1e30 - 1e28;
const untouchedInt = -77;

/** A stretch of the memory: its offset and what was put there, rounded to the element type. */
interface Region {
  readonly at: number;
  readonly values: number[];
}

/** Memory full of `untouched`, with regions at odd offsets and gaps between them. */
async function layOut(create: Create, dtype: Dtype) {
  const kernels = await create(dtype, createMemory(131072));
  const { floats, ints } = kernels;
  floats.fill(untouched);
  // Ints in the last quarter, floats before.
  let int = 24576;
  ints.fill(untouchedInt, int);
  let float = 3;
  int += 5;
  const put = (values: readonly number[]): Region => {
    const at = float;
    floats.set(values, at);
    float += values.length + 3;
    return { at, values: Array.from(floats.subarray(at, at + values.length)) };
  };
  const putInts = (values: readonly number[]): number => {
    const at = int;
    ints.set(values, at);
    int += values.length + 3;
    return at;
  };
  return { kernels, put, putInts, room: (count: number) => put(new Array<number>(count).fill(floats[0])) };
}

/** Runs a kernel; returns what is in the given floats, and fails where a float or an int elsewhere has changed. */
function written(kernels: Kernels, run: () => unknown, at: number, count: number): number[] {
  const region = { at, values: new Array<number>(count) };
  expectOnlyWritten(kernels, run, [region]);
  return Array.from(now(kernels, region));
}

/** What is in a region now. */
function now(kernels: Kernels, { at, values }: Region): ArrayLike<number> {
  return kernels.floats.slice(at, at + values.length);
}

/** Runs a kernel; fails where a number outside the regions has changed. */
function expectOnlyWritten(kernels: Kernels, run: () => unknown, regions: readonly Region[]): void {
  const before = kernels.floats.slice();
  run();
  for (const region of regions) before.set(now(kernels, region), region.at);
  expect(Buffer.compare(bytesOf(kernels.floats), bytesOf(before))).toBe(0);
}

function bytesOf({ buffer, byteOffset, byteLength }: Kernels['floats']): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function expectSameBits(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    if (!Object.is(actual[i], expected[i])) expect([i, actual[i]]).toEqual([i, expected[i]]);
  }
}

const normals = (rng: Rng, count: number) => Array.from({ length: count }, () => rng.normal());
const rounding = (dtype: Dtype) => (dtype === 'float32' ? Math.fround : (x: number) => x);
const table = (rows: number, columns: number, cell: (row: number, column: number) => number) =>
  Array.from({ length: rows * columns }, (_, i) => cell(Math.floor(i / columns), i % columns));

/** start + a_0 b_0 + a_1 b_1 + ..., every product and every sum rounded, in this order. */
function roundedSum(
  round: (x: number) => number,
  start: number,
  count: number,
  product: (i: number) => number,
): number {
  let sum = start;
  for (let i = 0; i < count; i++) sum = round(sum + round(product(i)));
  return sum;
}

/** (s0 + s1) + (s2 + s3), where s_j = a_j b_j + a_(j+4) b_(j+4) + ..., every product and every sum rounded. */
function inFourParts(round: (x: number) => number, count: number, product: (i: number) => number): number {
  const [s0, s1, s2, s3] = [0, 1, 2, 3].map((j) =>
    roundedSum(round, 0, Math.ceil((count - j) / 4), (i) => product(4 * i + j)),
  );
  return round(round(s0 + s1) + round(s2 + s3));
}

/** Puts about half zeros, an empty first and last row, and nothing at all in column 1. */
function sparseRows(rng: Rng, rows: number, D: number): number[] {
  const isZero = (row: number, d: number) =>
    (rows > 1 && (row === 0 || row === rows - 1)) || d === 1 || rng.below(2) === 0;
  return table(rows, D, (row, d) => (isZero(row, d) ? 0 : rng.normal()));
}

/** 16-bit numbers, two in each int. */
function pairs(numbers: number[]): number[] {
  const shorts = new Uint16Array(2 * Math.ceil(numbers.length / 2));
  shorts.set(numbers);
  return [...new Int32Array(shorts.buffer)];
}

function putCsr(
  { put, putInts }: Awaited<ReturnType<typeof layOut>>,
  dense: number[],
  D: number,
): CsrOffsets {
  const entries = dense.flatMap((value, i) =>
    value === 0 ? [] : [{ value, row: Math.floor(i / D), d: i % D }],
  );
  const starts = Array.from(
    { length: dense.length / D + 1 },
    (_, n) => entries.filter(({ row }) => row < n).length,
  );
  return {
    values: put(entries.map(({ value }) => value)).at,
    columns: putInts(pairs(entries.map(({ d }) => d))),
    starts: putInts(starts),
  };
}

/** Scratch space to sort the entries of N rows with D columns. */
function roomToSort(
  { putInts, room }: Awaited<ReturnType<typeof layOut>>,
  N: number,
  D: number,
): SparseWorkspace {
  const { ints, floats } = sparseWorkspaceSize(N, D);
  return { ints: putInts(new Array(ints).fill(0)), floats: room(floats).at };
}

type Create = (dtype: Dtype, memory: WebAssembly.Memory) => Kernels | Promise<Kernels>;
const implementations: [string, Dtype, Create][] = dtypes.flatMap((dtype) => [
  ['the reference', dtype, createReferenceKernels],
  ['WebAssembly', dtype, createWasmKernels],
]);

describe.each(implementations)('%s in %s', (_name, dtype, create) => {
  const round = rounding(dtype);

  test('denseForward, with bias and without', async () => {
    for (const [N, D, H] of shapes) {
      const rng = createRng(1, 'data');
      const { kernels, put, room } = await layOut(create, dtype);
      const [x, w, b, out] = [
        put(normals(rng, N * D)),
        put(normals(rng, D * H)),
        put(normals(rng, H)),
        room(N * H),
      ];
      for (const bias of [b, null]) {
        const run = () => kernels.denseForward(x.at, w.at, bias?.at ?? -1, out.at, N, D, H);
        const expected = table(N, H, (n, h) =>
          H === 1
            ? round((bias?.values[0] ?? 0) + inFourParts(round, D, (d) => x.values[n * D + d] * w.values[d]))
            : roundedSum(round, bias?.values[h] ?? 0, D, (d) => x.values[n * D + d] * w.values[d * H + h]),
        );
        expectSameBits(written(kernels, run, out.at, N * H), expected);
      }
    }
  });

  test('denseBackwardWeights, backwardBias and backwardInputs', async () => {
    for (const [N, D, H] of shapes) {
      const rng = createRng(2, 'data');
      const { kernels, put, room } = await layOut(create, dtype);
      const [x, delta, w] = [put(normals(rng, N * D)), put(normals(rng, N * H)), put(normals(rng, D * H))];
      const [gradient, biasGradient, below, scratch] = [room(D * H), room(H), room(N * D), room(D * H)];

      const weights = () => kernels.denseBackwardWeights(x.at, delta.at, gradient.at, N, D, H);
      expectSameBits(
        written(kernels, weights, gradient.at, D * H),
        table(D, H, (d, h) => roundedSum(round, 0, N, (n) => x.values[n * D + d] * delta.values[n * H + h])),
      );
      const bias = () => kernels.backwardBias(delta.at, biasGradient.at, N, H);
      expectSameBits(
        written(kernels, bias, biasGradient.at, H),
        table(1, H, (_, h) => roundedSum(round, 0, N, (n) => delta.values[n * H + h])),
      );
      const inputs = () => {
        kernels.backwardInputs(delta.at, w.at, scratch.at, below.at, N, D, H);
        kernels.floats.set(scratch.values, scratch.at);
      };
      expectSameBits(
        written(kernels, inputs, below.at, N * D),
        table(N, D, (n, d) => roundedSum(round, 0, H, (h) => delta.values[n * H + h] * w.values[d * H + h])),
      );
    }
  });

  test('sparse rows give the bits of the dense ones, forward and backward', async () => {
    for (const [N, D, H] of shapes) {
      const rng = createRng(3, 'data');
      const memory = await layOut(create, dtype);
      const { kernels, put, putInts, room } = memory;
      const stored = N + 2;
      const dense = put(sparseRows(rng, stored, D));
      const csr = putCsr(memory, dense.values, D);
      const rows = putInts(Array.from({ length: N }, () => rng.below(stored)));
      const [x, w, b, delta] = [
        room(N * D),
        put(normals(rng, D * H)),
        put(normals(rng, H)),
        put(normals(rng, N * H)),
      ];
      kernels.gatherRows(dense.at, rows, x.at, N, D);
      const [outDense, outSparse] = [room(N * H), room(N * H)];
      for (const bias of [b.at, -1]) {
        kernels.denseForward(x.at, w.at, bias, outDense.at, N, D, H);
        const run = () => kernels.sparseForward(csr, rows, w.at, bias, outSparse.at, N, H, H);
        expectSameBits(
          written(kernels, run, outSparse.at, N * H),
          kernels.floats.slice(outDense.at, outDense.at + N * H),
        );
      }

      const [fromDense, fromSparse] = [room(D * H), put(new Array(D * H).fill(0))];
      const workspace = roomToSort(memory, N, D);
      kernels.denseBackwardWeights(x.at, delta.at, fromDense.at, N, D, H);
      kernels.sparseBackwardWeights(csr, rows, delta.at, fromSparse.at, workspace, N, D, H, H);
      expectSameBits(
        kernels.floats.slice(fromSparse.at, fromSparse.at + D * H),
        kernels.floats.slice(fromDense.at, fromDense.at + D * H),
      );
    }
  });

  test('sparse rows with a stride, and plain SGD in one: the same bits, nothing between the rows is touched', async () => {
    for (const [N, D, H] of shapes) {
      const rng = createRng(4, 'data');
      const memory = await layOut(create, dtype);
      const { kernels, put, putInts, room } = memory;
      const stride = H + 3;
      const csr = putCsr(memory, put(sparseRows(rng, N + 2, D)).values, D);
      const rows = putInts(Array.from({ length: N }, () => rng.below(N + 2)));
      const delta = put(normals(rng, N * H));
      const weights = normals(rng, D * H);
      const [plain, w, wide] = [put(weights), put(weights), room(D * stride)];
      for (let d = 0; d < D; d++) {
        kernels.floats.copyWithin(wide.at + d * stride, w.at + d * H, w.at + (d + 1) * H);
      }
      const [gradient, wideGradient, out, wideOut] = [
        room(D * H),
        room(D * stride),
        room(N * H),
        room(N * H),
      ];
      const workspace = roomToSort(memory, N, D);
      const packed = (at: number) =>
        Array.from({ length: D }, (_, d) => [
          ...kernels.floats.slice(at + d * stride, at + d * stride + H),
        ]).flat();
      const between = (at: number) =>
        Array.from({ length: D }, (_, d) => [
          ...kernels.floats.slice(at + d * stride + H, at + (d + 1) * stride),
        ]);

      kernels.sparseForward(csr, rows, w.at, -1, out.at, N, H, H);
      kernels.sparseForward(csr, rows, wide.at, -1, wideOut.at, N, H, stride);
      expectSameBits(
        kernels.floats.slice(wideOut.at, wideOut.at + N * H),
        kernels.floats.slice(out.at, out.at + N * H),
      );

      const gaps = [between(wide.at), between(wideGradient.at)];
      kernels.sparseBackwardWeights(csr, rows, delta.at, gradient.at, workspace, N, D, H, H);
      kernels.sparseBackwardWeights(csr, rows, delta.at, wideGradient.at, workspace, N, D, H, stride);
      const expected = Array.from(kernels.floats.slice(gradient.at, gradient.at + D * H));
      expectSameBits(packed(wideGradient.at), expected);

      kernels.sgdInPlace(plain.at, gradient.at, 0.3, D * H);
      kernels.sparseSgdInPlace(csr, rows, delta.at, gradient.at, w.at, 0.3, workspace, N, D, H, H);
      kernels.sparseSgdInPlace(
        csr,
        rows,
        delta.at,
        wideGradient.at,
        wide.at,
        0.3,
        workspace,
        N,
        D,
        H,
        stride,
      );
      const moved = Array.from(kernels.floats.slice(plain.at, plain.at + D * H));
      expectSameBits(kernels.floats.slice(w.at, w.at + D * H), moved);
      expectSameBits(packed(wide.at), moved);
      expect([between(wide.at), between(wideGradient.at)]).toEqual(gaps);
    }
  });

  test('gradients of a batch in parts have the bits of the whole', async () => {
    for (const [N, D, H] of shapes) {
      const rng = createRng(30, 'data');
      const memory = await layOut(create, dtype);
      const { kernels, put, putInts, room } = memory;
      const dense = put(sparseRows(rng, N, D));
      const csr = putCsr(memory, dense.values, D);
      const rows = putInts(Array.from({ length: N }, (_, n) => n));
      const delta = put(normals(rng, N * H));
      const workspace = roomToSort(memory, N, D);
      const [whole, parts, sparse, bias, biasParts] = [
        room(D * H),
        room(D * H),
        room(D * H),
        room(H),
        room(H),
      ];
      const [w, scratch] = [put(normals(rng, D * H)), room(D * H)];
      const [below, belowParts] = [room(N * D), room(N * D)];
      kernels.backwardInputs(delta.at, w.at, scratch.at, below.at, N, D, H);
      kernels.denseBackwardWeights(dense.at, delta.at, whole.at, N, D, H);
      kernels.backwardBias(delta.at, bias.at, N, H);
      for (let n = 0; n < N; n += 2) {
        const [count, at, continued] = [Math.min(2, N - n), delta.at + n * H, n > 0];
        const run = () =>
          kernels.denseBackwardWeights(dense.at + n * D, at, parts.at, count, D, H, continued);
        written(kernels, run, parts.at, D * H);
        kernels.backwardInputs(at, w.at, scratch.at, belowParts.at + n * D, count, D, H, continued);
        kernels.sparseBackwardWeights(csr, rows + n, at, sparse.at, workspace, count, D, H, H, continued);
        written(kernels, () => kernels.backwardBias(at, biasParts.at, count, H, continued), biasParts.at, H);
      }
      expectSameBits(now(kernels, parts), now(kernels, whole));
      expectSameBits(now(kernels, sparse), now(kernels, whole));
      expectSameBits(now(kernels, biasParts), now(kernels, bias));
      expectSameBits(now(kernels, belowParts), now(kernels, below));
    }
  });

  test('more sparse rows than are sorted at a time: the bits of the dense ones, forward, backward and SGD', async () => {
    const [N, D] = [270, 4];
    for (const H of [1, 3, 18, 21, 35]) {
      const rng = createRng(29, 'data');
      const memory = await layOut(create, dtype);
      const { kernels, put, putInts, room } = memory;
      const stored = 20;
      const dense = put(sparseRows(rng, stored, D));
      const csr = putCsr(memory, dense.values, D);
      const rows = putInts(Array.from({ length: N }, () => rng.below(stored)));
      const weights = normals(rng, D * H);
      const [x, delta, w, plain] = [room(N * D), put(normals(rng, N * H)), put(weights), put(weights)];
      const [fromDense, fromSparse] = [room(D * H), room(D * H)];
      const workspace = roomToSort(memory, N, D);
      kernels.gatherRows(dense.at, rows, x.at, N, D);
      kernels.denseBackwardWeights(x.at, delta.at, fromDense.at, N, D, H);
      kernels.sparseBackwardWeights(csr, rows, delta.at, fromSparse.at, workspace, N, D, H, H);
      expectSameBits(now(kernels, fromSparse), now(kernels, fromDense));
      kernels.sgdInPlace(plain.at, fromDense.at, 0.3, D * H);
      kernels.sparseSgdInPlace(csr, rows, delta.at, fromSparse.at, w.at, 0.3, workspace, N, D, H, H);
      expectSameBits(now(kernels, w), now(kernels, plain));
      const afterwards = workspace.floats + sparseWorkspaceSize(N, D).floats;
      expect(kernels.floats[afterwards]).toBe(kernels.floats[0]);
    }
  });

  test('gatherRows takes any rows, repeated ones too', async () => {
    for (const D of [1, 2, 3, 4, 5, 7, 8, 10, 16, 63, 64, 70]) {
      const { kernels, put, putInts, room } = await layOut(create, dtype);
      const source = put(normals(createRng(5, 'data'), 5 * D));
      const rows = putInts([4, 0, 4]);
      const out = room(3 * D);
      const run = () => kernels.gatherRows(source.at, rows, out.at, 3, D);
      expectSameBits(written(kernels, run, out.at, 3 * D), [
        ...source.values.slice(4 * D),
        ...source.values.slice(0, D),
        ...source.values.slice(4 * D),
      ]);
    }
  });

  test("activations: a = f(z), delta f'(a)", async () => {
    const cube: Activation = {
      name: 'cube',
      by: 'a',
      value: (z) => z * z * z,
      derivative: (a) => 3 * Math.cbrt(a) ** 2,
    };
    for (const count of sizes) {
      const rng = createRng(6, 'data');
      const { kernels, put } = await layOut(create, dtype);
      const [z, delta] = [put(normals(rng, count)), put(normals(rng, count))];
      const forward = () => kernels.activationForwardInPlace(cube, z.at, count);
      const a = written(kernels, forward, z.at, count);
      expectSameBits(
        a,
        z.values.map((value) => round(value * value * value)),
      );
      const backward = () => kernels.activationBackwardInPlace(cube, z.at, delta.at, count);
      expectSameBits(
        written(kernels, backward, delta.at, count),
        delta.values.map((value, i) => round(value * round(cube.derivative(a[i])))),
      );
    }
  });

  test.each(activationNames)('%s by its own kernel is its entry in the table', async (name) => {
    const activation: Activation = activations[name];
    const { value: f, derivative } = dtype === 'float32' ? (activation.float32 ?? activation) : activation;
    const edges = [
      0,
      -0,
      1e-30,
      -1e-30,
      40,
      -40,
      800,
      -800,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ];
    const { kernels, put } = await layOut(create, dtype);
    const wide = normals(createRng(14, 'data'), 200).map((x, i) => x * [3, 10, 30, 0.01][i % 4]);
    const z = put([...normals(createRng(12, 'data'), 61), ...wide, ...edges, Number.NaN]);
    const count = z.values.length;
    const delta = put(normals(createRng(13, 'data'), count));
    const a = written(kernels, () => kernels.activationForwardInPlace(activation, z.at, count), z.at, count);
    expectSameBits(
      a,
      z.values.map((value) => round(f(value))),
    );
    if (activation.by === 'z') kernels.floats.set(z.values, z.at);
    const x = activation.by === 'z' ? z.values : a;
    const backward = () => kernels.activationBackwardInPlace(activation, z.at, delta.at, count);
    expectSameBits(
      written(kernels, backward, delta.at, count),
      delta.values.map((value, i) => round(value * round(derivative(x[i])))),
    );
  });

  test('softmax: shifted exponentials over their sum', async () => {
    for (const N of sizes) {
      for (const P of sizes) {
        const { kernels, put } = await layOut(create, dtype);
        const z = put(normals(createRng(7, 'data'), N * P));
        const a = written(kernels, () => kernels.softmaxForwardInPlace(z.at, N, P), z.at, N * P);
        const exponentials = z.values.map((value, i) => {
          const row = Math.floor(i / P) * P;
          return round(exp(round(value - Math.max(...z.values.slice(row, row + P)))));
        });
        expectSameBits(
          a,
          table(N, P, (n, p) =>
            round(exponentials[n * P + p] / roundedSum(round, 0, P, (i) => exponentials[n * P + i])),
          ),
        );
        const plain = z.values.slice(0, P).map(Math.exp);
        expect(a[P - 1]).toBeCloseTo(plain[P - 1] / plain.reduce((sum, e) => sum + e), 6);
      }
    }
  });

  test('scaledDifference and squaredError', async () => {
    for (const count of sizes) {
      const rng = createRng(8, 'data');
      const { kernels, put, room } = await layOut(create, dtype);
      const [a, y, out] = [put(normals(rng, count)), put(normals(rng, count)), room(count)];
      const run = () => kernels.scaledDifference(a.at, y.at, 2 / 3, out.at, count);
      expectSameBits(
        written(kernels, run, out.at, count),
        a.values.map((value, i) => round(round(2 / 3) * round(value - y.values[i]))),
      );
      // Summed in float64 whatever the element type: nothing is rounded.
      const expected = a.values.reduce(
        (sum, value, i) => sum + (value - y.values[i]) * (value - y.values[i]),
        0,
      );
      let error = Number.NaN;
      written(kernels, () => (error = kernels.squaredError(a.at, y.at, count)), 0, 0);
      expect(error).toBe(expected);
    }
  });

  test('multiply, in place too', async () => {
    for (const count of [...sizes, 33]) {
      const rng = createRng(25, 'data');
      const { kernels, put, room } = await layOut(create, dtype);
      const [a, b, out] = [put(normals(rng, count)), put(normals(rng, count)), room(count)];
      const products = a.values.map((value, i) => round(value * b.values[i]));
      const apart = () => kernels.multiply(a.at, b.at, out.at, count);
      expectSameBits(written(kernels, apart, out.at, count), products);
      const inPlace = () => kernels.multiply(a.at, b.at, a.at, count);
      expectSameBits(written(kernels, inPlace, a.at, count), products);
    }
  });

  test('the absolute and the Huber error and their derivatives', async () => {
    for (const count of [...sizes, 33]) {
      const rng = createRng(24, 'data');
      const { kernels, put, room } = await layOut(create, dtype);
      const [a, out] = [put(normals(rng, count)), room(count)];
      // Every fifth error is 0.
      const y = put(a.values.map((value, i) => (i % 5 === 2 ? value : round(3 * rng.normal()))));
      const errors = a.values.map((value, i) => value - y.values[i]);
      const [scale, limit] = [2 / 3, 0.7];
      const signs = () => kernels.signOfDifference(a.at, y.at, scale, out.at, count);
      expectSameBits(
        written(kernels, signs, out.at, count),
        errors.map((e) => round(round(scale) * Math.sign(e))),
      );
      const limited = () => kernels.limitedDifference(a.at, y.at, limit, scale, out.at, count);
      expectSameBits(
        written(kernels, limited, out.at, count),
        errors.map((e) => round(round(scale) * Math.max(-round(limit), Math.min(round(limit), round(e))))),
      );
      let [absolute, huber] = [Number.NaN, Number.NaN];
      written(kernels, () => (absolute = kernels.absoluteError(a.at, y.at, count)), 0, 0);
      expect(absolute).toBe(errors.reduce((sum, e) => sum + Math.abs(e), 0));
      written(kernels, () => (huber = kernels.huberError(a.at, y.at, limit, count)), 0, 0);
      expect(huber).toBe(
        errors.reduce((sum, e) => {
          const size = Math.abs(e);
          return sum + (size <= limit ? 0.5 * size * size : limit * (size - 0.5 * limit));
        }, 0),
      );
    }
  });

  test('an error that is not a number, or infinite, is not hidden', async () => {
    for (const count of [1, 5, 8]) {
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
        const { kernels, put, room } = await layOut(create, dtype);
        const a = put(Array.from({ length: count }, () => bad));
        const [y, out] = [put(Array.from({ length: count }, () => 1)), room(count)];
        expect(Number.isFinite(kernels.absoluteError(a.at, y.at, count))).toBe(false);
        expect(Number.isFinite(kernels.huberError(a.at, y.at, 1, count))).toBe(false);
        const written = () => [...kernels.floats.slice(out.at, out.at + count)];
        kernels.signOfDifference(a.at, y.at, 1, out.at, count);
        expect(written()).toEqual(written().map(() => (Number.isNaN(bad) ? bad : 1)));
        kernels.limitedDifference(a.at, y.at, 2, 1, out.at, count);
        expect(written()).toEqual(written().map(() => (Number.isNaN(bad) ? bad : 2)));
      }
    }
  });

  test('cross-entropy equals log-sum-exp, leaves softmax, and takes targets that are not one-hot', async () => {
    for (const N of sizes) {
      for (const P of sizes) {
        const rng = createRng(9, 'data');
        const { kernels, put } = await layOut(create, dtype);
        const [z, y] = [put(normals(rng, N * P)), put(Array.from({ length: N * P }, () => rng.below(3) / 4))];
        const other = await layOut(create, dtype);
        const same = other.put(z.values);
        other.kernels.softmaxForwardInPlace(same.at, N, P);
        let loss = Number.NaN;
        const run = () => (loss = kernels.softmaxCrossEntropyInPlace(z.at, y.at, N, P));
        expectSameBits(
          written(kernels, run, z.at, N * P),
          other.kernels.floats.slice(same.at, same.at + N * P),
        );
        const logSum = (n: number) =>
          Math.log(z.values.slice(n * P, (n + 1) * P).reduce((s, v) => s + Math.exp(v), 0));
        const expected = y.values.reduce(
          (sum, t, i) => sum + t * (logSum(Math.floor(i / P)) - z.values[i]),
          0,
        );
        expect(Math.abs(loss - expected)).toBeLessThan((dtype === 'float32' ? 1e-6 : 1e-14) * N * P);
      }
    }
  });

  test('cross-entropy adds up weight (largest + ln sum e^(z - largest)) - sum y z, row after row', async () => {
    for (const N of [1, 2, 3, 4, 7]) {
      for (const P of [1, 2, 3, 4, 5, 10, 13]) {
        const rng = createRng(16, 'data');
        const { kernels, put } = await layOut(create, dtype);
        const [z, y] = [put(normals(rng, N * P)), put(Array.from({ length: N * P }, () => rng.below(3) / 4))];
        let expected = 0;
        for (let n = 0; n < N; n++) {
          const row = z.values.slice(n * P, (n + 1) * P);
          const targets = y.values.slice(n * P, (n + 1) * P);
          const largest = Math.max(...row);
          const sum = row.reduce((total, value) => round(total + round(exp(round(value - largest)))), 0);
          const weight = targets.reduce((total, target) => total + target, 0);
          const weighted = targets.reduce((total, target, p) => total + target * row[p], 0);
          expected += weight * (largest + log(sum)) - weighted;
        }
        expect(kernels.softmaxCrossEntropyInPlace(z.at, y.at, N, P)).toBe(expected);
      }
    }
  });

  test('a logit that is not a number, or infinite, makes the cross-entropy not finite wherever it stands', async () => {
    for (const N of [1, 2, 3]) {
      for (const at of Array.from({ length: 5 * N }, (_, i) => i)) {
        for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
          const { kernels, put } = await layOut(create, dtype);
          const z = put(table(N, 5, (n, p) => (5 * n + p === at ? bad : n - p)));
          const y = put(table(N, 5, (n, p) => (p === n ? 1 : 0)));
          expect(Number.isFinite(kernels.softmaxCrossEntropyInPlace(z.at, y.at, N, 5))).toBe(false);
        }
      }
    }
  });

  test('countCorrect at every width, among equal, missing and infinite numbers', async () => {
    const largest = (row: number[]) => row.reduce((best, value, p) => (value > row[best] ? p : best), 0);
    for (let P = 1; P <= 35; P++) {
      const rng = createRng(17, 'data');
      const { kernels, put } = await layOut(create, dtype);
      const kinds = [Number.NaN, Number.NEGATIVE_INFINITY, -0, 0, 1, 2, Number.POSITIVE_INFINITY];
      const [a, y] = [0, 1].map(() => put(table(40, P, () => kinds[rng.below(kinds.length)])));
      const rowsOf = ({ values }: Region) =>
        Array.from({ length: 40 }, (_, n) => values.slice(n * P, (n + 1) * P));
      const [given, wanted] = [rowsOf(a), rowsOf(y)];
      const expected = given.filter((row, n) => largest(row) === largest(wanted[n])).length;
      expect(kernels.countCorrect(a.at, y.at, 40, P)).toBe(expected);
    }
  });

  test('cross-entropy of logits of 10000 in size is exact', async () => {
    const { kernels, put } = await layOut(create, dtype);
    const logits = put([1e4, -1e4, 0, -1e4, 1e4, 0, 1e4, 1e4, -1e4]);
    const targets = put([1, 0, 0, 1, 0, 0, 0, 1, 0]);
    const loss = kernels.softmaxCrossEntropyInPlace(logits.at, targets.at, 3, 3);
    expect(loss).toBeCloseTo(0 + 2e4 + Math.LN2, 6);
    expectSameBits(kernels.floats.slice(logits.at, logits.at + 9), [1, 0, 0, 0, 1, 0, 0.5, 0.5, 0]);
    const [z, y] = [put([1e4, -1e4]), put([0, 1])];
    kernels.softmaxForwardInPlace(z.at, 1, 2);
    expectSameBits(kernels.floats.slice(z.at, z.at + 2), [1, 0]);
    expect(kernels.softmaxCrossEntropyInPlace(put([-1e4, -1e4]).at, y.at, 1, 2)).toBeCloseTo(Math.LN2, 6);
  });

  test('countCorrect takes the first of equals', async () => {
    const { kernels, put } = await layOut(create, dtype);
    const a = put([0.4, 0.4, 0.2, 0.1, 0.45, 0.45, 0.2, 0.3, 0.5]);
    const count = (y: number[]) => kernels.countCorrect(a.at, put(y).at, y.length / 3, 3);
    expect(count([1, 0, 0, 0, 1, 0, 0, 0, 1])).toBe(3);
    expect(count([0, 1, 0, 0, 0, 1, 0, 0, 1])).toBe(1);
    expect(count([0, 1, 0])).toBe(0);
    expect(count([1, 1, 0])).toBe(1);
    expect(kernels.countCorrect(a.at, put([1, 1]).at, 2, 1)).toBe(2);
  });

  test('binaryCrossEntropy of logits of any size, and countCorrectBinary', async () => {
    for (const count of [...sizes, 33]) {
      const rng = createRng(23, 'data');
      const { kernels, put } = await layOut(create, dtype);
      const z = put(normals(rng, count).map((x, i) => x * [1, 1e4, 30, 0][i % 4]));
      const y = put(Array.from({ length: count }, () => rng.below(2)));
      const expected = z.values.reduce((sum, logit, i) => {
        const term = Math.max(logit, 0) + log(1 + exp(-Math.abs(logit)));
        return sum + (term - y.values[i] * logit);
      }, 0);
      let loss = Number.NaN;
      written(kernels, () => (loss = kernels.binaryCrossEntropy(z.at, y.at, count)), 0, 0);
      expect(loss).toBe(expected);
      const a = put(z.values.map((logit) => (logit >= 0 ? 0.5 + rng.uniform() / 2 : rng.uniform() / 2)));
      const correct = y.values.filter((target, i) => (target === 1) === a.values[i] >= 0.5).length;
      expect(kernels.countCorrectBinary(a.at, y.at, count)).toBe(correct);
    }
    const { kernels, put } = await layOut(create, dtype);
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(Number.isFinite(kernels.binaryCrossEntropy(put([1, bad]).at, put([1, 1]).at, 2))).toBe(false);
    }
  });

  test('addPenalty, sgdInPlace and momentumInPlace', async () => {
    for (const count of sizes) {
      const rng = createRng(10, 'data');
      const { kernels, put } = await layOut(create, dtype);
      const [w, g, v] = [put(normals(rng, count)), put(normals(rng, count)), put(normals(rng, count))];
      const penalty = () => kernels.addPenalty(g.at, w.at, 0.15, count);
      const gradient = g.values.map((value, i) => round(value + round(round(2 * 0.15) * w.values[i])));
      expectSameBits(written(kernels, penalty, g.at, count), gradient);

      const moved = w.values.map((value, i) => round(value - round(round(0.1) * gradient[i])));
      expectSameBits(
        written(kernels, () => kernels.sgdInPlace(w.at, g.at, 0.1, count), w.at, count),
        moved,
      );

      const velocity = v.values.map((value, i) =>
        round(round(round(0.9) * value) + round(round(0.1) * gradient[i])),
      );
      // Two regions change: w is put back so that the velocity alone is left to look at.
      const momentum = () => {
        kernels.momentumInPlace(w.at, v.at, g.at, 0.1, 0.9, count);
        expectSameBits(
          kernels.floats.slice(w.at, w.at + count),
          moved.map((value, i) => round(value - velocity[i])),
        );
        kernels.floats.set(moved, w.at);
      };
      expectSameBits(written(kernels, momentum, v.at, count), velocity);
    }
  });

  test('addAbsolutePenalty, at weights of 0 too', async () => {
    for (const count of [...sizes, 33]) {
      const rng = createRng(22, 'data');
      const { kernels, put } = await layOut(create, dtype);
      const g = put(normals(rng, count));
      const w = put(normals(rng, count).map((x, i) => (i % 3 === 1 ? [0, -0][i % 2] : x)));
      const run = () => kernels.addAbsolutePenalty(g.at, w.at, 0.15, count);
      expectSameBits(
        written(kernels, run, g.at, count),
        g.values.map((value, i) => round(value + round(0.15) * Math.sign(w.values[i]))),
      );
    }
  });

  const tiny = dtype === 'float32' ? 2 ** -100 : 2 ** -900;
  const kept = (x: number) => (Math.abs(x) < tiny ? 0 : x);

  /** Numbers of every size, among them state that is to become 0, and what is not finite. */
  const state = (rng: Rng, count: number) =>
    normals(rng, count).map((x, i) => x * [1, 1e-15, tiny * 0.7, tiny * 1.3, tiny * 2][i % 5]);

  test('nesterovInPlace', async () => {
    for (const count of [...sizes, 33]) {
      const rng = createRng(18, 'data');
      const { kernels, put } = await layOut(create, dtype);
      const [w, g, v] = [put(normals(rng, count)), put(state(rng, count)), put(state(rng, count))];
      const [rate, momentum] = [0.1, 0.9].map(round);
      expectOnlyWritten(kernels, () => kernels.nesterovInPlace(w.at, v.at, g.at, 0.1, 0.9, count), [w, v]);
      const step = g.values.map((value) => round(rate * value));
      const velocity = v.values.map((value, i) => kept(round(round(momentum * value) + step[i])));
      expectSameBits(now(kernels, v), velocity);
      expectSameBits(
        now(kernels, w),
        w.values.map((value, i) => round(value - round(round(momentum * velocity[i]) + step[i]))),
      );
    }
  });

  test('rootMeanSquareInPlace, with a velocity and without', async () => {
    for (const count of [...sizes, 33]) {
      for (const biased of [false, true]) {
        const rng = createRng(19, 'data');
        const { kernels, put } = await layOut(create, dtype);
        const [w, g, v] = [put(normals(rng, count)), put(state(rng, count)), put(state(rng, count))];
        const s = put(state(rng, count).map(Math.abs));
        const how = [0.1, 0.99, 1 - 0.99, 1e-8, 0.9] as const;
        const [rate, keep, share, epsilon, momentum] = how.map(round);
        const run = () => kernels.rootMeanSquareInPlace(w.at, s.at, biased ? v.at : -1, g.at, ...how, count);
        expectOnlyWritten(kernels, run, biased ? [w, s, v] : [w, s]);
        const square = s.values.map((value, i) =>
          kept(round(round(keep * value) + round(share * round(g.values[i] * g.values[i])))),
        );
        expectSameBits(now(kernels, s), square);
        const step = square.map((value, i) =>
          round(round(rate * g.values[i]) / round(round(Math.sqrt(value)) + epsilon)),
        );
        const move = biased
          ? v.values.map((value, i) => kept(round(round(momentum * value) + step[i])))
          : step;
        if (biased) expectSameBits(now(kernels, v), move);
        expectSameBits(
          now(kernels, w),
          w.values.map((value, i) => round(value - move[i])),
        );
      }
    }
  });

  test('adamInPlace', async () => {
    for (const count of [...sizes, 33]) {
      const rng = createRng(20, 'data');
      const { kernels, put } = await layOut(create, dtype);
      const [w, g, m] = [put(normals(rng, count)), put(state(rng, count)), put(state(rng, count))];
      const s = put(state(rng, count).map(Math.abs));
      const run = () => kernels.adamInPlace(w.at, m.at, s.at, g.at, 0.1, 0.9, 0.999, 1e-8, 0.997, count);
      expectOnlyWritten(kernels, run, [w, m, s]);
      const [rate, epsilon, keep] = [0.1, 1e-8, 0.997].map(round);
      const mean = m.values.map((value, i) =>
        kept(round(round(round(0.9) * value) + round(round(1 - 0.9) * g.values[i]))),
      );
      const square = s.values.map((value, i) =>
        kept(round(round(round(0.999) * value) + round(round(1 - 0.999) * round(g.values[i] * g.values[i])))),
      );
      expectSameBits(now(kernels, m), mean);
      expectSameBits(now(kernels, s), square);
      expectSameBits(
        now(kernels, w),
        w.values.map((value, i) =>
          round(
            round(keep * value) - round(round(rate * mean[i]) / round(round(Math.sqrt(square[i])) + epsilon)),
          ),
        ),
      );
    }
  });

  test('sumOfSquares in four parts of float64, and scaleInPlace', async () => {
    for (const count of [...sizes, 33]) {
      const { kernels, put } = await layOut(create, dtype);
      const a = put(normals(createRng(21, 'data'), count));
      const parts = [0, 0, 0, 0];
      a.values.forEach((value, i) => {
        parts[i % 4] += value * value;
      });
      let sum = Number.NaN;
      written(kernels, () => (sum = kernels.sumOfSquares(a.at, count)), 0, 0);
      expect(sum).toBe(parts[0] + parts[1] + (parts[2] + parts[3]));
      expectSameBits(
        written(kernels, () => kernels.scaleInPlace(a.at, 0.3, count), a.at, count),
        a.values.map((value) => round(round(0.3) * value)),
      );
    }
  });

  // Whole steps against the kernels that they stand for, which the tests above hold to plain sums.
  const penalties = [
    [0, 0],
    [0.15, 0],
    [0.15, 0.15],
  ];

  test('linearSgdStep is the bits of its parts', async () => {
    for (const N of [1, 2, 3, 4, 5, 10, 11]) {
      for (const D of [1, 2, 3, 4, 5, 7, 8, 17, 24, 37]) {
        for (const [lambda, biasLambda] of penalties) {
          const rng = createRng(14, 'data');
          const { kernels, put, putInts, room } = await layOut(create, dtype);
          const [x, y, w, b] = [20 * D, 20, D, 1].map((count) => put(normals(rng, count)));
          const rows = putInts(Array.from({ length: N }, () => rng.below(20)));
          const [batch, targets, z, delta, g, gb] = [N * D, N, N, N, D, 1].map(room);
          const [sameW, sameB] = [put(w.values), put(b.values)];
          for (const biased of [true, false]) {
            const bias = biased ? sameB.at : -1;
            kernels.gatherRows(x.at, rows, batch.at, N, D);
            kernels.gatherRows(y.at, rows, targets.at, N, 1);
            kernels.denseForward(batch.at, sameW.at, bias, z.at, N, D, 1);
            kernels.scaledDifference(z.at, targets.at, 2 / N, z.at, N);
            kernels.denseBackwardWeights(batch.at, z.at, g.at, N, D, 1);
            kernels.backwardBias(z.at, gb.at, N, 1);
            if (lambda > 0) kernels.addPenalty(g.at, sameW.at, lambda, D);
            if (biasLambda > 0) kernels.addPenalty(gb.at, sameB.at, biasLambda, 1);
            kernels.sgdInPlace(sameW.at, g.at, 0.1, D);
            if (biased) kernels.sgdInPlace(sameB.at, gb.at, 0.1, 1);
            const at = biased ? b.at : -1;
            const run = () =>
              kernels.linearSgdStep(x.at, y.at, rows, w.at, at, delta.at, N, D, 0.1, lambda, biasLambda);
            expectOnlyWritten(kernels, run, [w, b, delta]);
            expectSameBits(now(kernels, w), now(kernels, sameW));
            expectSameBits(now(kernels, b), now(kernels, sameB));
            expectSameBits(now(kernels, delta), now(kernels, z));
          }
        }
      }
    }
  });

  test('relu2H1Forward and relu2H1SgdStep are the bits of their parts', async () => {
    const { relu } = activations;
    for (const N of [1, 2, 3, 4, 5, 10, 11]) {
      for (const H of [8, 16, 24, 40]) {
        for (const [lambda, biasLambda] of penalties) {
          const rng = createRng(15, 'data');
          const { kernels, put, putInts, room } = await layOut(create, dtype);
          const [x, y] = [40, 20].map((count) => put(normals(rng, count)));
          const [w, b, v, c] = [2 * H, H, H, 1].map((count) => put(normals(rng, count)));
          const [sameW, sameB, sameV, sameC] = [w, b, v, c].map(({ values }) => put(values));
          const rows = putInts(Array.from({ length: N }, () => rng.below(20)));
          const [inputs, a, delta, out] = [2 * N, N * H, N, N].map(room);
          const [batch, targets, hidden, z, below, scratch] = [2 * N, N, N * H, N, N * H, H].map(room);
          const [gw, gb, gv, gc] = [2 * H, H, H, 1].map(room);

          kernels.gatherRows(x.at, rows, batch.at, N, 2);
          kernels.gatherRows(y.at, rows, targets.at, N, 1);
          kernels.denseForward(batch.at, sameW.at, sameB.at, hidden.at, N, 2, H);
          kernels.activationForwardInPlace(relu, hidden.at, N * H);
          kernels.denseForward(hidden.at, sameV.at, sameC.at, z.at, N, H, 1);
          const forward = () => kernels.relu2H1Forward(batch.at, w.at, b.at, v.at, c.at, out.at, N, H);
          expectOnlyWritten(kernels, forward, [out]);
          expectSameBits(now(kernels, out), now(kernels, z));

          kernels.scaledDifference(z.at, targets.at, 2 / N, z.at, N);
          kernels.denseBackwardWeights(hidden.at, z.at, gv.at, N, H, 1);
          kernels.backwardBias(z.at, gc.at, N, 1);
          kernels.backwardInputs(z.at, sameV.at, scratch.at, below.at, N, H, 1);
          kernels.activationBackwardInPlace(relu, hidden.at, below.at, N * H);
          kernels.denseBackwardWeights(batch.at, below.at, gw.at, N, 2, H);
          kernels.backwardBias(below.at, gb.at, N, H);
          for (const [gradient, weights, penalty] of [
            [gw, sameW, lambda],
            [gv, sameV, lambda],
            [gb, sameB, biasLambda],
            [gc, sameC, biasLambda],
          ] as const) {
            const count = weights.values.length;
            if (penalty > 0) kernels.addPenalty(gradient.at, weights.at, penalty, count);
            kernels.sgdInPlace(weights.at, gradient.at, 0.1, count);
          }
          const to = [x, y, w, b, v, c, inputs, a, delta].map(({ at }) => at);
          const [xAt, yAt, ...offsets] = to as [
            number,
            number,
            number,
            number,
            number,
            number,
            number,
            number,
            number,
          ];
          const run = () => kernels.relu2H1SgdStep(xAt, yAt, rows, ...offsets, N, H, 0.1, lambda, biasLambda);
          expectOnlyWritten(kernels, run, [w, b, v, c, inputs, a, delta]);
          for (const [mine, parts] of [
            [w, sameW],
            [b, sameB],
            [v, sameV],
            [c, sameC],
            [a, hidden],
            [delta, z],
          ]) {
            expectSameBits(now(kernels, mine), now(kernels, parts));
          }
        }
      }
    }
  });

  test('0 is an offset like any other, for a bias too', async () => {
    const kernels = await create(dtype, createMemory(16));
    kernels.floats.set([3, 5, 7]);
    kernels.denseForward(1, 2, 0, 3, 1, 1, 1);
    expect(kernels.floats[3]).toBe(3 + 5 * 7);
  });

  test('a batch of no rows writes no output, and zero gradients', async () => {
    const { kernels, put, room } = await layOut(create, dtype);
    const [x, w, gradient] = [put([1, 2]), put([3, 4]), room(2)];
    written(kernels, () => kernels.denseForward(x.at, w.at, -1, gradient.at, 0, 2, 1), 0, 0);
    const run = () => kernels.denseBackwardWeights(x.at, w.at, gradient.at, 0, 2, 1);
    expectSameBits(written(kernels, run, gradient.at, 2), [0, 0]);
  });
});

test.each(dtypes)(
  'createKernels gives kernels on the memory, as floats and as ints, in %s',
  async (dtype) => {
    const memory = createMemory(1);
    const { floats, ints, dtype: its } = await createKernels(dtype, memory);
    expect(its).toBe(dtype);
    for (const { buffer } of [floats, ints]) expect(buffer).toBe(memory.buffer);
    expect(floats).toBeInstanceOf(dtype === 'float32' ? Float32Array : Float64Array);
    expect([floats.byteLength, ints.byteLength]).toEqual([65536, 65536]);
  },
);
