import { setTimeout as sleep } from 'node:timers/promises';
import { noteFailure } from '../store/failures.ts';
import type { Lease } from '../store/leases.ts';
import type { Store } from '../store/store.ts';
import { shortId } from '../trial/id.ts';
import { createIdSet } from '../trial/id-set.ts';
import { trialSeconds } from '../trial/size.ts';
import type { Trial } from '../trial/trial.ts';
import { type Ending, type Failure, type Launched, LaunchFailure, type LaunchOptions } from './launcher.ts';

/** Computes a trial and puts its record in the store. Attempts are numbered from 1. */
export type RunOne = (trial: Trial, attempt: number) => Promise<Ending>;

/** Milliseconds of work to claim at once. Claiming itself takes a few milliseconds. */
const claimDuration = 1000;
/** Trials to claim at once, at most. */
const maxClaimSize = 1000;
/** Milliseconds between checks of the store while other processes hold all remaining trials. */
const pollInterval = 250;

/**
 * Computes trials `width` at a time, the longest first, until each has a record in the store or has failed here.
 *
 * Several processes can share one store: each computes the trials that no other has claimed, and waits for the rest.
 * `onStop` is called once, when running trials have to stop.
 */
export async function schedule(
  trials: readonly Trial[],
  width: number,
  options: LaunchOptions,
  runOne: RunOne,
  onStop: () => void = () => {},
): Promise<Launched> {
  const { store, lease, events, maxFailures = Number.POSITIVE_INFINITY } = options;
  const force = options.force === true || options.keep === 'models';
  const stopping = new AbortController();
  const stop = stopping.signal;
  const stopped = new Promise<void>((resolve) => {
    stop.addEventListener('abort', () => resolve(), { once: true });
  });
  void stopped.then(onStop);
  if (options.stop?.aborted) stopping.abort();
  options.stop?.addEventListener('abort', () => stopping.abort(), { once: true });
  const computed = createIdSet();
  const failures: Failure[] = [];
  const running = new Map<string, Promise<void>>();
  let open = longestFirst(trials);
  let claimed: Trial[] = [];

  const run = async (trial: Trial): Promise<void> => {
    try {
      const ending = await runWithRetries(trial, options, runOne, stop);
      if (ending === 'stopped') return;
      computed.add(trial.id);
      events.ended(trial, ending);
    } catch (error) {
      failures.push({ trial, error });
      events.ended(trial, 'failed');
      if (error instanceof LaunchFailure || failures.length >= maxFailures) stopping.abort();
    }
  };

  let count = width;
  /** When trials were last claimed; null if that claim got none. */
  let lastClaim: number | null = null;
  try {
    while (!stop.aborted) {
      while (running.size < width && claimed.length > 0) {
        const trial = claimed.pop()!;
        running.set(
          trial.id,
          run(trial).finally(() => running.delete(trial.id)),
        );
      }
      if (running.size < width && open.length > 0) {
        if (lastClaim !== null) count = nextClaimSize(count, width, performance.now() - lastClaim);
        lastClaim = performance.now();
        const claim = await claimTrials(lease, store, open, running, count, force);
        open = claim.open;
        for (const trial of claim.found) events.found(trial, store.get(trial.id)!.status);
        claimed = claim.mine.reverse();
        if (claimed.length > 0) continue;
        lastClaim = null;
        // Other processes are computing the remaining trials.
        if (open.length > 0) {
          await Promise.race([...running.values(), sleep(pollInterval), stopped]);
          continue;
        }
      }
      if (running.size === 0) break;
      await Promise.race([...running.values(), stopped]);
    }
    await Promise.all(running.values());
  } finally {
    stopping.abort();
    await Promise.all(running.values());
  }
  return { computed, failures };
}

/**
 * Trials of equal length come in an order that is spread evenly over them (multiples of the golden ratio): what the first
 * ones take, and how many of them diverge, is then what to expect of the others.
 */
function longestFirst(trials: readonly Trial[]): Trial[] {
  const seconds = Float64Array.from(trials, ({ config }) => trialSeconds(config));
  const spread = Uint32Array.from(trials.keys(), (index) => Math.imul(index, 0x9e3779b9));
  return Array.from(
    Uint32Array.from(seconds.keys()).sort((a, b) => seconds[b] - seconds[a] || spread[a] - spread[b]),
    (index) => trials[index],
  );
}

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
  readonly open: Trial[];
}

/**
 * Claims up to `count` open trials that no other process holds and that the store does not have. With `force`, trials in
 * the store are claimed too. Trials already running here stay claimed.
 */
export async function claimTrials(
  lease: Lease,
  store: Store,
  open: readonly Trial[],
  running: ReadonlyMap<string, unknown>,
  count: number,
  force: boolean,
): Promise<Claim> {
  let claim: Claim;
  await lease.claim(async (held) => {
    claim = { mine: [], found: [], open: [] };
    await store.refresh();
    for (const trial of open) {
      if (!force && store.has(trial.id)) claim.found.push(trial);
      else if (claim.mine.length < count && !held.has(trial.id)) claim.mine.push(trial);
      else claim.open.push(trial);
    }
    return [...running.keys(), ...claim.mine.map(({ id }) => id)];
  });
  return claim!;
}

/** Tries a trial up to 1 + `retries` times. If the last attempt fails, records the failure in the store. */
async function runWithRetries(
  trial: Trial,
  { store, events, retries = 1 }: LaunchOptions,
  runOne: RunOne,
  stop: AbortSignal,
): Promise<Ending> {
  events.started(trial);
  for (let attempt = 1; ; attempt++) {
    try {
      return await runOne(trial, attempt);
    } catch (error) {
      if (error instanceof LaunchFailure) throw error;
      if (stop.aborted && attempt <= retries) return 'stopped';
      const reason = error instanceof Error ? error.message : String(error);
      if (attempt <= retries) {
        events.note(`trial ${shortId(trial.id)} failed and will be retried: ${reason}`);
        continue;
      }
      const note = { id: trial.id, at: new Date().toISOString(), attempts: attempt, reason };
      await noteFailure(store.directory, note).catch(() => {});
      throw error;
    }
  }
}
