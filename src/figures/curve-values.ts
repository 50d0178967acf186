/** The values of a curve, one per evaluated epoch (see `epochOfValue`); null, undefined or NaN if a value is missing or not finite. */
export interface CurveValues {
  readonly length: number;
  at(index: number): number | null | undefined;
}

const none: number[] = [];

/** Collects the values of a curve, with eight bytes per value: a run may have many millions, in few curves or in very many short ones. */
export class CurveCollector implements CurveValues {
  length = 0;
  /** Those that have arrived in order, without a gap. */
  private values = none;
  /** Values that arrived out of order, by index, as in a file that someone has sorted or cut. */
  private early: Map<number, number> | null = null;

  static of(values: readonly (number | null)[]): CurveCollector {
    const curve = new CurveCollector();
    for (const [index, value] of values.entries()) curve.set(index, value);
    return curve;
  }

  /** Sets a value; a later value for the same index replaces it. */
  set(index: number, value: number | null): void {
    this.length = Math.max(this.length, index + 1);
    const known = value ?? Number.NaN;
    if (index > this.values.length) {
      this.early ??= new Map();
      this.early.set(index, known);
      return;
    }
    this.early?.delete(index);
    // A list that is made of one value has no room for others: most runs with very many curves have short ones.
    if (this.values === none) this.values = [known];
    else this.values[index] = known;
  }

  at(index: number): number | undefined {
    return this.early?.get(index) ?? this.values[index];
  }
}
