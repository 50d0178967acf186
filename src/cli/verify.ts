import type { Command } from 'commander';
import { Option } from 'commander';
import { experiments } from '../../experiments/index.ts';
import type { Claim } from '../claims/claims.ts';
import type { Reading, Seeds } from '../claims/readings.ts';
import type { Sources } from '../datasets/dataset.ts';
import { type DatasetName, datasetNames, datasets } from '../datasets/index.ts';
import { exitCodes, UserError } from '../errors.ts';
import { type OptionName, parseOption, type SettingLists } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import { parseChoice, parseNumber } from '../parsing/value-list.ts';
import type { Lease } from '../store/leases.ts';
import { addExamples } from './examples.ts';
import { withFlags } from './flags.ts';
import { progressNames } from './progress-choices.ts';
import {
  addUnder,
  choosing,
  dataFlags,
  defaultStore,
  type FailureFlags,
  type FailureOptions,
  failureFlags,
  failureOptionsOf,
  headings,
  helpUnder,
  parseJobs,
  progressFlags,
  type RunOptions,
  sourcesOf,
  storeFlag,
} from './run-flags.ts';
import type { SetStatus } from './status.ts';
import { writeEvent, writeStderr, writeStdoutRaw } from './terminal.ts';
import { usualLevel, usualSeeds, verifyFolder } from './verify-folder.ts';

interface VerifyFlags extends FailureFlags {
  readonly claims?: string;
  readonly seeds?: string;
  readonly mnistSeeds?: string;
  readonly quick?: boolean;
  readonly plan?: boolean;
  readonly level?: string;
  readonly variant: string;
  readonly expect?: string;
  readonly store?: string;
  readonly out?: string;
  readonly dataDir?: string;
  readonly dataName?: string;
  readonly jobs?: string;
  readonly quiet?: boolean;
  readonly progress: string;
  readonly json?: boolean;
}

/** How to compute the trials that are not in the store. */
type Running = Pick<RunOptions, 'storeDirectory' | 'sources' | 'jobs' | 'quiet' | 'progress'> &
  FailureOptions;

/** The choices of --variant. `both` judges both readings, and the program with one open choice changed at a time. */
const variantChoices = ['report', 'code', 'text', 'both'] as const;

/** `fys-nn verify`: do the report's numbers and conclusions hold for other seeds? */
export function addVerifyCommand(program: Command, setStatus: SetStatus): void {
  const command = program
    .command('verify')
    .description('Judge every number and conclusion of the report over many seeds');
  addUnder(
    command,
    'Claims and seeds:',
    new Option('--claims <file>', "file of claims to judge (default: the report's)"),
    new Option('--seeds <list>', 'seeds for generated data (default: 1..20, with --quick 1..5)'),
    new Option(
      '--mnist-seeds <list>',
      'seeds for MNIST (default: the first 5 of --seeds, with --quick the first)',
    ),
    new Option('--level <x>', 'level of the intervals, and of all numbers together').default(
      String(usualLevel),
    ),
    choosing(
      '--variant <name>',
      'report: its program and its wording; code or text: only one of them; both: report, and its program with one open choice changed at a time',
      variantChoices,
    ).default('report'),
    new Option(
      '--expect <file>',
      'verdicts.json of an earlier run: exit 3 only for claims that are newly contradicted',
    ),
  );
  addUnder(command, headings.data, ...dataFlags());
  addUnder(
    command,
    headings.run,
    new Option('--quick', 'use fewer seeds; everything else is as in the report'),
    new Option('--plan', 'count the trials and which of them are in the store; run nothing'),
    new Option('--jobs <n>', 'worker threads (default: all cores)'),
    storeFlag(),
    ...failureFlags(),
  );
  addUnder(
    command,
    headings.output,
    new Option('--out <dir>', 'folder for the verdicts (default: results/verify)'),
    ...progressFlags(),
    new Option('--json', 'print the verdicts as JSON, and errors too'),
  );
  helpUnder(command, headings.output);
  addExamples(command, [
    ['verify --quick', 'five seeds, and one for MNIST'],
    ['verify --seeds 1..10 --expect results/verify/verdicts.json', 'what is new since the last time'],
  ]);
  command.action(async (flags: VerifyFlags) => setStatus(await runVerify(flags)));
}

