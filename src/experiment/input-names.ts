import type { DataDescription } from '../datasets/index.ts';
import { canonicalJson, type TrialConfig } from '../trial/trial.ts';

/** What the inputs of a trial's data are called, by the descriptions of the data of its plan; undefined if they have no names. */
export function inputNames(
  data: readonly Pick<DataDescription, 'config' | 'featureNames'>[],
  config: TrialConfig,
): readonly string[] | undefined {
  if (data.length === 1) return data[0].featureNames;
  const own = canonicalJson(config.data);
  return data.find((one) => canonicalJson(one.config) === own)?.featureNames;
}
