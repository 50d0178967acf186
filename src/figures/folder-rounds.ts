import { type Experiment, optionsOf } from '../experiment/define.ts';
import { columnName, type Settings } from '../experiment/options.ts';
import { isSeed, seedOptions } from '../experiment/seeds.ts';
import { comparedAfter, type StoppingRule } from '../experiment/stopping.ts';
import type { WrittenFiles } from '../output/earlier-run.ts';
import type { Manifest } from './folder-manifest.ts';
import { numberOf, readTable } from './folder-table.ts';
import { laterColumns, settingsReader } from './folder-trials.ts';
import type { StoppedResult } from './results.ts';

/** The rule that stopped settings early. */
export function ruleOf({ stopping }: Manifest): { readonly kind: StoppingRule['kind'] } {
  const { rule } = (stopping ?? {}) as { readonly rule?: { readonly kind?: unknown } };
  return { kind: rule?.kind === 'racing' ? 'racing' : 'halving' };
}

/** The settings that were stopped early: all of the first round that are none of `left`. */
export async function readStopped(
  folder: string,
  experiment: Experiment,
  written: WrittenFiles,
  left: readonly Settings[],
  rule: { readonly kind: StoppingRule['kind'] },
): Promise<StoppedResult[]> {
  const names = optionsOf(experiment).filter((name) => !isSeed(name));
  const key = (settings: Settings) => JSON.stringify(names.map((name) => settings[name] ?? null));
  const known = new Set(left.map(key));
  const seeds = seedOptions.map((name) => [columnName(name), ''] as const);
  const defaults = new Map([...laterColumns(experiment), ...seeds]);
  const columns = ['round', ...optionsOf(experiment).map(columnName), 'seeds', 'diverged', 'mean'];
  const settingsAt = settingsReader(experiment);
  const stopped = new Map<string, StoppedResult>();
  let place = 0;
  const { epochs } = left[0];
  await readTable(folder, 'rounds.csv', { columns, defaults }, written, (row) => {
    const { settings } = settingsAt(row);
    // The rounds of successive halving differ in their epochs, and those that are left have the most.
    const isShorter = rule.kind === 'halving' && settings.epochs !== null && epochs !== undefined;
    const whole = isShorter ? { ...settings, epochs } : settings;
    const round = numberOf(row, 'round') ?? 0;
    const last = {
      round,
      epochs: typeof settings.epochs === 'number' ? settings.epochs : null,
      seeds: numberOf(row, 'seeds') ?? 0,
      diverged: numberOf(row, 'diverged') ?? 0,
      mean: numberOf(row, 'mean'),
    };
    const one = { settings: whole, last, after: comparedAfter(rule, last) };
    const id = key(whole);
    if (round === 1) {
      if (!known.has(id)) stopped.set(id, { ...one, place });
      place++;
    } else if (stopped.has(id)) stopped.set(id, { ...one, place: stopped.get(id)!.place });
  });
  return [...stopped.values()];
}
