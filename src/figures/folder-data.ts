import { datasets } from '../datasets/index.ts';
import type { DataWords } from '../experiment/describe.ts';

/**
 * What the manifest of a run says of its data.
 *
 * Versions up to 0.1.0 wrote the configs alone, and called all images mnist: what is known of the data then follows from
 * their digest or target.
 */
export function dataOf(manifest: { readonly data?: unknown }): DataWords[] {
  const entries = Array.isArray(manifest.data) ? manifest.data : [];
  return entries.filter(isObject).map((entry) => {
    const { title, isReports, columns, classes, classNames, featureNames, targetName } = entry;
    const isNumber = (value: unknown) => typeof value === 'number';
    return {
      ...(typeof title === 'string' ? { title, isReports: isReports === true } : olderData(entry)),
      columns: isNumber(columns) ? (columns as number) : null,
      classes: isNumber(classes) ? (classes as number) : null,
      ...(isNames(classNames) ? { classNames } : {}),
      ...(isNames(featureNames) ? { featureNames } : {}),
      ...(typeof targetName === 'string' ? { targetName } : {}),
    };
  });
}

function olderData({
  dataset,
  sha256,
  target,
  samples,
  noise,
}: Record<string, unknown>): Pick<DataWords, 'title' | 'isReports'> {
  if (typeof sha256 === 'string') {
    return datasets.images.describe({ dataset: 'images', sha256, transpose: false }, null);
  }
  if (dataset !== 'franke') return { title: String(dataset), isReports: false };
  const config = { dataset, samples: Number(samples), noise: Number(noise) } as const;
  return datasets.franke.describe({ ...config, target: typeof target === 'string' ? target : null });
}

function isNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
