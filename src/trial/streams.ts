import { createHash } from 'node:crypto';
import type { SeededPurpose } from './config.ts';
import { solverEntry } from './solvers/index.ts';
import type { FitSeeds } from './solvers/solver.ts';
import { canonicalConfig, canonicalJson, type TrialConfig } from './trial.ts';

/**
 * The seeds of the streams that a trial draws its initial weights, mini-batches and bootstrap resamples from.
 *
 * With shared streams they are the trial's seed, so that all cells of a seed have the same draws, or the purpose's own seed.
 * With streams of its own each is a hash of that seed and of all other settings: an integer in [0, 2^53) that depends on
 * nothing outside the config. Data, noise and split are always shared. The version of the arithmetic, the element type and
 * the library are left out of the hash, so that they can be compared on the same draws, and so are the seeds of other
 * purposes and whether coefficients are kept.
 */
export function drawSeeds(config: TrialConfig): FitSeeds & { readonly bootstrap: number } {
  const of = (purpose: SeededPurpose): number => drawSeed(config, config.seeds?.[purpose] ?? config.seed);
  return { init: of('init'), batches: of('batches'), bootstrap: of('bootstrap') };
}

function drawSeed(config: TrialConfig, seed: number): number {
  if (config.streams !== 'cell') return seed;
  const { model } = config;
  const drawn = { ...config, seed, model: solverEntry(model.solver).drawn?.(model) ?? model } as TrialConfig;
  const {
    numerics: _,
    seeds: __,
    coefficients: ___,
    ...settings
  } = canonicalConfig(drawn) as Record<string, unknown>;
  const digest = createHash('sha256').update(canonicalJson(settings)).digest();
  return Number(digest.readBigUInt64BE() >> 11n);
}