async function runVerify(flags: VerifyFlags): Promise<number> {
  const { ownClaims, readClaims } = await import('../claims/claims.ts');
  const { checkConditions } = await import('../claims/judge-conclusions.ts');
  const { newlyContradicted, ownExpectation, readExpectation, verdictsById } = await import(
    '../claims/expectation.ts'
  );
  const { isJudgedByAny } = await import('../claims/readings.ts');
  const { checkOutFolder, noteKept } = await import('./out-folder.ts');
  const { verificationFiles, verificationNames } = await import('../claims/verification-files.ts');
  const seeds = seedsOf(flags);
  const level = parseLevel(flags.level!);
  const running: Running = {
    storeDirectory: flags.store ?? defaultStore,
    sources: sourcesOf(flags),
    jobs: parseJobs(flags.jobs),
    quiet: flags.quiet === true,
    progress: parseChoice(flags.progress, progressNames, '--progress'),
    ...failureOptionsOf(flags),
  };
  const data = await otherData(running.sources);
  if (flags.claims === undefined && data !== null) throw notReportsData(data.title);
  const variant = parseChoice(flags.variant, variantChoices, '--variant');
  const readings = await readingsOf(variant);
  const { claims: all } = await readClaims(flags.claims ?? ownClaims);
  const claims = all.filter((claim) => isJudgedByAny(claim, readings));
  if (claims.length === 0 && all.length > 0) throw noMatchingClaims(variant);
  await checkConditions(all.filter((claim) => claim.kind === 'conclusion'));
  const expectFile = flags.expect ?? (flags.claims === undefined ? ownExpectation : null);
  const expected = expectFile === null ? null : await readExpectation(expectFile);
  const out =
    flags.out ??
    verifyFolder({
      ...{ quick: flags.quick === true, variant, level },
      ...{ generated: seeds.franke, fromFiles: seeds.images },
      claims: flags.claims === undefined ? null : JSON.stringify(all),
      data: data?.sha256 ?? null,
    });
  await checkOutFolder(out, verificationNames, running.storeDirectory);

  const note = (text: string) => {
    if (flags.quiet !== true) writeStderr(text);
  };
  const others = all.filter((claim) => !isJudgedByAny(claim, readings));
  if (others.length > 0) {
    note(
      `note: --variant ${variant} leaves out claims about another variant: ${others.map(({ id }) => id).join(', ')}`,
    );
  }
  if (flags.plan === true) {
    await showCounts(claims, readings, seeds, running);
    return exitCodes.done;
  }
  const run = await judge(claims, readings, variant === 'both', seeds, level, running);
  const found = verdictsById(run.verification);
  const quick = flags.quick === true;
  const { writeRunFolder } = await import('../output/run-folder.ts');
  const { programAndMachine } = await import('../output/manifest.ts');
  const { toJson } = await import('../output/json.ts');
  const files = await verificationFiles(run.verification, run.winners, expected, quick);
  const manifest = {
    ...{ verify: true, quick, variant, level, seeds, claims: flags.claims ?? null },
    ...{ run: { command: process.argv.slice(2) }, ...(await programAndMachine()) },
  };
  noteKept(out, await writeRunFolder(out, files, (listed) => toJson({ ...manifest, files: listed })));
  if (flags.json === true) {
    const { verificationJson } = await import('../claims/verification-files.ts');
    writeStdoutRaw(verificationJson(run.verification, run.winners, quick));
  } else {
    const { showVerification } = await import('./show-verification.ts');
    writeStdoutRaw(`${showVerification(run.verification, run.winners, process.stdout)}\n`);
  }
  note(`wrote ${out}/`);
  writeEvent('written', { path: out });
  const contradicted = newlyContradicted(run.verification, expected);
  for (const id of contradicted) {
    writeStderr(`contradicted${expected === null ? '' : ' (not expected)'}: ${id}`);
  }
  const missing = [...found].flatMap(([id, verdict]) => (verdict === 'not run' ? id : []));
  if (missing.length > 0) note(`not run: ${missing.join(', ')}`);
  if (run.diverged !== null) writeStderr(`error: ${run.diverged}`);
  if (run.failures > 0 || run.diverged !== null) return exitCodes.failed;
  if (contradicted.length > 0) return exitCodes.contradicted;
  return missing.length > 0 ? exitCodes.incomplete : exitCodes.done;
}

