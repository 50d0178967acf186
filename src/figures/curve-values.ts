/** The values of a curve, one per evaluated epoch (see `epochOfValue`); null, undefined or NaN if a value is missing or not finite. */
export interface CurveValues {
  readonly length: number;
  at(index: number): number | null | undefined;
}

/** Collects the values of a curve, with eight bytes per value: a run may have many millions, in few curves or in many. */
export class CurveCollector implements CurveValues {
  length = 0;
  private values = new Float64Array(4);
  /** How many values have arrived in order, without a gap. */
  private inOrder = 0;
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
    if (index > this.inOrder) {
      this.early ??= new Map();
      this.early.set(index, known);
      return;
    }
    this.early?.delete(index);
    if (index === this.values.length) this.grow();
    this.values[index] = known;
    if (index === this.inOrder) this.inOrder++;
  }

  at(index: number): number | undefined {
    return this.early?.get(index) ?? (index < this.inOrder ? this.values[index] : undefined);
  }

  private grow(): void {
    const longer = new Float64Array(2 * this.values.length);
    longer.set(this.values);
    this.values = longer;
  }
}
