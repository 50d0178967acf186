import { type Claim, quantitiesOf } from '../claims/claims.ts';
import type { Looks } from '../claims/looks.ts';
import { isJudged, planReadings, type Reading, singleChanges } from '../claims/readings.ts';
import { counted, exitCodes } from '../errors.ts';
import type { Plan } from '../experiment/plan.ts';
import { groupBy } from '../output/group-by.ts';
import { shareWord } from '../stats/share.ts';
import { significant } from '../stats/significant.ts';
import { studentTQuantile } from '../stats/student-t.ts';
import { savedEpochs } from '../store/checkpoints.ts';
import { openStore } from '../store/store.ts';
import type { Trial } from '../trial/trial.ts';
import { distinctTrials, idsOf } from './compute-trials.ts';
import { roughDuration } from './duration.ts';
import { fold } from './fold.ts';
import { foresee } from './makespan.ts';
import { showSubmission, timeText } from './show-plan.ts';
import { writeStdout, writeStdoutRaw } from './terminal.ts';
import { renderTable } from './text-table.ts';
import type { VerifySubject } from './verify-claims.ts';
import type { VerifyRequest } from './verify-flags.ts';
import { looksOf } from './verify-looks.ts';
import { workOf } from './work.ts';

interface Given {
  readonly claims: readonly Claim[];
  readonly readings: readonly Reading[];
  readonly level: number;
  readonly storeDirectory: string;
  readonly jobs: number;
}

/** Prints for each experiment and reading how many seeds it may take, and what the first and the last look cost. */
export async function showVerifyPlan(
  request: VerifyRequest,
  { claims, readings, experiments }: VerifySubject,
): Promise<number> {
  const { level, running } = request;
  const looks = await looksOf(request, readings, experiments);
  const plansOf = async (look: Looks) =>
    (await planReadings(claims, readings, experiments, look.seedsOf, running.sources)).plans;
  const given = { claims, readings, level, ...running };
  const first = await plansOf(looks);
  writeStdoutRaw(await verifyPlanText(first, await plansOf(looks.last()), given));
  if (request.variant === 'both') {
    const changes = singleChanges(experiments);
    const planned = await planReadings(claims, changes, experiments, looks.last().seedsOf, running.sources);
    writeStdoutRaw(await changesText(planned.plans, given));
  }
  const { slurm, storeDirectory } = running;
  if (slurm === null) return exitCodes.done;
  const trials = distinctTrials(first.map((plan) => ({ plan, out: '' })));
  const store = await openStore(storeDirectory, idsOf(trials));
  const missing = trials.filter(({ id }) => !store.has(id));
  if (missing.length > 0) writeStdout('', 'first look:');
  if (missing.length > 0) await showSubmission(missing, storeDirectory, slurm);
  return exitCodes.done;
}

/** What judging with one choice changed at a time adds. */
async function changesText(plans: readonly Plan[], { storeDirectory, jobs }: Given): Promise<string> {
  const saved = await savedEpochs(storeDirectory);
  const trials = distinctTrials(plans.map((plan) => ({ plan, out: '' })));
  const store = await openStore(storeDirectory, idsOf(trials));
  const missing = trials.filter(({ id }) => !store.has(id));
  const seconds = foresee(
    missing.map((trial) => workOf(trial, saved)),
    jobs,
  );
  const most = `${counted(missing.length, 'more trial')}${timeText(seconds, jobs)}`;
  const text = `Then one choice of the program is changed at a time, in the experiments with claims that do not stand: at most ${most}.`;
  return `${fold(text, process.stdout.columns ?? 80).join('\n')}\n`;
}

/** What `verify` would run at its first and at its last look, how long it takes, and what may stay undecided. */
async function verifyPlanText(
  first: readonly Plan[],
  last: readonly Plan[],
  { claims, readings, level, storeDirectory, jobs }: Given,
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
    const [{ experiment, variant }] = plans;
    const trials = missing(plans);
    const [least, most] = [first.filter((other) => rowOf(other) === row), plans].map(seedsOf);
    const judged = claims.filter(
      (claim) =>
        readings.some((reading) => reading.variant === variant && isJudged(claim, reading)) &&
        quantitiesOf(claim).some((quantity) => quantity.experiment === experiment.name),
    );
    const numbers = claims.filter(({ kind, variant: own = variant }) => kind === 'number' && own === variant);
    const hasNumbers = judged.some(({ kind }) => kind === 'number');
    const hasConclusions = judged.some(({ kind }) => kind === 'conclusion');
    return [
      experiment.name,
      variant,
      least === most ? String(most) : `${least} to ${most}`,
      String(trials.length),
      trials.length === 0 ? 'nothing' : roughDuration(seconds(trials)),
      hasNumbers ? resolutionText(most, numbers.length, level) : '',
      hasConclusions ? sufficientText(most, level) : '',
    ];
  });
  const header = ['experiment', 'reading', 'seeds', 'trials', 'time', 'finds from', 'holds from'];
  const width = process.stdout.columns ?? 80;
  const table = renderTable(header, rows, { color: false, width });
  const [least, most] = [missing(first), missing(last)];
  const lines = [
    `${counted(claims.length, 'claim')}: ${counted(least.length, 'trial')} to run at the first look${timeText(seconds(least), jobs)}, ${most.length} if nothing is settled before the last one${timeText(seconds(most), jobs)}.`,
    'finds from: how far off a number has to be to be contradicted at the last look, in standard deviations of one run; what is nearer stays unusual or typical.',
    'holds from: in how many seeds a conclusion has to be true to hold; it is contradicted if it is false in as many. In between it stays undecided or depends on the seed.',
  ];
  return `${table}\n\n${lines.flatMap((line) => fold(line, width)).join('\n')}\n`;
}

/**
 * The distance at which one of so many numbers is contradicted by n runs, in standard deviations of one run:
 * t(n - 1) at (1 - level) / (2 numbers), times sqrt(1 + 1/n). What varies together is found from a little less.
 */
function resolutionText(n: number, numbers: number, level: number): string {
  if (n < fewestRuns) return 'none';
  const distance = studentTQuantile(1 - (1 - level) / (2 * numbers), n - 1) * Math.sqrt(1 + 1 / n);
  return `${significant(distance, 2)} sd`;
}

/** Fewer runs say nothing about a number. */
const fewestRuns = 3;

/** The fewest of n seeds in which a conclusion is true that holds: "45 of 50". */
function sufficientText(n: number, level: number): string {
  for (let count = 1; count <= n; count++) {
    if (shareWord(count, n, level) === 'holds') return `${count} of ${n}`;
  }
  return 'too few';
}

/** The most seeds of the plans. */
function seedsOf(plans: readonly Plan[]): number {
  return plans.reduce((most, { lists }) => Math.max(most, lists.seed?.length ?? 1), 0);
}
