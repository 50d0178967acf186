import type { SklearnVersions } from './sklearn.ts';
import type { TfjsVersions } from './tensorflow.ts';

/** Other libraries that train on the same data. None of them is bundled. What they need is loaded when it is used. */
export const libraries = {
  tfjs: {
    title: 'TensorFlow.js',
    find: async () => (await import('./tensorflow.ts')).findTfjs(),
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
  sklearn: 'sklearn',
} as const satisfies Record<string, LibraryName>;

export type ReferenceName = keyof typeof references;

/** The versions that a trial's numbers depend on. */
export type ReferenceVersions = TfjsVersions | SklearnVersions;
export const referenceNames = Object.keys(references) as ReferenceName[];

/** The installed version of each reference's library; null if it is not installed. */
export async function availableReferences(): Promise<Record<ReferenceName, string | null>> {
  const found = referenceNames.map(async (name) => {
    const installed = await libraries[references[name]].find();
    return [name, 'versions' in installed ? installed.versions.version : null] as const;
  });
  return Object.fromEntries(await Promise.all(found)) as Record<ReferenceName, string | null>;
}
