import { arrayOf, type NumberArray } from '../../trace/number-array.ts';

/** softmax of each row of z [N][P]. */
export function softmaxOf(z: NumberArray): NumberArray {
  const [N, P] = z.shape;
  const a = arrayOf(z.shape);
  for (let n = 0; n < N; n++) {
    const row = z.values.subarray(n * P, (n + 1) * P);
    const largest = Math.max(...row);
    const e = row.map((value) => Math.exp(value - largest));
    const sum = e.reduce((total, value) => total + value, 0);
    a.values.set(
      e.map((value) => value / sum),
      n * P,
    );
  }
  return a;
}

/** g J for each row [P], with J = diag(a) - a'a, the Jacobian of softmax at its outputs a [N][P]. */
export function throughSoftmax(g: NumberArray, a: NumberArray): NumberArray {
  const P = a.shape[1];
  const product = arrayOf(a.shape);
  for (let i = 0; i < a.values.length; i += P) {
    let dot = 0;
    for (let p = 0; p < P; p++) dot += g.values[i + p] * a.values[i + p];
    for (let p = 0; p < P; p++) product.values[i + p] = a.values[i + p] * (g.values[i + p] - dot);
  }
  return product;
}
