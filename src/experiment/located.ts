import type { Sources } from '../datasets/dataset.ts';
import type { Plan } from './plan.ts';

/** The sources of several plans together: where the data of each are, by their digest. */
export function locatedSources(
  planned: readonly { readonly plan: Plan; readonly sources: Sources }[],
): Sources {
  const places = planned.flatMap(({ plan, sources: { dataDir } }) =>
    plan.data.flatMap(({ config }) =>
      'sha256' in config && dataDir !== null ? [[config.sha256, dataDir]] : [],
    ),
  );
  return { dataDir: null, located: Object.fromEntries(places) };
}
