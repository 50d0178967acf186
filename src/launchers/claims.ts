import type { Lease } from '../store/leases.ts';
import type { Store } from '../store/store.ts';
import type { Trial } from '../trial/trial.ts';

/** Milliseconds of work to claim at once. Claiming itself takes a few milliseconds. */
const claimDuration = 1000;
/** Trials to claim at once, at most. */
const maxClaimSize = 1000;
/** The same of trials that no other process is to compute. A lease file can name twice as many. */
export const maxOwnTrials = 8000;

/** The trials of a list from one place on: a copy of a long list for each claim would take quadratic time. */
export interface OpenTrials {
  readonly trials: readonly Trial[];
  readonly from: number;
  readonly count: number;
}

export function openTrials(trials: readonly Trial[], from = 0): OpenTrials {
  return { trials, from, count: trials.length - from };
}

export const restOf = ({ trials, from }: OpenTrials): readonly Trial[] => trials.slice(from);

/** How many trials to claim next so that they take about `claimDuration`, given how long the last `count` took. */
export function nextClaimSize(count: number, width: number, elapsed: number): number {
  if (elapsed < claimDuration / 2) return Math.min(maxClaimSize, 2 * count);
  return elapsed > 2 * claimDuration ? Math.max(width, count >> 1) : count;
}

interface Claim {
  /** Claimed by this process. */
  readonly mine: Trial[];
  /** Already in the store. */
  readonly found: Trial[];
  /** Held by another process, or not claimed yet. */
  readonly open: OpenTrials;
}

/**
 * Claims up to `count` open trials that no other process holds and that the store does not have. With `force`, trials in
 * the store are claimed too. Trials already running here stay claimed.
 */
export async function claimTrials(
  lease: Lease,
  store: Store,
  open: OpenTrials,
  running: ReadonlyMap<string, unknown>,
  count: number,
  force: boolean,
): Promise<Claim> {
  let claim: Claim;
  await lease.claim(async (held, others) => {
    await store.refresh();
    const mine: Trial[] = [];
    const found: Trial[] = [];
    const passed: Trial[] = [];
    let next = open.from;
    // Unless others compute them meanwhile, looking at all trials for each claim would take quadratic time.
    for (; next < open.trials.length && (others > 0 || mine.length < count); next++) {
      const trial = open.trials[next];
      if (!force && store.has(trial.id)) found.push(trial);
      else if (mine.length < count && !held.has(trial.id)) mine.push(trial);
      else passed.push(trial);
    }
    const left = openTrials(open.trials, next);
    claim = { mine, found, open: passed.length === 0 ? left : openTrials([...passed, ...restOf(left)]) };
    return [...running.keys(), ...claim.mine.map(({ id }) => id)];
  });
  return claim!;
}

/** Claims the next `count` open trials, which are this process's own: none is in the store, and nobody else computes them. */
export async function holdTrials(
  lease: Lease,
  open: OpenTrials,
  running: ReadonlyMap<string, unknown>,
  count: number,
): Promise<Claim> {
  const next = Math.min(open.from + count, open.trials.length);
  const mine = open.trials.slice(open.from, next);
  await lease.hold([...running.keys(), ...mine.map(({ id }) => id)]);
  return { mine, found: [], open: openTrials(open.trials, next) };
}
