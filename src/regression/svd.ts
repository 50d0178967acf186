import type { Matrix } from '../math/matrix.ts';

/** X = U diag(s) V', with R = min(N, D). The singular values s are in descending order. */
export interface Svd {
  /** R columns of U, of N numbers each. */
  readonly left: readonly Float64Array[];
  /** R columns of V, of D numbers each. */
  readonly right: readonly Float64Array[];
  readonly s: Float64Array;
}

/**
 * Numbers up to this count as 0: in a matrix whose largest number is of ordinary size they are only rounding errors.
 * For smaller ones eps |s| would underflow, and the iteration below would never find an off-diagonal number small
 * enough.
 */
const negligibleSize = 2 ** -970;

/**
 * Singular value decomposition. Householder reflections reduce X to a bidiagonal matrix, and shifted QR steps then make
 * it diagonal. x: [N][D], finite, the largest absolute value between 2^-500 and 2^500, or all values 0. A wide matrix
 * is transposed.
 *
 * This is our own code because ml-matrix uses Number.MIN_VALUE where JAMA uses 2^-966. With that value the iteration
 * never ends for some matrices, such as 25 equal columns. For all others the bits are those of ml-matrix.
 *
 * Source: Golub & Reinsch (1970) as in LINPACK and JAMA; except that columns up to `negligibleSize` count as 0.
 */
export function singularValueDecomposition(x: Matrix): Svd {
  const { rows, columns } = x;
  const wide = rows < columns;
  // a[j] is column j of X or, if X is wide, of X'.
  const a = wide ? rowsOf(x) : rowsOf(transposed(x));
  const { s, e, left, right } = bidiagonalize(a);
  diagonalize(s, e, left, right);
  return wide ? { left: right, right: left, s } : { left, right, s };
}

interface Bidiagonal {
  readonly s: Float64Array;
  /** e[k] is to the right of s[k] in the matrix. */
  readonly e: Float64Array;
  readonly left: Float64Array[];
  readonly right: Float64Array[];
}

/** Reduces a matrix to bidiagonal form. a: n columns of m numbers, m >= n; they are overwritten. */
function bidiagonalize(a: Float64Array[]): Bidiagonal {
  const n = a.length;
  const m = a[0].length;
  const s = new Float64Array(n);
  const e = new Float64Array(n);
  const left = zeros(n, m);
  const right = zeros(n, n);
  const reflected = Math.min(m - 1, n);
  const reflectedRows = Math.max(0, n - 2);
  for (let k = 0; k < reflected; k++) {
    s[k] = reflector(a[k], k);
    for (let j = k + 1; j < n; j++) {
      if (s[k] !== 0) reflect(a[j], a[k], k);
      e[j] = a[j][k];
    }
    left[k].set(a[k].subarray(k), k);
    if (k < reflectedRows) {
      e[k] = reflector(e, k + 1);
      if (e[k] !== 0) reflectRows(a, e, k + 1);
      right[k].set(e.subarray(k + 1), k + 1);
    }
  }
  if (reflected < n) s[reflected] = a[reflected][reflected];
  if (n > 1) e[n - 2] = a[n - 1][n - 2];
  e[n - 1] = 0;

  for (let j = reflected; j < n; j++) left[j][j] = 1;
  for (let k = reflected - 1; k >= 0; k--) {
    if (s[k] === 0) {
      left[k].fill(0)[k] = 1;
      continue;
    }
    for (let j = k + 1; j < n; j++) reflect(left[j], left[k], k);
    for (let i = k; i < m; i++) left[k][i] = -left[k][i];
    left[k][k] += 1;
  }
  for (let k = n - 1; k >= 0; k--) {
    if (k < reflectedRows && e[k] !== 0) {
      for (let j = k + 1; j < n; j++) reflect(right[j], right[k], k + 1);
    }
    right[k].fill(0)[k] = 1;
  }
  return { s, e, left, right };
}

/**
 * Replaces v from `from` on by the vector of the reflection that maps all its numbers except the first to 0. Returns
 * the first number of the image.
 */
