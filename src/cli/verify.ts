import type { Command } from 'commander';
import { Option } from 'commander';
import { experiments } from '../../experiments/index.ts';
import type { Claim } from '../claims/claims.ts';
import type { Looks } from '../claims/looks.ts';
import type { Reading, Seeds } from '../claims/readings.ts';
import type { Sources } from '../datasets/dataset.ts';
import { datasetNames, datasets } from '../datasets/index.ts';
import { exitCodes, UserError } from '../errors.ts';
import { type OptionName, parseOption, type SettingLists } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import { parseChoice, parseNumber } from '../parsing/value-list.ts';
import type { Lease } from '../store/leases.ts';
import { addExamples } from './examples.ts';
import { withFlags } from './flags.ts';
import { fold } from './fold.ts';
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
import { screenOf } from './screen.ts';
import type { SetStatus } from './status.ts';
import { writeEvent, writeStderr, writeStdoutRaw } from './terminal.ts';
import { usualLevel, verifyFolder } from './verify-folder.ts';

interface VerifyFlags extends FailureFlags {
  readonly claims?: string;
  readonly seeds?: string;
  readonly mnistSeeds?: string;
  readonly quick?: boolean;
  readonly level?: string;
  readonly maxTime?: string;
  readonly plan?: boolean;
  readonly calibrate?: boolean;
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
  FailureOptions & {
    /** When no further seeds are started, in milliseconds since 1970; null: never. */
    readonly endBy: number | null;
  };

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
    new Option(
      '--seeds <list>',
      'seeds for generated data (default: as many as claims need, 11 to 50; with --quick 1..5)',
    ),
    new Option(
      '--mnist-seeds <list>',
      'seeds for MNIST (default: 11, and 5 for the wording; with --seeds its first 11, with --quick the first)',
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
    new Option('--max-time <minutes>', 'take no further seeds after this time, settled or not'),
    new Option(
      '--calibrate',
      'let each of 200 seeds play the report: how often honest reports are contradicted, and planted errors found',
    ),
    new Option('--plan', 'only say what would be run, how long it takes, and what could still be undecided'),
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
  addExplainCommand(command);
}

/** `fys-nn verify explain`: the verdict on one claim in sentences, from the files of an earlier verification. */
function addExplainCommand(verify: Command): void {
  const command = verify
    .command('explain')
    .argument('<claim>', 'id of a claim, as in claims.csv')
    .description(
      'Say in a few sentences what was claimed, what was run, how far apart they are and how sure that is',
    )
    .addOption(new Option('--from <dir>', 'folder of the verdicts (default: results/verify)'))
    .action(async (claim: string, { from = verifiedFolder }: { from?: string }) => {
      const { readVerification } = await import('../claims/read-verification.ts');
      const { explain } = await import('../claims/explain.ts');
      const verification = await readVerification(from);
      const sentences = explain(verification, claim);
      if (sentences === null) {
        const ids = [...verification.numbers, ...verification.conclusions].map(({ subject }) => subject.id);
        parseChoice(claim, ids, 'verify explain'); // names the nearest id
      } else {
        const { width } = screenOf(process.stdout);
        for (const sentence of sentences) writeStdoutRaw(`${fold(sentence, width).join('\n')}\n`);
      }
    });
  addExamples(command, [
    ['verify explain ols-best-at-rate-0.01', 'why a conclusion of the report is contradicted'],
    ['verify explain least-squares-mse --from results/verify-quick', 'a verdict of verify --quick'],
  ]);
}

/** Where `fys-nn verify` writes with its usual choices. */
const verifiedFolder = 'results/verify';

async function runVerify(flags: VerifyFlags): Promise<number> {
  const { ownClaims, readClaims } = await import('../claims/claims.ts');
  const { checkConditions } = await import('../claims/judge-conclusions.ts');
  const { newlyContradicted, notRunUnexpectedly, ownExpectation, readExpectation, verdictsById } =
    await import('../claims/expectation.ts');
  const { isJudgedByAny } = await import('../claims/readings.ts');
  const { checkOutFolder, noteKept } = await import('./out-folder.ts');
  const { verificationFiles, verificationNames } = await import('../claims/verification-files.ts');
  const given = givenSeeds(flags);
  const quick = flags.quick === true;
  const level = parseLevel(flags.level!);
  const running: Running = {
    storeDirectory: flags.store ?? defaultStore,
    sources: sourcesOf(flags),
    jobs: parseJobs(flags.jobs),
    quiet: flags.quiet === true,
    progress: parseChoice(flags.progress, progressNames, '--progress'),
    ...failureOptionsOf(flags),
    endBy: flags.maxTime === undefined ? null : Date.now() + 60_000 * parseMaxTime(flags.maxTime),
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
      ...{ quick, variant, level },
      ...given,
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
  if (flags.calibrate === true) {
    return await calibrateInto(
      flags.out ?? 'results/calibration',
      claims,
      readings[0],
      given,
      level,
      running,
    );
  }
  const looks = await looksOf(given, quick, readings, running.sources);
  if (flags.plan === true) return await showVerifyPlan(claims, readings, looks, running);
  const run = await judge(claims, readings, variant === 'both', looks, level, running);
  const found = verdictsById(run.verification);
  const { writeRunFolder } = await import('../output/run-folder.ts');
  const { programAndMachine } = await import('../output/manifest.ts');
  const { toJson } = await import('../output/json.ts');
  const files = await verificationFiles(run.verification, run.winners, expected, quick);
  const manifest = {
    ...{ verify: true, quick, variant, level, seeds: run.verification.seeds, claims: flags.claims ?? null },
    ...{ run: { command: process.argv.slice(2) }, ...(await programAndMachine()) },
  };
  noteKept(out, await writeRunFolder(out, files, (listed) => toJson({ ...manifest, files: listed })));
  if (flags.json === true) {
    const { verificationJson } = await import('../claims/verification-files.ts');
    writeStdoutRaw(verificationJson(run.verification, run.winners, quick));
  } else {
    const { showVerification } = await import('./show-verification.ts');
    writeStdoutRaw(`${showVerification(run.verification, out, out === verifiedFolder, process.stdout)}\n`);
  }
  note(`wrote ${out}/`);
  writeEvent('written', { path: out });
  const contradicted = newlyContradicted(run.verification, expected);
  for (const id of contradicted) {
    writeStderr(`contradicted${expected === null ? '' : ' (not expected)'}: ${id}`);
  }
  const missing = [...found].flatMap(([id, verdict]) => (verdict === 'not run' ? id : []));
  const unexpected = notRunUnexpectedly(run.verification, expected, run.absent);
  if (missing.length > 0) note(`not run: ${missing.join(', ')}`);
  if (run.diverged !== null) writeStderr(`error: ${run.diverged}`);
  if (run.failures > 0 || run.diverged !== null) return exitCodes.failed;
  if (contradicted.length > 0) return exitCodes.contradicted;
  return unexpected.length > 0 ? exitCodes.incomplete : exitCodes.done;
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

/** Plans, computes missing trials and judges. With `changing`, judges again with single choices changed. */
async function judge(
  claims: readonly Claim[],
  readings: readonly Reading[],
  changing: boolean,
  looks: Looks,
  level: number,
  running: Running,
) {
  const { planReadings, singleChanges } = await import('../claims/readings.ts');
  const { describeDiverged } = await import('./diverged.ts');
  const { experimentsInDoubt, verify } = await import('../claims/verdicts.ts');
  const { winnersOf } = await import('../claims/winners.ts');
  let failures = 0;
  let diverged: string | null = null;
  const noted = new Set<string>();
  const absentNames = new Set<string>();
  const judgeReadings = async (readings: readonly Reading[], judged: readonly Claim[], look: Looks) => {
    const { planOf, plans } = await planReadings(
      judged,
      readings,
      experiments,
      look.seedsOf,
      running.sources,
    );
    const chosen = running.quiet ? [] : plans.flatMap((plan) => plan.notes).map(withFlags);
    for (const text of new Set([
      ...plans.flatMap((plan) => plan.absent.map(({ note }) => note)),
      ...chosen,
    ])) {
      if (!noted.has(text)) writeStderr(`note: ${text}`);
      noted.add(text);
    }
    for (const { name } of plans.flatMap((plan) => plan.absent)) absentNames.add(name);
    const { holdStore } = await import('./hold-store.ts');
    return await holdStore(running.storeDirectory, async (lease) => {
      const computed = await recordsOf(plans, running, lease);
      failures += computed.failures;
      if (running.failOnDiverged) diverged = describeDiverged(plans, computed.records);
      const verification = await verify(judged, readings, planOf, computed.records, {
        level,
        seeds: look.seeds,
      });
      const whole = plans.filter((plan) => plan.variant === readings[0].variant && isReportsOwn(plan));
      const winners = [];
      for (const plan of whole) winners.push(...(await winnersOf(plan, computed.records, level)));
      return { verification, winners };
    });
  };
  let look = looks;
  let first = await judgeReadings(readings, claims, look);
  for (;;) {
    const next = failures === 0 ? look.next(first.verification) : null;
    if (next === null) break;
    if (running.endBy !== null && Date.now() > running.endBy) {
      writeStderr('note: --max-time is over: claims that more seeds could settle are left as they are');
      break;
    }
    look = next;
    first = await judgeReadings(readings, claims, look);
  }
  if (!changing) return { ...first, failures, diverged, absent: absentNames };
  const changes = singleChanges(experimentsInDoubt(first.verification, experiments));
  const second = changes.length === 0 ? first : await judgeReadings([...readings, ...changes], claims, look);
  return {
    verification: second.verification,
    winners: first.winners,
    failures,
    diverged,
    absent: absentNames,
  };
}

/** Whether a plan has the report's own settings. Plans that are made for one claim (`with`) do not. */
function isReportsOwn({ experiment, lists, variant }: Plan): boolean {
  const own: SettingLists = { ...experiment.settings, ...(variant === 'text' ? experiment.text : {}) };
  const names = Object.keys(lists) as OptionName[];
  return names.every((name) => name === 'seed' || lists[name]?.join() === own[name]?.join());
}

/** Prints for each experiment and reading how many seeds it may take, and what the first and the last look cost. */
async function showVerifyPlan(
  claims: readonly Claim[],
  readings: readonly Reading[],
  looks: Looks,
  running: Running,
): Promise<number> {
  const { verifyPlanText } = await import('./verify-plan.ts');
  const { planReadings } = await import('../claims/readings.ts');
  const plansOf = async (look: Looks) =>
    (await planReadings(claims, readings, experiments, look.seedsOf, running.sources)).plans;
  writeStdoutRaw(
    await verifyPlanText(await plansOf(looks), await plansOf(looks.last()), {
      claims,
      ...running,
    }),
  );
  return exitCodes.done;
}

/** Calibrates and writes the tables into a folder. */
async function calibrateInto(
  out: string,
  claims: readonly Claim[],
  reading: Reading,
  { generated }: GivenSeeds,
  level: number,
  running: Running,
): Promise<number> {
  const { runCalibration } = await import('./calibrate.ts');
  const { holdStore } = await import('./hold-store.ts');
  const { checkOutFolder } = await import('./out-folder.ts');
  const { writeFiles } = await import('../files/write-files.ts');
  await checkOutFolder(out, ['calibration.csv']);
  const seeds = generated ?? Array.from({ length: 200 }, (_, index) => index + 1);
  const { files, text, status } = await runCalibration(
    claims,
    { reading, seeds, level, sources: running.sources },
    (plans) => holdStore(running.storeDirectory, (lease) => recordsOf(plans, running, lease)),
  );
  if (status !== exitCodes.done) return status;
  await writeFiles(out, files);
  writeStdoutRaw(text);
  if (!running.quiet) writeStderr(`wrote ${out}/`);
  return status;
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

/** The seeds that the user gives; null for the usual ones. */
interface GivenSeeds {
  readonly generated: readonly number[] | null;
  readonly fromFiles: readonly number[] | null;
}

function givenSeeds({ seeds, mnistSeeds }: VerifyFlags): GivenSeeds {
  const parse = (text: string | undefined, flag: string) => {
    if (text === undefined) return null;
    if (text.trim() === '') throw emptySeeds(flag);
    return parseOption('seed', text, flag) as number[];
  };
  return { generated: parse(seeds, '--seeds'), fromFiles: parse(mnistSeeds, '--mnist-seeds') };
}

/** Looks as often as needed, unless the user says with which seeds or wants a quick look. */
async function looksOf(
  { generated, fromFiles }: GivenSeeds,
  quick: boolean,
  readings: readonly Reading[],
  sources: Sources,
): Promise<Looks> {
  const { adaptiveLooks, fixedLook } = await import('../claims/looks.ts');
  if (generated === null && fromFiles === null && !quick) {
    return adaptiveLooks(experiments, readings, sources);
  }
  const usual = quick ? quickSeeds : fullSeeds;
  const forGenerated = generated ?? usual.generated;
  const forFiles = fromFiles ?? forGenerated.slice(0, usual.fromFiles);
  const entries = datasetNames.map((name) => [name, datasets[name].fromFiles ? forFiles : forGenerated]);
  return fixedLook(Object.fromEntries(entries) as Seeds);
}

/** Seeds of --quick, and those of the kind of data for which only the other kind's seeds are given. */
const quickSeeds = { generated: [1, 2, 3, 4, 5], fromFiles: 1 };
const fullSeeds = { generated: Array.from({ length: 50 }, (_, index) => index + 1), fromFiles: 11 };

function emptySeeds(flag: string): UserError {
  return new UserError({
    what: `${flag} is empty`,
    expected: 'one seed or several',
    received: '',
    remedy: `write ${flag} 1..20`,
  });
}

function parseMaxTime(text: string): number {
  const minutes = parseNumber(text, '--max-time');
  if (minutes > 0) return minutes;
  throw new UserError({
    what: '--max-time is out of range',
    expected: 'a number of minutes above 0',
    received: text,
    remedy: 'write --max-time 20',
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