/** The report's claims are about its own data: other images cannot contradict them. */
/** The digest and title of images that are not the report's; null for the report's. */
async function otherData(
  sources: Sources,
): Promise<{ readonly sha256: string; readonly title: string } | null> {
  if (sources.dataDir === null) return null;
  const { resolveImages } = await import('../datasets/images.ts');
  const { describeData } = await import('../datasets/index.ts');
  const { labelOf } = await import('../datasets/label.ts');
  const { config, facts } = await resolveImages(false, sources);
  const { isReports, title } = describeData(config, facts, labelOf(sources));
  return isReports ? null : { sha256: config.sha256, title };
}

function notReportsData(title: string): UserError {
  return new UserError({
    what: "these are not the report's data, so its claims cannot be judged on them",
    expected: `${datasets.images.title}, the images of the report`,
    received: title,
    remedy: 'leave out --data-dir, or give claims about these data with --claims',
  });
}

async function readingsOf(variant: (typeof variantChoices)[number]): Promise<Reading[]> {
  const { codeReading, textReading } = await import('../claims/readings.ts');
  if (variant === 'code') return [codeReading];
  return variant === 'text' ? [textReading] : [codeReading, textReading];
}

function noMatchingClaims(variant: string): UserError {
  return new UserError({
    what: `no claim is about --variant ${variant}`,
    expected: 'claims without a variant, or with this one',
    remedy: 'leave out --variant',
  });
}

/** Prints how many trials the claims need, how many of them are in the store, and how long the others would take. */
async function showCounts(
  claims: readonly Claim[],
  readings: readonly Reading[],
  seeds: Seeds,
  running: Running,
) {
  const { planReadings } = await import('../claims/readings.ts');
  const { showPlanCounts } = await import('./show-plan.ts');
  const { distinctTrials, idsOf } = await import('./run.ts');
  const { openStore } = await import('../store/store.ts');
  const { plans } = await planReadings(claims, readings, experiments, seeds, running.sources);
  const runs = plans.map((plan) => ({ plan, out: '' }));
  const store = await openStore(running.storeDirectory, idsOf(distinctTrials(runs)));
  await showPlanCounts(runs, store, running.jobs);
}

