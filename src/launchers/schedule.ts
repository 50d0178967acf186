import { setTimeout as sleep } from 'node:timers/promises';
import { noteFailure } from '../store/failures.ts';
import type { Lease } from '../store/leases.ts';
import type { Store } from '../store/store.ts';
import { createIdSet } from '../trial/id-set.ts';
import { trialCost } from '../trial/size.ts';
import type { Trial } from '../trial/trial.ts';
import { type Ending, type Failure, type Launched, LaunchFailure, type LaunchOptions } from './launcher.ts';

/** Computes a trial and puts its record in the store; `attempt` counts from 1. */
export type RunOne = (trial: Trial, attempt: number) => Promise<Ending>;

/** Trials are claimed for about so many milliseconds of work at once: a claim costs a few. */
const claimedWork = 1000;
const largestClaim = 1000;
/** Milliseconds between two looks at what others have computed, when there is nothing to do here. */
const lookAgain = 250;

/**
 * Computes trials `width` at a time, the longest first, until each has a record in the store or has failed here.
 *
 * Several processes may do so in one store: each computes what no other has claimed, and waits for the rest. `onStop`
 * is called once, when running trials are to end.
 */
export async function schedule(
  trials: readonly Trial[],
  width: number,
  options: LaunchOptions,
  runOne: RunOne,
  onStop: () => void = () => {},
): Promise<Launched> {
  const { store, lease, events, force = false, maxFailures = Number.POSITIVE_INFINITY } = options;
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
      const ending = await tryOften(trial, options, runOne, stop);
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
  /** When trials were claimed; null where the last claim brought none. */
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
        if (lastClaim !== null) count = nextCount(count, width, performance.now() - lastClaim);
        lastClaim = performance.now();
        const claim = await claimSome(lease, store, open, running, count, force);
        open = claim.open;
        for (const trial of claim.found) events.found(trial, store.get(trial.id)!.status);
        claimed = claim.mine.reverse();
        if (claimed.length > 0) continue;
        lastClaim = null;
        // What is left is being computed elsewhere.
        if (open.length > 0) {
          await Promise.race([...running.values(), sleep(lookAgain), stopped]);
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

function longestFirst(trials: readonly Trial[]): Trial[] {
  const costs = Float64Array.from(trials, ({ config }) => trialCost(config));
  return Array.from(
    Uint32Array.from(costs.keys()).sort((a, b) => costs[b] - costs[a]),
    (index) => trials[index],
  );
}

/** How many trials to claim next: about `claimedWork`, from the milliseconds that the last claim's took. */
export function nextCount(count: number, width: number, elapsed: number): number {
  if (elapsed < claimedWork / 2) return Math.min(largestClaim, 2 * count);
  return elapsed > 2 * claimedWork ? Math.max(width, count >> 1) : count;
}

interface Claim {
  /** To be computed here. */
  readonly mine: Trial[];
  /** Others have computed these. */
  readonly found: Trial[];
  /** Neither: held by others, or not claimed yet. */
  readonly open: Trial[];
}

/**
 * Claims up to `count` of the open trials that no other process holds and nobody has computed; with `force` what has been
 * computed too. What runs here already stays claimed.
 */
export async function claimSome(
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

/** Tries a trial up to 1 + retries times; what fails to the last is noted down in the store. */
async function tryOften(
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
        events.note(`trial ${trial.id.slice(0, 16)} failed and is tried again: ${reason}`);
        continue;
      }
      const note = { id: trial.id, at: new Date().toISOString(), attempts: attempt, reason };
      await noteFailure(store.directory, note).catch(() => {});
      throw error;
    }
  }
}
