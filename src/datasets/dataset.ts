/** A table of inputs and targets, all rows in memory. */
export interface Dataset {
  readonly name: string;
  readonly task: 'regression' | 'classification';
  readonly rows: number;
  /** D, the inputs of one row. */
  readonly columns: number;
  /** [rows][columns] row-major; an input's value is inputs[i] / divisor. */
  readonly inputs: Float64Array | Uint8Array;
  /** 1, or 255 for pixels. */
  readonly divisor: number;
  /** [rows] real values for regression, labels 0 .. classes - 1 for classification. */
  readonly targets: Float64Array | Uint8Array;
  /** 1 for regression. */
  readonly classes: number;
  /** How many of the first rows are the published training set; null where none was published. */
  readonly canonicalTrainRows: number | null;
  /** For images: [height, width], whose product is `columns`. */
  readonly imageShape?: readonly [number, number];
}
