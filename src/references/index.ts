import type { SklearnVersions } from './sklearn.ts';
import type { TfjsVersions } from './tensorflow.ts';
import type { TorchVersions } from './torch.ts';

/** Other libraries that train on the same data. None of them is bundled. What they need is loaded when it is used. */
export const libraries = {
  tfjs: {
    title: 'TensorFlow.js',
    find: async () => (await import('./tensorflow.ts')).findTfjs(),
  },
  torch: {
    title: 'PyTorch',
    find: async () => (await import('./torch.ts')).findTorch(),
  },
  sklearn: {
    title: 'scikit-learn',
    find: async () => (await import('./sklearn.ts')).findSklearn(),
  },
} as const;

export type LibraryName = keyof typeof libraries;

/** What can be trained for comparison, and by which library. */
export const references = {
  tfjs: 'tfjs',
  torch: 'torch',
  sklearn: 'sklearn',
  'sklearn-ridge': 'sklearn',
  'sklearn-lasso': 'sklearn',
  'sklearn-mlp': 'sklearn',
  'sklearn-logistic': 'sklearn',
} as const satisfies Record<string, LibraryName>;

export type ReferenceName = keyof typeof references;

/** The versions that a trial's numbers depend on. */
export type ReferenceVersions = TfjsVersions | TorchVersions | SklearnVersions;
export const referenceNames = Object.keys(references) as ReferenceName[];

/** The installed version of each reference's library; null if it is not installed. */
export async function availableReferences(): Promise<Record<ReferenceName, string | null>> {
  const found: Partial<Record<ReferenceName, string | null>> = {};
  for (const name of referenceNames) {
    const installed = await libraries[references[name]].find();
    found[name] = 'versions' in installed ? installed.versions.version : null;
  }
  return found as Record<ReferenceName, string | null>;
}
