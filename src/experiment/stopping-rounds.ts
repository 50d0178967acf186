import { greatest } from '../stats/describe.ts';
import { lookLevel, racingLooks } from '../stats/racing.ts';
import { canContinue } from '../trial/can-continue.ts';
import { metricOf } from '../trial/metrics.ts';
import type { TrialRecord } from '../trial/trial.ts';
import type { Cell } from './cells.ts';
import { decidingMetric } from './deciding.ts';
import { epochBudgets, keptOf } from './halving.ts';
import { describeRound, halve, type RoundValue, race } from './judge-round.ts';
import type { OptionName } from './options.ts';
import type { Plan } from './plan.ts';
import { seedOptions, withoutSeeds } from './seeds.ts';
import type { RoundFacts, RoundSetting, StoppedSetting, Stopping, StoppingRule } from './stopping.ts';
import {
  mostRacing,
  noEpochs,
  nothingToHalve,
  nothingToRace,
  otherDraws,
  severalEpochs,
  tooManyToRace,
  withReference,
} from './stopping-errors.ts';

/** Plans the same settings with another number of epochs. */
export type PlanAt = (epochs: number) => Promise<Plan>;

/** One setting of a plan, with a cell for each of its draws. */
interface Candidate {
  /** The same in plans that differ only in their epochs. */
  readonly key: string;
  readonly cells: readonly Cell[];
}

/** What each round runs, known before any of them. */
export interface RoundSchedule {
  /** Null: those of the settings. */
  readonly epochs: number | null;
  /** How many draws of each setting. */
  readonly draws: number;
}

interface Answer {
  readonly records: { get(id: string): TrialRecord | undefined };
}

/**
 * Stops settings that cannot win: gives the plan of each round, takes its records, and ends with the plan of the settings that are
 * left, all epochs and seeds, and what was stopped. What is left is nothing if all diverge.
 *
 * Models without epochs next to trained ones are outside: they run in the last round, and are never stopped.
 *
 * Errors: settings that leave nothing to stop.
 */
export async function* stoppingRounds(
  plan: Plan,
  rule: StoppingRule,
  planAt: PlanAt,
): AsyncGenerator<readonly Plan[], Plan, Answer> {
  const all = candidatesOf(plan, rule);
  const schedule = scheduleOf(rule, all);
  const metric = decidingMetric(plan.experiment);
  const judgedAtFirst = new Set(judgedOf(all).map(({ key }) => key));
  const outside = new Set(all.map(({ key }) => key).filter((key) => !judgedAtFirst.has(key)));
  const results: RoundSetting[] = [];
  const rounds: RoundFacts[] = [];
  const lastOf = new Map<string, RoundSetting>();
  const seen = new Set<string>();
  let left: ReadonlySet<string> = judgedAtFirst;
  for (const [index, { epochs, draws }] of schedule.entries()) {
    if (left.size === 0) break;
    const isLast = index === schedule.length - 1;
    const whole = rule.kind === 'racing' || isLast ? plan : await planAt(epochs!);
    const candidates = whole === plan ? all : candidatesOf(whole, rule);
    const here = candidates.filter(({ key }) => left.has(key) || (isLast && outside.has(key)));
    const round = here.map(({ key, cells }) => ({
      key,
      cells: outside.has(key) ? cells : cells.slice(0, draws),
    }));
    const { records } = yield [{ ...whole, cells: round.flatMap(({ cells }) => cells) }];
    const judged = round.filter(({ key }) => left.has(key));
    const values = judged.map(({ cells }) =>
      cells.map((cell) => outcomeOf(records.get(cell.trial.id), metric.name)),
    );
    const fates =
      rule.kind === 'halving'
        ? halve(values, metric, isLast ? null : keptOf(judged.length, rule.eta))
        : race(values, metric, isLast ? null : lookLevel(rule.alpha, schedule.length - 1));
    const described = describeRound(values, metric);
    for (const [place, { key, cells }] of judged.entries()) {
      const result: RoundSetting = {
        round: index + 1,
        settings: withoutSeeds(cells[0].settings),
        data: cells[0].trial.config.data,
        epochs: epochsOf(cells[0]),
        seeds: cells.length,
        diverged: values[place].filter((value) => value === 'diverged').length,
        ...described[place],
        ...fates[place],
      };
      results.push(result);
      lastOf.set(key, result);
    }
    const stopped = fates.filter(({ kept }) => !kept).length;
    const trials = round.flatMap(({ cells }) => cells.filter(({ trial }) => !seen.has(trial.id)));
    for (const { trial } of trials) seen.add(trial.id);
    rounds.push({ epochs, seeds: draws, settings: judged.length, stopped, trials: trials.length });
    if (!isLast) left = new Set(judged.filter((_, place) => fates[place].kept).map(({ key }) => key));
  }
  const stopped = all.flatMap(({ key, cells }, place): StoppedSetting[] =>
    left.has(key) || outside.has(key)
      ? []
      : [{ place, settings: withoutSeeds(cells[0].settings), last: lastOf.get(key)! }],
  );
  const isLeft = ({ key }: Candidate) => left.has(key) || outside.has(key);
  const cells = left.size === 0 ? [] : all.filter(isLeft).flatMap((candidate) => candidate.cells);
  const stopping: Stopping = {
    rule,
    metric,
    rounds,
    results,
    stopped,
    cost: costOf(schedule, rule, all, lastOf, outside),
  };
  return { ...plan, cells, stopping };
}

