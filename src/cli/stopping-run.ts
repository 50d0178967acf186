import { counted } from '../errors.ts';
import { decidingMetric } from '../experiment/deciding.ts';
import { keptOf } from '../experiment/halving.ts';
import type { Plan } from '../experiment/plan.ts';
import { type RoundFacts, type Stopping, trialsInRounds } from '../experiment/stopping.ts';
import { type RoundSchedule, scheduleOfPlan, stoppingRounds } from '../experiment/stopping-rounds.ts';
import { toJson } from '../output/json.ts';
import type { Lease } from '../store/leases.ts';
import { openStore } from '../store/store.ts';
import { canContinue } from '../trial/can-continue.ts';
import { createIdSet, type IdSet } from '../trial/id-set.ts';
import { trialSeconds } from '../trial/size.ts';
import {
  computeTrials,
  distinctTrials,
  idsOf,
  noteProblems,
  reportFailures,
  trialsToCompute,
} from './compute-trials.ts';
import { withFlags } from './flags.ts';
import { fold } from './fold.ts';
import { keptAtFirst } from './models.ts';
import { openRound, type Rounds } from './rounds.ts';
import type { RunOptions } from './run-flags.ts';
import { withoutFolders } from './run-shard.ts';
import { screenOf } from './screen.ts';
import { type PlannedRun, showPlan, timeText } from './show-plan.ts';
import { writeStderr, writeStdout, writeStdoutRaw } from './terminal.ts';

/** A run whose settings are stopped early, in rounds. */
export interface StoppingRun {
  readonly run: PlannedRun;
  /** What each round runs at most. */
  readonly schedule: readonly RoundSchedule[];
  /** The rounds from the first on. */
  rounds(): Rounds<Plan>;
}

/** The rounds of a run; null if no settings are stopped. Errors: settings that leave nothing to stop. */
export function stoppingRunOf(runs: readonly PlannedRun[]): StoppingRun | null {
  const [run] = runs;
  const rule = run?.plan.rule;
  if (runs.length !== 1 || rule === undefined || run.planAt === undefined) return null;
  const { plan, planAt } = run;
  return { run, schedule: scheduleOfPlan(plan, rule), rounds: () => stoppingRounds(plan, rule, planAt) };
}

interface Settled {
  /** The settings that are left, and what was stopped; null if a round is not complete. */
  readonly plan: Plan | null;
  readonly computed: IdSet;
}

/** Computes what is missing, round by round. */
export async function computeRounds(
  { run, schedule, rounds }: StoppingRun,
  options: RunOptions,
  lease: Lease,
): Promise<Settled> {
  const { storeDirectory, force, quiet } = options;
  const computed = createIdSet();
  if (!quiet) for (const text of notesOf(run.plan)) writeStderr(`note: ${withFlags(text)}`);
  const steps = rounds();
  let step = await steps.next();
  for (let number = 1; step.done !== true; number++) {
    const plans = step.value;
    const trials = distinctTrials(withoutFolders(plans));
    const name = `round ${number} of ${schedule.length}`;
    const store = await openStore(storeDirectory, idsOf(trials));
    const missing = (await trialsToCompute(trials, store, force)).filter(({ id }) => !computed.has(id));
    const reported = await noteProblems(store, 0);
    if (!quiet && missing.length > 0) writeStderr(`${name}: ${roundText(plans, schedule[number - 1])}`);
    const keep = number < schedule.length ? 'records' : keptAtFirst(plans, options.models);
    const how = { ...options, lease, keep };
    const launched = await computeTrials(missing, trials.length, withoutFolders(plans), store, how);
    for (const id of launched.computed) computed.add(id);
    await store.refresh();
    const lacking = trials.filter(({ id }) => !store.has(id)).length;
    await noteProblems(store, reported);
    reportFailures(launched.failures, storeDirectory);
    if (launched.failures.length > 0 || lacking > 0) {
      writeStderr(`${run.out}/ is unchanged: ${name} lacks ${lacking} of ${counted(trials.length, 'trial')}`);
      return { plan: null, computed };
    }
    step = await steps.next({ records: store, failures: 0 });
  }
  const plan = step.value;
  if (plan.cells.length > 0) return { plan, computed };
  writeStderr(`error: ${withFlags(nothingLeft(plan.stopping!))}`, `${run.out}/ is unchanged`);
  return { plan: null, computed };
}

/** That test rows decide what is stopped, and so are no measure of what is left; and that no training continues another. */
function notesOf({ experiment, rule, cells }: Plan): string[] {
  const { name, title } = decidingMetric(experiment);
  const begin = rule?.kind === 'halving' && !canContinue(cells[0].trial.config);
  return [
    ...(name.includes('validation_')
      ? []
      : [
          `settings are stopped by their ${title}: with {validationSize} 0.2, by rows that are not tested on`,
        ]),
    ...(begin ? ['with {folds} or {streams} cell, each round trains from the first epoch again'] : []),
  ];
}

/** "27 settings, 10 epochs, 5 seeds". */
function roundText(plans: readonly Plan[], { epochs, draws }: RoundSchedule): string {
  const trials = plans.reduce((sum, { cells }) => sum + cells.length, 0);
  return scheduleText({ epochs, seeds: draws, settings: Math.round(trials / draws) });
}

