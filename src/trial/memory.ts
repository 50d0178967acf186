import { featureCount, type TrialConfig, trialWeights } from './trial.ts';

/** What a trial's data are, as far as its memory depends on it. */
export interface DataSize {
  /** Of all data, of which a trial may take a part. */
  readonly rows: number;
  readonly columns: number;
  /** Whether most inputs are 0: then they are kept as sparse rows, unless they are centred. */
  readonly sparse: boolean;
}

/** Of a dense number and of a sparse entry, value and column, at most half of all. */
const numberBytes = 8;
const sparseBytes = 12 * 0.5;

/** Roughly how much memory a trial takes, in bytes: its rows while they are prepared and trained on, its weights. */
export function trialMemory(config: TrialConfig, size: DataSize): number {
  const { split, model } = config;
  const rows = split.trainRows + split.testRows;
  const units = 'layers' in model ? model.layers.reduce((sum, layer) => sum + layer.units, 0) : 0;
  const batch = 'batchSize' in model ? Math.max(model.batchSize, 128) : 128;
  // L-BFGS keeps ten steps with their changes of the gradient, and a few vectors besides.
  const vectors = model.solver === 'lbfgs' ? 32 : 4;
  const weights = vectors * trialWeights(config, size.columns);
  return inputBytes(config, rows, size) + numberBytes * (4 * rows + weights + 2 * batch * units);
}

/** Dense rows are there as they are prepared, as they are trained on, and in a batch. */
function inputBytes(config: TrialConfig, rows: number, size: DataSize): number {
  const { features, model } = config;
  const centred = features.center !== 'none';
  const asTheyAre = !centred && features.basis === 'none';
  if (size.sparse && asTheyAre && model.solver !== 'reference') return sparseBytes * size.rows * size.columns;
  const all = centred ? size.rows * size.columns : 0;
  return numberBytes * (3 * rows * featureCount(config, size.columns) + all);
}