/** The epochs and draws of each round. Errors: settings that leave nothing to stop. */
export function scheduleOfPlan(plan: Plan, rule: StoppingRule): readonly RoundSchedule[] {
  const [absent] = plan.absent;
  if (absent !== undefined) throw withReference(absent.name);
  return scheduleOf(rule, candidatesOf(plan, rule));
}

function scheduleOf(rule: StoppingRule, all: readonly Candidate[]): readonly RoundSchedule[] {
  checkReferences(all);
  const judged = judgedOf(all);
  const draws = greatest(judged.map(({ cells }) => cells.length));
  if (rule.kind === 'racing') {
    checkPairs(judged);
    const looks = racingLooks(draws, rule.alpha);
    if (judged.length < 2 || looks.length === 0) throw nothingToRace(judged.length, draws);
    if (judged.length > mostRacing) throw tooManyToRace(judged.length);
    return [...looks, draws].map((seeds) => ({ epochs: null, draws: seeds }));
  }
  if (epochsOf(judged[0].cells[0]) === null)
    throw noEpochs(String(judged[0].cells[0].settings.solver ?? 'sgd'));
  const lengths = [...new Set(judged.flatMap(({ cells }) => cells.map((cell) => epochsOf(cell)!)))];
  if (lengths.length > 1) throw severalEpochs(lengths);
  const budgets = epochBudgets(lengths[0], judged.length, rule);
  if (budgets.length === 1) throw nothingToHalve(judged.length, lengths[0], rule);
  return budgets.map((epochs) => ({ epochs, draws }));
}

/** The settings of a plan in its order. Cells that differ only in their seeds are adjacent. */
function candidatesOf({ cells }: Plan, { kind }: StoppingRule): Candidate[] {
  const groups = new Map<string, Cell[]>();
  for (const cell of cells) {
    const settings = withoutSeeds(cell.settings);
    const key = JSON.stringify(kind === 'halving' ? { ...settings, epochs: null } : settings);
    const own = groups.get(key);
    if (own === undefined) groups.set(key, [cell]);
    else own.push(cell);
  }
  return Array.from(groups, ([key, own]) => ({ key, cells: own }));
}

/** The settings that are compared: those with epochs if there are any, else all. */
function judgedOf(all: readonly Candidate[]): readonly Candidate[] {
  const trained = all.filter(({ cells }) => epochsOf(cells[0]) !== null);
  return trained.length === 0 ? all : trained;
}

/** Null for models without epochs. */
function epochsOf({ settings }: Cell): number | null {
  return typeof settings.epochs === 'number' ? settings.epochs : null;
}

function outcomeOf(record: TrialRecord | undefined, metric: string): RoundValue {
  if (record === undefined) throw new Error('a round was judged without one of its records');
  if (record.status === 'diverged') return 'diverged';
  return metricOf(record, metric) ?? 'no value';
}

/** Epochs of halving count once for each draw where a longer training continues a shorter one, else in each round. */
function costOf(
  schedule: readonly RoundSchedule[],
  rule: StoppingRule,
  all: readonly Candidate[],
  lastOf: ReadonlyMap<string, RoundSetting>,
  outside: ReadonlySet<string>,
): Stopping['cost'] {
  const sum = (each: (candidate: Candidate) => number) => all.reduce((total, one) => total + each(one), 0);
  if (rule.kind === 'racing') {
    return {
      taken: sum(({ key }) => lastOf.get(key)?.seeds ?? 0),
      all: sum(({ key, cells }) => (outside.has(key) ? 0 : cells.length)),
      unit: 'trials',
    };
  }
  const takenBy = ({ key, cells }: Candidate): number => {
    const { round, epochs, seeds } = lastOf.get(key)!;
    if (canContinue(cells[0].trial.config)) return epochs! * seeds;
    return schedule.slice(0, round).reduce((total, one) => total + one.epochs! * seeds, 0);
  };
  return {
    taken: sum((candidate) => (outside.has(candidate.key) ? 0 : takenBy(candidate))),
    all: sum(({ key, cells }) => (outside.has(key) ? 0 : epochsOf(cells[0])! * cells.length)),
    unit: 'epochs',
  };
}

function checkReferences(all: readonly Candidate[]): void {
  const other = all.map(({ cells }) => cells[0].settings.reference ?? 'none').find((one) => one !== 'none');
  if (other !== undefined) throw withReference(String(other));
}

/** Within a look, settings are compared on the same draws. */
function checkPairs(all: readonly Candidate[]): void {
  const varied = seedOptions.filter(
    (name) => new Set(all.flatMap(({ cells }) => cells.map((cell) => numberOf(cell, name)))).size > 1,
  );
  const drawsOf = ({ cells }: Candidate) =>
    JSON.stringify(cells.map((cell) => varied.map((name) => numberOf(cell, name))));
  const first = drawsOf(all[0]);
  const other = all.find((candidate) => drawsOf(candidate) !== first);
  if (other !== undefined) throw otherDraws(all[0].cells.length, other.cells.length);
}

/** A seed of its own; null where the seed of all draws is used, or none at all. */
function numberOf({ settings }: Cell, name: OptionName): number | null {
  const value = settings[name];
  return typeof value === 'number' ? value : null;
}
