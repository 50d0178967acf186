import { experiments } from '../../experiments/index.ts';
import { type Claim, ownClaims, readClaims } from '../claims/claims.ts';
import { checkConditions } from '../claims/judge-conclusions.ts';
import { isCheap } from '../claims/looks.ts';
import { codeReading, type PlanOf, planReadings, type SeedsOf } from '../claims/readings.ts';
import { type Curve, type CurveGroup, curveGroups, curvesOf } from '../claims/specification.ts';
import { specificationFiles, specificationNames } from '../claims/specification-files.ts';
import { curveCells, curveHeader, isHeadline } from '../claims/specification-text.ts';
import { datasets } from '../datasets/index.ts';
import { counted, exitCodes } from '../errors.ts';
import type { Plan } from '../experiment/plan.ts';
import { groupBy } from '../output/group-by.ts';
import { toJson } from '../output/json.ts';
import { programAndMachine } from '../output/manifest.ts';
import { writeRunFolder } from '../output/run-folder.ts';
import { parseChoice } from '../parsing/value-list.ts';
import { savedEpochs } from '../store/checkpoints.ts';
import { openStore } from '../store/store.ts';
import { checkLauncher } from './check-launcher.ts';
import { distinctTrials, idsOf } from './compute-trials.ts';
import { describeDiverged } from './diverged.ts';
import { holdStore } from './hold-store.ts';
import { foresee } from './makespan.ts';
import { checkOutFolder, noteKept } from './out-folder.ts';
import { screenOf } from './screen.ts';
import { timeText } from './show-plan.ts';
import { writeEvent, writeStderr, writeStdoutRaw } from './terminal.ts';
import { renderTable } from './text-table.ts';
import type { VerifyRequest } from './verify-flags.ts';
import { specificationFolder } from './verify-folder.ts';
import { recordsOf } from './verify-records.ts';
import { workOf } from './work.ts';

/** The seeds if the user gives none: fewer where a seed takes long, on RandomNet and MNIST. */
const usualSeeds = { cheap: [1, 2, 3, 4, 5], dear: [1, 2] } as const;

/** Of more named claims only the headline numbers are drawn, as of all claims. */
const mostDrawn = 20;

/** Claims of the named ids, or all, under combinations of the report's open choices. Returns the exit status. */
export async function runSpecification(ids: readonly string[], request: VerifyRequest): Promise<number> {
  const { claims: all } = await readClaims(request.claims ?? ownClaims);
  const wanted = ids.map((id) =>
    parseChoice(
      id,
      all.map((claim) => claim.id),
      'verify specification',
    ),
  );
  await checkConditions(all.filter((claim) => claim.kind === 'conclusion'));
  const named = wanted.length === 0 ? all : all.filter(({ id }) => wanted.includes(id));
  const groups = curveGroups(named);
  noteLeftOut(named, groups, request.running.quiet);
  const seedsOf = await seedsFor(request);
  if (request.shard !== null) {
    const { runShard } = await import('./run-shard.ts');
    const { plans } = await planGroups(groups, seedsOf, request);
    const planOnly = request.action === 'plan';
    return await runShard(plans, request.shard, { ...request.running, json: false, planOnly });
  }
  if (request.action === 'plan') return await showPlan(groups, seedsOf, request);
  const claimsText = request.claims === null ? null : JSON.stringify(all);
  const out = request.out ?? specificationFolder({ ...request, ids: wanted, claimsText });
  const areDrawn = wanted.length > 0 && wanted.length <= mostDrawn;
  const drawn = named.filter((claim) => areDrawn || isHeadline(claim, all));
  await checkOutFolder(out, specificationNames(drawn), request.running.storeDirectory);
  const { curves, failures, seeds, diverged } = await computeCurves(groups, seedsOf, request);
  const files = await specificationFiles(curves, all, seeds, drawn, request.level);
  const manifest = {
    ...request.remarks,
    ...{
      specification: true,
      level: request.level,
      claims: request.claims,
      run: { command: process.argv.slice(2) },
    },
    ...(await programAndMachine()),
  };
  noteKept(out, await writeRunFolder(out, files, (listed) => toJson({ ...manifest, files: listed })));
  const shown = curves.filter(({ claim }) => drawn.includes(claim));
  const { color, width } = screenOf(process.stdout);
  writeStdoutRaw(
    `${renderTable(curveHeader, (shown.length === 0 ? curves : shown).map(curveCells), { color, width })}\n`,
  );
  if (!request.running.quiet)
    writeStderr(`wrote ${out}/ (${counted(curves.length, 'claim')}; all in ${out}/specification.md)`);
  writeEvent('written', { path: out });
  if (diverged !== null) writeStderr(`error: ${diverged}`);
  if (failures > 0 || diverged !== null) return exitCodes.failed;
  return curves.some(({ shares }) => shares === null) ? exitCodes.incomplete : exitCodes.done;
}

