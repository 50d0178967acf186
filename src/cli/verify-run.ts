import { type CertifiedRuns, ownRuns } from '../claims/certificate.ts';
import type { Claim } from '../claims/claims.ts';
import type { Looks } from '../claims/looks.ts';
import { planReadings, type Reading, type SeedsOf, singleChanges } from '../claims/readings.ts';
import { finishedSeeds, unfinishedOf } from '../claims/unfinished.ts';
import { experimentsInDoubt, type Verification, verify } from '../claims/verdicts.ts';
import { type GridWinners, winnersOf } from '../claims/winners.ts';
import type { DatasetName } from '../datasets/index.ts';
import type { Experiment } from '../experiment/define.ts';
import type { OptionName, SettingLists } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import { checkLauncher } from './check-launcher.ts';
import { describeDiverged } from './diverged.ts';
import { withFlags } from './flags.ts';
import { holdStore } from './hold-store.ts';
import type { Computed, Rounds } from './rounds.ts';
import { writeStderr } from './terminal.ts';
import { type Running, recordsOf } from './verify-records.ts';

/** What a verification found, and what went wrong. */
export interface VerifyRun {
  readonly verification: Verification;
  readonly winners: readonly GridWinners[];
  /** The runs that it rests on. */
  readonly runs: () => CertifiedRuns;
  readonly failures: number;
  /** What diverged, with --fail-on-diverged. */
  readonly diverged: string | null;
  /** Libraries that are not installed. */
  readonly absent: ReadonlySet<string>;
}

type Readings = readonly [Reading, ...Reading[]];

/** How a verification is run. */
export interface LookOptions {
  readonly level: number;
  readonly running: Running;
  /** The longest time in minutes; null: none. */
  readonly maxTime: number | null;
  /** The experiments that claims can be about. */
  readonly experiments: readonly Experiment[];
  /** Whether to judge again with single choices changed. */
  readonly changing: boolean;
}

/** Plans, computes missing trials and judges, look by look, until no look is left or the time is over. */
export async function runLooks(
  claims: readonly Claim[],
  readings: Readings,
  looks: Looks,
  options: LookOptions,
): Promise<VerifyRun> {
  const { running } = options;
  const rounds = roundsOf(claims, readings, looks, options);
  // The first round is planned before a store is made: what cannot be planned leaves nothing behind.
  const first = await rounds.next();
  await checkLauncher(running);
  return await holdStore(running.storeDirectory, async (lease) => {
    let step = first;
    while (step.done !== true) step = await rounds.next(await recordsOf(step.value, running, lease));
    return step.value;
  });
}

/** Each look is a round: what it runs follows from the records of the rounds before, and so on every machine. */
export async function* roundsOf(
  claims: readonly Claim[],
  readings: Readings,
  looks: Looks,
  { level, running, maxTime, experiments, changing }: LookOptions,
): Rounds<VerifyRun> {
  const found = { failures: 0, diverged: null as string | null, absent: new Set<string>() };
  const noted = new Set<string>();
  const isOver = () => running.enough?.aborted === true;
  const plansOf = (readings: Readings, seeds: SeedsOf) =>
    planReadings(claims, readings, experiments, seeds, running.sources);
  /** Judges by the seeds of a look, as far as they are finished. */
  const judge = async function* (readings: Readings, look: Looks) {
    const wanted = await plansOf(readings, look.seedsOf);
    notePlans(wanted.plans, running.quiet, noted);
    for (const { name } of wanted.plans.flatMap((plan) => plan.absent)) found.absent.add(name);
    const { records, failures }: Computed = yield wanted.plans;
    found.failures += failures;
    const finished = isOver() ? finishedSeeds(claims, wanted.planOf, look.seedsOf, records) : look.seedsOf;
    const { planOf, plans } = isOver() ? await plansOf(readings, orFirst(finished, look.seedsOf)) : wanted;
    if (running.failOnDiverged) found.diverged = describeDiverged(plans, records);
    const given = { level, seeds: seedsByDataset(plans, readings, finished) };
    const verification = await verify(claims, readings, planOf, records, given);
    const whole = plans.filter((plan) => plan.variant === readings[0].variant && isReportsOwn(plan));
    const winners: GridWinners[] = [];
    for (const plan of whole) winners.push(...(await winnersOf(plan, records, level)));
    return { verification, winners, finished, runs: () => ownRuns(plans, records) };
  };
  let look = looks;
  let judged = yield* judge(readings, look);
  let next = look.next(judged.verification);
  while (next !== null && found.failures === 0 && !isOver()) {
    look = next;
    judged = yield* judge(readings, look);
    next = look.next(judged.verification);
  }
  const { winners } = judged;
  const wanted = furthest(look, judged.verification).seedsOf;
  let unfinished = isOver() ? unfinishedOf(claims, experiments, readings, judged.finished, wanted) : [];
  const changes = changing ? singleChanges(experimentsInDoubt(judged.verification, experiments)) : [];
  if (changes.length > 0 && unfinished.length === 0) {
    judged = yield* judge([...readings, ...changes], look);
    if (isOver()) unfinished = unfinishedOf(claims, experiments, changes, judged.finished, look.seedsOf);
  }
  const ended = unfinished.length === 0 ? {} : { ended: { minutes: maxTime!, unfinished } };
  return { verification: { ...judged.verification, ...ended }, winners, runs: judged.runs, ...found };
}

/** The last look that there would have been if nothing changed any more. */
function furthest(look: Looks, verification: Verification): Looks {
  const next = look.next(verification);
  return next === null ? look : furthest(next, verification);
}

/** The seeds that are finished; where there are none, the first one, whose claims are then not run. */
function orFirst(finished: SeedsOf, wanted: SeedsOf): SeedsOf {
  return (experiment, reading) => {
    const seeds = finished(experiment, reading);
    return seeds.length > 0 ? seeds : wanted(experiment, reading).slice(0, 1);
  };
}

/** The longest list of finished seeds for each dataset. */
function seedsByDataset(
  plans: readonly Plan[],
  readings: Readings,
  finished: SeedsOf,
): Verification['seeds'] {
  const seeds: Partial<Record<DatasetName, readonly number[]>> = {};
  for (const { experiment, lists, variant } of plans) {
    const isFinished = readings.some(
      (reading) => reading.variant === variant && finished(experiment, reading).length > 0,
    );
    const own = isFinished ? (lists.seed as readonly number[]) : [];
    if (own.length > (seeds[experiment.dataset]?.length ?? 0)) seeds[experiment.dataset] = own;
  }
  return seeds;
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
