import { trialSeconds } from '../../trial/size.ts';
import type { Trial } from '../../trial/trial.ts';
import { cutByCost } from '../cut.ts';

/** The trials of one task of a job array. */
export interface TaskPlan {
  readonly trials: readonly Trial[];
  /** How long it is predicted to take. */
  readonly seconds: number;
}

/**
 * Cuts trials into tasks of about `taskTime` seconds on `cpus` cores, the longest first.
 *
 * Each core gets a list of trials of about that time; a trial that takes longer has a core for itself. A task is the lists of
 * `cpus` cores that take about equally long, so that few of its cores are idle before its end.
 */
export function cutIntoTasks(
  trials: readonly Trial[],
  { taskTime, cpus }: { readonly taskTime: number; readonly cpus: number },
): TaskPlan[] {
  const costed = trials.map(({ id, config }) => ({ id, cost: trialSeconds(config) }));
  const short = costed.filter(({ cost }) => cost < taskTime);
  const seconds = short.reduce((sum, { cost }) => sum + cost, 0);
  const wanted = costed.length - short.length + Math.ceil(seconds / taskTime);
  // A task that has several cores uses them all, however short it is.
  const lanes = Math.min(costed.length, cpus * Math.ceil(wanted / cpus));
  const laneOf = cutByCost(costed, lanes);
  const loads = new Float64Array(lanes);
  for (const [index, lane] of laneOf.entries()) loads[lane] += costed[index].cost;
  const order = [...loads.keys()].sort((a, b) => loads[b] - loads[a] || a - b);
  const tasks = Array.from({ length: Math.ceil(lanes / cpus) }, (_, task) => ({
    trials: [] as Trial[],
    seconds: loads[order[task * cpus]],
  }));
  const taskOfLane = new Uint32Array(lanes);
  for (const [place, lane] of order.entries()) taskOfLane[lane] = Math.floor(place / cpus);
  for (const [index, trial] of trials.entries()) tasks[taskOfLane[laneOf[index]]].trials.push(trial);
  return tasks;
}

/** Machines differ in speed, and predictions are rough: a task may take this many times as long as predicted, and a start. */
const margin = 3;
const startSeconds = 300;

/** The time limit in seconds, in whole minutes, of tasks whose longest is predicted to take `seconds`. */
export function timeLimit(seconds: number): number {
  return 60 * Math.ceil((margin * seconds + startSeconds) / 60);
}
