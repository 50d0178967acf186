import type { Sources } from '../datasets/dataset.ts';
import { loadData } from '../datasets/index.ts';
import { splitRows } from '../datasets/split.ts';
import { sharedSeed } from '../trial/config.ts';
import type { TrialConfig } from '../trial/trial.ts';

export interface TestImage {
  readonly label: number;
  /** [height * width], one byte per pixel */
  readonly pixels: Uint8Array;
}

/** The first image of each class in the trial's test set. */
export async function testImages(config: TrialConfig, sources: Sources): Promise<TestImage[]> {
  const dataset = await loadData(config.data, sharedSeed(config, 'data'), sources);
  const { inputs, targets, columns, classes } = dataset;
  const { test } = splitRows(dataset, config.split, sharedSeed(config, 'split'));
  return Array.from({ length: classes }, (_, label) => test.find((row) => targets[row] === label)).flatMap(
    (row, label) => {
      if (row === undefined) return [];
      return [{ label, pixels: Uint8Array.from(inputs.slice(row * columns, (row + 1) * columns)) }];
    },
  );
}