/** Plans, computes missing trials and judges. With `changing`, judges again with single choices changed. */
async function judge(
  claims: readonly Claim[],
  readings: readonly Reading[],
  changing: boolean,
  seeds: Seeds,
  level: number,
  running: Running,
) {
  const { planReadings, singleChanges } = await import('../claims/readings.ts');
  const { describeDiverged } = await import('./diverged.ts');
  const { experimentsInDoubt, verify } = await import('../claims/verdicts.ts');
  const { winnersOf } = await import('../claims/winners.ts');
  let failures = 0;
  let diverged: string | null = null;
  const judgeReadings = async (readings: readonly Reading[], judged: readonly Claim[]) => {
    const { planOf, plans } = await planReadings(judged, readings, experiments, seeds, running.sources);
    const absent = new Set(plans.flatMap((plan) => plan.absent.map(({ note }) => note)));
    for (const note of absent) writeStderr(`note: ${note}`);
    const chosen = new Set(running.quiet ? [] : plans.flatMap((plan) => plan.notes));
    for (const note of chosen) writeStderr(`note: ${withFlags(note)}`);
    const { holdStore } = await import('./hold-store.ts');
    return await holdStore(running.storeDirectory, async (lease) => {
      const computed = await recordsOf(plans, running, lease);
      failures += computed.failures;
      if (running.failOnDiverged) diverged = describeDiverged(plans, computed.records);
      const verification = await verify(judged, readings, planOf, computed.records, { level, seeds });
      const whole = plans.filter((plan) => plan.variant === readings[0].variant && isReportsOwn(plan));
      const winners = [];
      for (const plan of whole) winners.push(...(await winnersOf(plan, computed.records, level)));
      return { verification, winners };
    });
  };
  const first = await judgeReadings(readings, claims);
  if (!changing) return { ...first, failures, diverged };
  const changes = singleChanges(experimentsInDoubt(first.verification, experiments));
  const second = changes.length === 0 ? first : await judgeReadings([...readings, ...changes], claims);
  return { verification: second.verification, winners: first.winners, failures, diverged };
}

/** Whether a plan has the report's own settings. Plans that are made for one claim (`with`) do not. */
function isReportsOwn({ experiment, lists, variant }: Plan): boolean {
  const own: SettingLists = { ...experiment.settings, ...(variant === 'text' ? experiment.text : {}) };
  const names = Object.keys(lists) as OptionName[];
  return names.every((name) => name === 'seed' || lists[name]?.join() === own[name]?.join());
}

/** All records of the plans, from the store or computed now. */
async function recordsOf(plans: readonly Plan[], running: Running, lease: Lease) {
  const { computeTrials, distinctTrials, idsOf, noteProblems, reportFailures } = await import('./run.ts');
  const runs = plans.map((plan) => ({ plan, out: '' }));
  const trials = distinctTrials(runs);
  const { openStore } = await import('../store/store.ts');
  const store = await openStore(running.storeDirectory, idsOf(trials));
  const missing = trials.filter(({ id }) => !store.has(id));
  const reported = await noteProblems(store, 0);
  if (missing.length === 0) return { records: store, failures: 0 };
  const { failures } = await computeTrials(missing, trials.length, runs, store, { ...running, lease });
  reportFailures(failures, store.directory);
  await store.refresh();
  for (const { id } of trials) store.has(id);
  await noteProblems(store, reported);
  return { records: store, failures: failures.length };
}

function seedsOf({ seeds, mnistSeeds, quick }: VerifyFlags): Seeds {
  const usual = usualSeeds(quick === true);
  const parse = (text: string, flag: string) => {
    if (text.trim() === '') throw emptySeeds(flag);
    return parseOption('seed', text, flag) as number[];
  };
  const generated = parse(seeds ?? usual.generated, '--seeds');
  const fromFiles =
    mnistSeeds === undefined ? generated.slice(0, usual.fromFiles) : parse(mnistSeeds, '--mnist-seeds');
  const seedsFor = (name: DatasetName) => (datasets[name].fromFiles ? fromFiles : generated);
  return Object.fromEntries(datasetNames.map((name) => [name, seedsFor(name)])) as Record<
    DatasetName,
    number[]
  >;
}

function emptySeeds(flag: string): UserError {
  return new UserError({
    what: `${flag} is empty`,
    expected: 'one seed or several',
    received: '',
    remedy: `write ${flag} 1..20`,
  });
}

function parseLevel(text: string): number {
  const level = parseNumber(text, '--level');
  if (level > 0 && level < 1) return level;
  throw new UserError({
    what: '--level is out of range',
    expected: 'a number between 0 and 1',
    received: text,
    remedy: 'write --level 0.95',
  });
}
