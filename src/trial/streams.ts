import { createHash } from 'node:crypto';
import { solverEntry } from './solvers/index.ts';
import { canonicalConfig, canonicalJson, type TrialConfig } from './trial.ts';

/**
 * The seed of the streams that a trial draws its initial weights, mini-batches and bootstrap resamples from.
 *
 * With shared streams it is the trial's seed, so that all cells of a seed have the same draws. With streams of its own it
 * is a hash of the seed and of all other settings: an integer in [0, 2^53) that depends on nothing outside the config.
 * Data, noise and split always come from the trial's seed. The version of the arithmetic, the element type and the
 * library are left out of the hash, so that they can be compared on the same draws.
 */
export function drawSeed(config: TrialConfig): number {
  if (config.streams !== 'cell') return config.seed;
  const { model } = config;
  const drawn = { ...config, model: solverEntry(model.solver).drawn?.(model) ?? model } as TrialConfig;
  const { numerics: _, ...settings } = canonicalConfig(drawn) as Record<string, unknown>;
  const digest = createHash('sha256').update(canonicalJson(settings)).digest();
  return Number(digest.readBigUInt64BE() >> 11n);
}