/** Says which of the named claims have no curve. */
function noteLeftOut(named: readonly Claim[], groups: readonly CurveGroup[], quiet: boolean): void {
  const has = new Set(groups.flatMap(({ claims }) => claims));
  const without = named.filter((claim) => !has.has(claim));
  if (without.length === 0 || quiet) return;
  writeStderr(
    `note: no open choice is changed for claims about other libraries: ${without.map(({ id }) => id).join(', ')}`,
  );
}

async function seedsFor({ generated, fromFiles, running }: VerifyRequest): Promise<SeedsOf> {
  const usual = new Map<string, readonly number[]>();
  for (const experiment of experiments) {
    const cheap = await isCheap(experiment, codeReading, running.sources);
    usual.set(experiment.name, usualSeeds[cheap ? 'cheap' : 'dear']);
  }
  return ({ name, dataset }) => (datasets[dataset].hasPixels ? fromFiles : generated) ?? usual.get(name)!;
}

/** The plans of all groups with the first seeds of every experiment. */
async function planGroups(
  groups: readonly CurveGroup[],
  seedsOf: SeedsOf,
  { running }: VerifyRequest,
): Promise<{ plans: Plan[]; planOfs: PlanOf[] }> {
  const planned = [];
  for (const { claims, readings } of groups) {
    planned.push(await planReadings(claims, readings, experiments, seedsOf, running.sources));
  }
  return { plans: planned.flatMap(({ plans }) => plans), planOfs: planned.map(({ planOf }) => planOf) };
}

const mostSeeds = (seedsOf: SeedsOf) =>
  experiments.reduce((most, experiment) => Math.max(most, seedsOf(experiment, codeReading).length), 0);

/** Computes all seeds or, with --max-time, one after the other, and uses those that were finished in time. */
async function computeCurves(groups: readonly CurveGroup[], seedsOf: SeedsOf, request: VerifyRequest) {
  const { running, level } = request;
  const all = mostSeeds(seedsOf);
  await checkLauncher(running);
  const first =
    (count: number): SeedsOf =>
    (...of) =>
      seedsOf(...of).slice(0, count);
  let failures = 0;
  let finished = all;
  for (let count = running.enough === null ? all : 1; count <= all; count++) {
    const { plans } = await planGroups(groups, first(count), request);
    failures += await holdStore(
      running.storeDirectory,
      async (lease) => (await recordsOf(plans, running, lease)).failures,
    );
    if (running.enough?.aborted !== true) continue;
    finished = Math.max(1, count - 1);
    writeStderr(
      `note: --max-time is over: ${counted(finished, 'seed')} of ${all}${count === 1 ? ', not finished' : ''}`,
    );
    break;
  }
  const { plans, planOfs } = await planGroups(groups, first(finished), request);
  const records = await openStore(
    running.storeDirectory,
    idsOf(distinctTrials(plans.map((plan) => ({ plan, out: '' })))),
  );
  const curves: Curve[] = [];
  for (const [index, group] of groups.entries()) {
    curves.push(...(await curvesOf(group, planOfs[index], records, level)));
  }
  const seeds = new Map(plans.map(({ experiment, lists }) => [experiment.name, lists.seed?.length ?? 1]));
  const diverged = running.failOnDiverged ? describeDiverged(plans, records) : null;
  return { curves, failures, seeds, diverged };
}

/** Prints what would be run, and how long it takes. */
async function showPlan(
  groups: readonly CurveGroup[],
  seedsOf: SeedsOf,
  request: VerifyRequest,
): Promise<number> {
  const { storeDirectory, jobs } = request.running;
  const { plans } = await planGroups(groups, seedsOf, request);
  const trialsOf = (some: readonly Plan[]) => distinctTrials(some.map((plan) => ({ plan, out: '' })));
  const saved = await savedEpochs(storeDirectory);
  const store = await openStore(storeDirectory, idsOf(trialsOf(plans)));
  const missingOf = (some: readonly Plan[]) => trialsOf(some).filter(({ id }) => !store.has(id));
  const time = (some: readonly Plan[]) =>
    timeText(
      foresee(
        missingOf(some).map((trial) => workOf(trial, saved)),
        jobs,
      ),
      jobs,
    ).replace(/^, in /, '');
  const rows = [...groupBy(plans, ({ experiment }) => experiment.name)].map(([name, own]) => {
    const seeds = own[0].lists.seed?.length ?? 1;
    const missing = missingOf(own).length;
    return [name, String(own.length), String(seeds), String(missing), time(own) || 'nothing to run'];
  });
  const { width } = screenOf(process.stdout);
  const header = ['experiment', 'combinations', 'seeds', 'trials to run', 'time'];
  const missing = missingOf(plans).length;
  const total = missing === 0 ? 'nothing to run' : `${counted(missing, 'trial')} to run, ${time(plans)}`;
  writeStdoutRaw(
    `${renderTable(header, rows, { color: false, width })}\n\n${counted(groups.flatMap(({ claims }) => claims).length, 'claim')}: ${total}.\n`,
  );
  return exitCodes.done;
}