function reflector(v: Float64Array, from: number): number {
  let norm = 0;
  for (let i = from; i < v.length; i++) norm = hypotenuse(norm, v[i]);
  if (norm <= negligibleSize) return 0;
  if (v[from] < 0) norm = -norm;
  for (let i = from; i < v.length; i++) v[i] /= norm;
  v[from] += 1;
  return -norm;
}

/** Applies the reflection of v to `target`, from `from` on. */
function reflect(target: Float64Array, v: Float64Array, from: number): void {
  let t = 0;
  for (let i = from; i < v.length; i++) t += v[i] * target[i];
  t = -t / v[from];
  for (let i = from; i < v.length; i++) target[i] += t * v[i];
}

/** Applies the reflection of v to the rows of the submatrix of a that starts at row and column `from`. */
function reflectRows(a: readonly Float64Array[], v: Float64Array, from: number): void {
  const m = a[0].length;
  const work = new Float64Array(m);
  for (let j = from; j < a.length; j++) {
    for (let i = from; i < m; i++) work[i] += v[j] * a[j][i];
  }
  for (let j = from; j < a.length; j++) {
    const t = -v[j] / v[from];
    for (let i = from; i < m; i++) a[j][i] += t * work[i];
  }
}

/**
 * Rotates the bidiagonal matrix and the vectors until all off-diagonal numbers are 0, and sorts the singular values.
 */
function diagonalize(s: Float64Array, e: Float64Array, left: Float64Array[], right: Float64Array[]): void {
  let p = s.length;
  while (p > 0) {
    let k = p - 2;
    while (
      k >= 0 &&
      Math.abs(e[k]) > Math.max(negligibleSize, Number.EPSILON * (Math.abs(s[k]) + Math.abs(s[k + 1])))
    )
      k--;
    if (k >= 0) e[k] = 0;
    if (k === p - 2) {
      placeSingularValue(s, left, right, p - 1);
      p--;
      continue;
    }
    const zero = findNegligible(s, e, k, p);
    if (zero === k) qrStep(s, e, left, right, k + 1, p);
    else if (zero === p - 1) eliminateLastOffDiagonal(s, e, right, k + 1, p);
    else eliminateOffDiagonal(s, e, left, zero + 1, p);
  }
}

/**
 * Sets the last of s[k + 1] .. s[p - 1] that is negligible next to its neighbours to 0, and returns its index; k if
 * there is none.
 */
function findNegligible(s: Float64Array, e: Float64Array, k: number, p: number): number {
  for (let z = p - 1; z > k; z--) {
    const neighbours = Math.abs(e[z]) + (z !== k + 1 ? Math.abs(e[z - 1]) : 0);
    if (Math.abs(s[z]) > Number.EPSILON * neighbours) continue;
    s[z] = 0;
    return z;
  }
  return k;
}

/** Given s[p - 1] = 0, rotates e[p - 2] to 0. */
function eliminateLastOffDiagonal(
  s: Float64Array,
  e: Float64Array,
  right: Float64Array[],
  k: number,
  p: number,
): void {
  let f = e[p - 2];
  e[p - 2] = 0;
  for (let j = p - 2; j >= k; j--) {
    const t = hypotenuse(s[j], f);
    const cos = s[j] / t;
    const sin = f / t;
    s[j] = t;
    if (j !== k) {
      f = -sin * e[j - 1];
      e[j - 1] = cos * e[j - 1];
    }
    rotate(right[j], right[p - 1], cos, sin);
  }
}

/** Given s[k - 1] = 0, rotates e[k - 1] to 0. */
function eliminateOffDiagonal(
  s: Float64Array,
  e: Float64Array,
  left: Float64Array[],
  k: number,
  p: number,
): void {
  let f = e[k - 1];
  e[k - 1] = 0;
  for (let j = k; j < p; j++) {
    const t = hypotenuse(s[j], f);
    const cos = s[j] / t;
    const sin = f / t;
    s[j] = t;
    f = -sin * e[j];
    e[j] = cos * e[j];
    rotate(left[j], left[k - 1], cos, sin);
  }
}

