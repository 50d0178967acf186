import { experiments } from '../../experiments/index.ts';
import type { Claim } from '../claims/claims.ts';
import type { Looks } from '../claims/looks.ts';
import { planReadings, type Reading, singleChanges } from '../claims/readings.ts';
import { experimentsInDoubt, type Verification, verify } from '../claims/verdicts.ts';
import { type GridWinners, winnersOf } from '../claims/winners.ts';
import type { OptionName, SettingLists } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import { describeDiverged } from './diverged.ts';
import { withFlags } from './flags.ts';
import { holdStore } from './hold-store.ts';
import { writeStderr } from './terminal.ts';
import { type Running, recordsOf } from './verify-records.ts';

/** What a verification found, and what went wrong. */
export interface VerifyRun {
  readonly verification: Verification;
  readonly winners: readonly GridWinners[];
  readonly failures: number;
  /** What diverged, with --fail-on-diverged. */
  readonly diverged: string | null;
  /** Libraries that are not installed. */
  readonly absent: ReadonlySet<string>;
}

/**
 * Plans, computes missing trials and judges, look by look. With `changing`, judges again with single choices changed.
 */
export async function runLooks(
  claims: readonly Claim[],
  readings: readonly [Reading, ...Reading[]],
  looks: Looks,
  level: number,
  running: Running,
  changing: boolean,
): Promise<VerifyRun> {
  const found = { failures: 0, diverged: null as string | null, absent: new Set<string>() };
  const noted = new Set<string>();
  const judge = async (readings: readonly [Reading, ...Reading[]], look: Looks) => {
    const { planOf, plans } = await planReadings(
      claims,
      readings,
      experiments,
      look.seedsOf,
      running.sources,
    );
    notePlans(plans, running.quiet, noted);
    for (const { name } of plans.flatMap((plan) => plan.absent)) found.absent.add(name);
    return await holdStore(running.storeDirectory, async (lease) => {
      const { records, failures } = await recordsOf(plans, running, lease);
      found.failures += failures;
      if (running.failOnDiverged) found.diverged = describeDiverged(plans, records);
      const verification = await verify(claims, readings, planOf, records, { level, seeds: look.seeds });
      const whole = plans.filter((plan) => plan.variant === readings[0].variant && isReportsOwn(plan));
      const winners: GridWinners[] = [];
      for (const plan of whole) winners.push(...(await winnersOf(plan, records, level)));
      return { verification, winners };
    });
  };
  let look = looks;
  let judged = await judge(readings, look);
  for (;;) {
    const next = found.failures === 0 ? look.next(judged.verification) : null;
    if (next === null) break;
    if (running.endBy !== null && Date.now() > running.endBy) {
      writeStderr('note: --max-time is over: claims that more seeds could settle are left as they are');
      break;
    }
    look = next;
    judged = await judge(readings, look);
  }
  if (!changing) return { ...judged, ...found };
  const changes = singleChanges(experimentsInDoubt(judged.verification, experiments));
  if (changes.length === 0) return { ...judged, ...found };
  const { verification } = await judge([...readings, ...changes], look);
  return { verification, winners: judged.winners, ...found };
}

/** Says once what plans lack, and what was chosen for the user. */
function notePlans(plans: readonly Plan[], quiet: boolean, noted: Set<string>): void {
  const absent = plans.flatMap((plan) => plan.absent.map(({ note }) => note));
  const chosen = quiet ? [] : plans.flatMap(({ notes }) => notes).map(withFlags);
  for (const text of [...absent, ...chosen]) {
    if (!noted.has(text)) writeStderr(`note: ${text}`);
    noted.add(text);
  }
}

/** Whether a plan has the report's own settings. Plans that are made for one claim (`with`) do not. */
function isReportsOwn({ experiment, lists, variant }: Plan): boolean {
  const own: SettingLists = { ...experiment.settings, ...(variant === 'text' ? experiment.text : {}) };
  const names = Object.keys(lists) as OptionName[];
  return names.every((name) => name === 'seed' || lists[name]?.join() === own[name]?.join());
}
