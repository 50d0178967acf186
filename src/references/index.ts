import type { SklearnVersions } from './sklearn.ts';
import type { TfjsVersions } from './tensorflow.ts';

/** Other libraries that train on the same data. None of them is bundled. What they need is loaded when it is used. */
export const references = {
  tfjs: {
    title: 'TensorFlow.js',
    find: async () => (await import('./tensorflow.ts')).findTfjs(),
  },
  sklearn: {
    title: 'scikit-learn',
    find: async () => (await import('./sklearn.ts')).findSklearn(),
  },
} as const;

export type ReferenceName = keyof typeof references;

/** The versions that a trial's numbers depend on. */
export type ReferenceVersions = TfjsVersions | SklearnVersions;
export const referenceNames = Object.keys(references) as ReferenceName[];

/** The installed version of each reference; null if it is not installed. */
export async function availableReferences(): Promise<Record<ReferenceName, string | null>> {
  const version = async (name: ReferenceName) => {
    const found = await references[name].find();
    return 'versions' in found ? found.versions.version : null;
  };
  return { tfjs: await version('tfjs'), sklearn: await version('sklearn') };
}