/** One QR step on s[k] .. s[p - 1], with Wilkinson's shift. */
function qrStep(
  s: Float64Array,
  e: Float64Array,
  left: Float64Array[],
  right: Float64Array[],
  k: number,
  p: number,
): void {
  let [f, g] = initialRotation(s, e, k, p);
  for (let j = k; j < p - 1; j++) {
    let t = hypotenuse(f, g) || Number.MIN_VALUE;
    let cos = f / t;
    let sin = g / t;
    if (j !== k) e[j - 1] = t;
    f = cos * s[j] + sin * e[j];
    e[j] = cos * e[j] - sin * s[j];
    g = sin * s[j + 1];
    s[j + 1] = cos * s[j + 1];
    rotate(right[j], right[j + 1], cos, sin);
    t = hypotenuse(f, g) || Number.MIN_VALUE;
    cos = f / t;
    sin = g / t;
    s[j] = t;
    f = cos * e[j] + sin * s[j + 1];
    s[j + 1] = -sin * e[j] + cos * s[j + 1];
    g = sin * e[j + 1];
    e[j + 1] = cos * e[j + 1];
    rotate(left[j], left[j + 1], cos, sin);
  }
  e[p - 2] = f;
}

/** The vector that the first rotation of a QR step maps to a multiple of (1, 0). */
function initialRotation(s: Float64Array, e: Float64Array, k: number, p: number): [number, number] {
  const scale = Math.max(...[s[p - 1], s[p - 2], e[p - 2], s[k], e[k]].map((value) => Math.abs(value)));
  const sp = s[p - 1] / scale;
  const spm1 = s[p - 2] / scale;
  const epm1 = e[p - 2] / scale;
  const sk = s[k] / scale;
  const ek = e[k] / scale;
  const b = ((spm1 + sp) * (spm1 - sp) + epm1 * epm1) / 2;
  const c = sp * epm1 * (sp * epm1);
  const root = Math.sqrt(b * b + c);
  const shift = b !== 0 || c !== 0 ? c / (b + (b < 0 ? -root : root)) : 0;
  return [(sk + sp) * (sk - sp) + shift, sk * ek];
}

/** Makes the converged singular value s[k] positive, and moves it to its place among those after it. */
function placeSingularValue(s: Float64Array, left: Float64Array[], right: Float64Array[], k: number): void {
  if (s[k] <= 0) {
    s[k] = s[k] < 0 ? -s[k] : 0;
    for (let i = 0; i < right[k].length; i++) right[k][i] = -right[k][i];
  }
  for (let j = k; j < s.length - 1 && s[j] < s[j + 1]; j++) {
    [s[j], s[j + 1]] = [s[j + 1], s[j]];
    [left[j], left[j + 1]] = [left[j + 1], left[j]];
    [right[j], right[j + 1]] = [right[j + 1], right[j]];
  }
}

/** (v, w) <- (cos v + sin w, cos w - sin v) */
function rotate(v: Float64Array, w: Float64Array, cos: number, sin: number): void {
  for (let i = 0; i < v.length; i++) {
    const t = cos * v[i] + sin * w[i];
    w[i] = -sin * v[i] + cos * w[i];
    v[i] = t;
  }
}

/** sqrt(a^2 + b^2) without overflow. The bits of Math.hypot differ between engines. */
function hypotenuse(a: number, b: number): number {
  const large = Math.max(Math.abs(a), Math.abs(b));
  if (large === 0) return 0;
  const ratio = Math.abs(a) > Math.abs(b) ? b / a : a / b;
  return large * Math.sqrt(1 + ratio * ratio);
}

function rowsOf({ rows, columns, data }: Matrix): Float64Array[] {
  return Array.from({ length: rows }, (_, i) => data.slice(i * columns, (i + 1) * columns));
}

function transposed({ rows, columns, data }: Matrix): Matrix {
  const turned = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) turned[j * rows + i] = data[i * columns + j];
  }
  return { rows: columns, columns: rows, data: turned };
}

function zeros(count: number, length: number): Float64Array[] {
  return Array.from({ length: count }, () => new Float64Array(length));
}