function scheduleText({
  epochs,
  seeds,
  settings,
}: Pick<RoundFacts, 'epochs' | 'seeds' | 'settings'>): string {
  const each = epochs === null ? [] : [counted(epochs, 'epoch')];
  return [counted(settings, 'setting'), ...each, counted(seeds, 'seed')].join(', ');
}

/** Why no setting is left, for a run that then has no results. */
export function nothingLeft({ results }: Stopping): string {
  const { round, epochs } = results.at(-1)!;
  const settings = results.filter((row) => row.round === round).length;
  const after = epochs === null ? '' : ` within ${counted(epochs, 'epoch')}`;
  const who = settings === 1 ? 'the only setting left' : `all ${settings} settings of round ${round}`;
  return `${who} diverged${after}, so there are no results; lower {learningRate}`;
}

/** The trials of all rounds, and how many of them were computed now. */
export function inRounds({ stopping }: Plan, computed: IdSet): { trials: number; computed: number } {
  return { trials: stopping === undefined ? 0 : trialsInRounds(stopping), computed: [...computed].length };
}

/** What was stopped and what that saved, in sentences. */
export function stoppingText(
  { rule, rounds, stopped, results, cost }: Stopping,
  stream: NodeJS.WriteStream,
): string {
  const tried = results.filter(({ round }) => round === 1).length;
  const unit = rule.kind === 'halving' ? 'epoch' : 'seed';
  const counts = rounds.slice(0, -1).flatMap(({ epochs, seeds }, index) => {
    const here = stopped.filter(({ last }) => last.round === index + 1);
    return here.length === 0 ? [] : [`${here.length} after ${counted(epochs ?? seeds, unit)}`];
  });
  const diverged = stopped.filter(({ last }) => last.diverged > 0).length;
  const because = diverged === 0 ? '' : ` (${diverged} of them diverged)`;
  const stops = counts.length === 0 ? 'none was stopped' : `stopped: ${counts.join(', ')}${because}`;
  const share = Math.round((100 * cost.taken) / cost.all);
  const took = `${cost.taken} of the ${cost.all} ${cost.unit} that all settings take (${share} %)`;
  const text = `${counted(tried, 'setting')}; ${stops}. ${took}; each round: rounds.csv`;
  return fold(text, screenOf(stream).width).join('\n');
}

/** Prints what each round runs at most, and the trials of the first round that is not complete. */
export async function showRounds({ run, schedule, rounds }: StoppingRun, options: RunOptions): Promise<void> {
  const { storeDirectory, json, jobs, force } = options;
  const open = await openRound(rounds(), 'the results', storeDirectory);
  const upper = upperRounds(run.plan, schedule);
  const { cost } = upper;
  if (!json) {
    const whole = run.plan.cells.reduce((sum, { trial }) => sum + trialSeconds(trial.config), 0);
    for (const [index, round] of upper.rounds.entries())
      writeStdout(`round ${index + 1} of ${schedule.length}: at most ${scheduleText(round)}`);
    const share = cost.atMost / cost.all;
    const all = `all rounds: at most ${cost.atMost} of the ${cost.all} ${cost.unit} that all settings take (${Math.round(100 * share)} %)${timeText((share * whole) / jobs, jobs)}`;
    writeStdout(
      ...fold(all, process.stdout.isTTY ? screenOf(process.stdout).width : Number.POSITIVE_INFINITY),
    );
  }
  if (open === null) {
    if (json) writeStdoutRaw(toJson({ ...upper, round: null }));
    else writeStdout('every round has its records');
    return;
  }
  const part = `round ${open.number}`;
  const runs = open.plans.map((plan) => ({ plan, out: run.out }));
  const also = { ...upper, round: open.number };
  await showPlan(runs, open.records, json, { jobs, force, slurm: options.slurm, part, also });
}

/** The most settings that each round can have, and what it adds to the cost, in all and as a share of what all settings take. */
function upperRounds({ rule, cells: all }: Plan, schedule: readonly RoundSchedule[]) {
  const { draws, epochs } = schedule.at(-1)!;
  const trained = all.filter(({ settings }) => typeof settings.epochs === 'number');
  const judged = trained.length === 0 ? all : trained;
  const first = Math.round(judged.length / draws);
  const isHalving = rule?.kind === 'halving';
  const continues = isHalving && canContinue(judged[0].trial.config);
  let settings = first;
  const rounds = schedule.map((round, index) => {
    const before = index === 0 ? null : schedule[index - 1];
    if (before !== null && isHalving) settings = keptOf(settings, rule.eta);
    const more = isHalving
      ? draws * (round.epochs! - (continues ? (before?.epochs ?? 0) : 0))
      : round.draws - (before?.draws ?? 0);
    return { epochs: round.epochs, seeds: round.draws, settings, more: settings * more };
  });
  const whole = first * draws * (isHalving ? epochs! : 1);
  return {
    rounds: rounds.map(({ more, ...round }) => ({ ...round, share: more / whole })),
    cost: {
      atMost: rounds.reduce((sum, { more }) => sum + more, 0),
      all: whole,
      unit: isHalving ? 'epochs' : 'trials',
    },
  };
}
