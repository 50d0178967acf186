import { setImmediate } from 'node:timers/promises';
import type { Sources } from '../datasets/dataset.ts';
import type { DataDescription } from '../datasets/index.ts';
import type { Experiment } from './define.ts';
import type { Settings } from './options.ts';
import { dataKey, type ResolvedData, resolveData } from './resolve-data.ts';

export type DataCache = ReturnType<typeof createDataCache>;

/** Resolves the data of a combination, once for all combinations with the same data. */
export function createDataCache({ dataset, definition }: Experiment, sources: Sources) {
  const resolved = new Map<string, ResolvedData>();
  const keyOf = (settings: Settings): string => dataKey(dataset, settings);
  return {
    async resolve(settings: Settings): Promise<ResolvedData> {
      const data = await resolveData(dataset, settings, sources);
      resolved.set(keyOf(settings), data);
      await setImmediate(); // resolving may be slow, so yield to let Ctrl-C work
      return data;
    },
    known: (settings: Settings): ResolvedData | undefined => resolved.get(keyOf(settings)),
    descriptions: (): DataDescription[] => {
      const distinct = new Map<string, DataDescription>();
      for (const { description } of resolved.values()) {
        const key = JSON.stringify(description);
        if (!distinct.has(key)) distinct.set(key, description);
      }
      return [...distinct.values()];
    },
    /** Of data of the user's own, they are said where these are chosen. */
    notes: (): string[] =>
      definition?.ownData === true ? [] : [...new Set([...resolved.values()].flatMap(({ notes }) => notes))],
  };
}
