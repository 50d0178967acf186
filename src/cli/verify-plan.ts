import { experiments } from '../../experiments/index.ts';
import type { Claim } from '../claims/claims.ts';
import type { Looks } from '../claims/looks.ts';
import { planReadings } from '../claims/readings.ts';
import { counted, exitCodes } from '../errors.ts';
import type { Plan } from '../experiment/plan.ts';
import { groupBy } from '../output/group-by.ts';
import { savedEpochs } from '../store/checkpoints.ts';
import { openStore } from '../store/store.ts';
import type { Trial } from '../trial/trial.ts';
import { foresee } from './makespan.ts';
import { distinctTrials, idsOf } from './run.ts';
import { timeText } from './show-plan.ts';
import { writeStdoutRaw } from './terminal.ts';
import { renderTable } from './text-table.ts';
import type { VerifySubject } from './verify-claims.ts';
import type { VerifyRequest } from './verify-flags.ts';
import { looksOf } from './verify-looks.ts';
import { workOf } from './work.ts';

interface Given {
  readonly claims: readonly Claim[];
  readonly storeDirectory: string;
  readonly jobs: number;
}

/** Prints for each experiment and reading how many seeds it may take, and what the first and the last look cost. */
export async function showVerifyPlan(
  request: VerifyRequest,
  { claims, readings }: VerifySubject,
): Promise<number> {
  const { running } = request;
  const looks = await looksOf(request, readings);
  const plansOf = async (look: Looks) =>
    (await planReadings(claims, readings, experiments, look.seedsOf, running.sources)).plans;
  const given = { claims, ...running };
  writeStdoutRaw(await verifyPlanText(await plansOf(looks), await plansOf(looks.last()), given));
  return exitCodes.done;
}

/** What `verify` would run at its first and at its last look, how long it takes, and what may stay undecided. */
async function verifyPlanText(
  first: readonly Plan[],
  last: readonly Plan[],
  { claims, storeDirectory, jobs }: Given,
): Promise<string> {
  const saved = await savedEpochs(storeDirectory);
  const trialsOf = (plans: readonly Plan[]) => distinctTrials(plans.map((plan) => ({ plan, out: '' })));
  const store = await openStore(storeDirectory, idsOf(trialsOf(last)));
  const missing = (plans: readonly Plan[]) => trialsOf(plans).filter(({ id }) => !store.has(id));
  const seconds = (trials: readonly Trial[]) =>
    foresee(
      trials.map((trial) => workOf(trial, saved)),
      jobs,
    );
  // Claims with settings of their own have a plan each; their experiment has one row.
  const rowOf = ({ experiment, variant }: Plan) => JSON.stringify([experiment.name, variant]);
  const rows = [...groupBy(last, rowOf)].map(([row, plans]) => {
    const [plan] = plans;
    const trials = missing(plans);
    return [
      plan.experiment.name,
      plan.variant,
      seedsText(seedsOf(first.find((other) => rowOf(other) === row)!), seedsOf(plan)),
      String(trials.length),
      timeText(seconds(trials), jobs).replace(/^, in /, '') || 'nothing to run',
    ];
  });
  const table = renderTable(['experiment', 'reading', 'seeds', 'trials to run', 'time, at most'], rows, {
    color: false,
    width: process.stdout.columns ?? 120,
  });
  const [least, most] = [missing(first), missing(last)];
  const few = new Set(
    last
      .filter((plan) => seedsOf(plan) < decisiveSeeds)
      .map(({ experiment, variant }) => `${experiment.name} (${variant})`),
  );
  const lines = [
    `${counted(claims.length, 'claim')}: ${counted(least.length, 'trial')} to run at first${timeText(seconds(least), jobs)}; ${most.length} if no claim is settled before the last look${timeText(seconds(most), jobs)}.`,
    few.size === 0
      ? 'Every conclusion that holds in all seeds can be settled.'
      : `Conclusions stay undecided with fewer than ${decisiveSeeds} seeds, and numbers only if they are far off: ${[...few].join(', ')}.`,
    'Conclusions that hold in about 80 % or 20 % of the seeds may stay undecided with any number of seeds.',
  ];
  return `${table}\n\n${lines.join('\n')}\n`;
}

/** Fewest seeds that settle a conclusion. */
const decisiveSeeds = 11;

function seedsOf({ lists }: Plan): number {
  return lists.seed?.length ?? 1;
}

function seedsText(first: number, last: number): string {
  return first === last ? String(first) : `${first} to ${last}`;
}
