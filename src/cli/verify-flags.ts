import { type Command, Option } from 'commander';
import { UserError } from '../errors.ts';
import { parseOption } from '../experiment/options.ts';
import { type Remarks, remarksFrom } from '../output/remarks.ts';
import { parseChoice, parseNumber } from '../parsing/value-list.ts';
import { addUnder, choosing, headings, helpUnder } from './command-options.ts';
import { type ComputingFlags, computingFlags, computingOptionsOf } from './computing-flags.ts';
import { dataFlags, sourcesOf } from './data-flags.ts';
import { progressNames } from './progress-choices.ts';
import {
  defaultStore,
  jobsOf,
  progressFlags,
  type RemarkFlags,
  remarkFlags,
  storeFlag,
} from './run-flags.ts';
import { parseShard, type Shard, shardFlag } from './shard.ts';
import { clusterHeading, type LauncherFlags, launcherFlags, launcherOptionsOf } from './slurm-flags.ts';
import { usualLevel } from './verify-folder.ts';
import type { Running } from './verify-records.ts';

/** The flags of `verify`, as the user typed them. */
export interface VerifyFlags extends ComputingFlags, RemarkFlags, LauncherFlags {
  readonly claims?: string;
  readonly runs?: string;
  readonly init?: string | true;
  readonly seeds?: string;
  readonly mnistSeeds?: string;
  readonly quick?: boolean;
  readonly level?: string;
  readonly maxTime?: string;
  readonly plan?: boolean;
  readonly shard?: string;
  readonly calibrate?: boolean;
  readonly variant: string;
  readonly expect?: string;
  readonly store?: string;
  readonly out?: string;
  readonly dataDir?: string;
  readonly dataName?: string;
  readonly labelNames?: string;
  readonly jobs?: string;
  readonly quiet?: boolean;
  readonly progress: string;
  readonly json?: boolean;
}

/** The flags of `verify`, checked. */
export interface VerifyRequest {
  readonly action: 'judge' | 'plan' | 'calibrate';
  /** The user's file of claims; null for the report's. */
  readonly claims: string | null;
  /** The seeds that the user gives for generated data, and for data from files; null for the usual ones. */
  readonly generated: readonly number[] | null;
  readonly fromFiles: readonly number[] | null;
  /** The longest time in minutes; null: none. */
  readonly maxTime: number | null;
  readonly quick: boolean;
  readonly level: number;
  readonly variant: VerifyVariant;
  readonly expect: string | null;
  readonly out: string | null;
  readonly json: boolean;
  /** The command line that gives the same verdicts. */
  readonly repeat: string;
  readonly remarks: Remarks;
  /** The part of a round's trials to compute; null: all rounds, and their verdicts. */
  readonly shard: Shard | null;
  readonly running: Running;
}

/** The choices of --variant. `both` judges both readings, and the program with one open choice changed at a time. */
const variantChoices = ['report', 'code', 'text', 'both'] as const;
export type VerifyVariant = (typeof variantChoices)[number];

/** Adds the options of `verify`. */
export function addVerifyOptions(command: Command): void {
  addUnder(
    command,
    'Claims and seeds:',
    once('--claims <file>', "file of claims to judge, JSON or YAML (default: the report's)"),
    new Option('--init [file]', 'write a file of claims with an example of each kind (default: claims.yaml)'),
    once('--runs <file>', 'CSV of runs that another program made: judge by these, and train nothing'),
    new Option(
      '--seeds <list>',
      'seeds for generated data (default: as many as claims need, 11 to 50; with --quick 1..5)',
    ),
    new Option(
      '--mnist-seeds <list>',
      'seeds for MNIST (default: 11 to 20, and 5 for the wording; with --seeds its first 11, with --quick the first)',
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
    new Option(
      '--max-time <minutes>',
      'stop after this time, judge by the seeds that are finished, and say what is not',
    ),
    new Option(
      '--calibrate',
      'let each of 200 seeds play the report: how often honest reports are contradicted, and planted errors found; with --mnist-seeds on MNIST, too',
    ),
    new Option('--plan', 'only say what would be run, how long it takes, and what could still be undecided'),
    ...judgedRunFlags(),
  );
  addUnder(command, clusterHeading, ...launcherFlags());
  addUnder(
    command,
    headings.output,
    new Option('--out <dir>', 'folder for the verdicts (default: results/verify)'),
    ...remarkFlags(),
    ...progressFlags(),
    new Option('--json', 'print the verdicts as JSON, and errors too'),
  );
  helpUnder(command, headings.output);
}

/** How the trials that are judged are computed. */
function judgedRunFlags(): Option[] {
  return [
    new Option('--jobs <n>', 'worker threads (default: all cores)'),
    storeFlag(),
    shardFlag(),
    ...computingFlags(),
  ];
}

/** An option for one file, which may not be given twice: the first file would be ignored. */
function once(flags: string, description: string): Option {
  const option = new Option(flags, description);
  return option.argParser<string>((path, earlier) => {
    if (earlier === undefined) return path;
    throw new UserError({
      what: `${option.long} is there twice`,
      expected: 'one file',
      received: `${option.long} ${earlier} ${option.long} ${path}`,
      remedy: 'leave out one of them, or run fys-nn verify once for each file',
    });
  });
}

/** Adds the options of `verify specification`. */
export function addSpecificationOptions(command: Command): void {
  addUnder(
    command,
    'Claims and seeds:',
    once('--claims <file>', "file of claims (default: the report's)"),
    new Option('--seeds <list>', 'seeds for generated data (default: 1..5, and 1,2 for RandomNet)'),
    new Option('--mnist-seeds <list>', 'seeds for MNIST (default: 1,2)'),
    new Option('--level <x>', 'level of the intervals').default(String(usualLevel)),
  );
  addUnder(command, headings.data, ...dataFlags());
  addUnder(
    command,
    headings.run,
    new Option('--max-time <minutes>', 'take no further seeds after this time'),
    new Option('--plan', 'only say what would be run, and how long it takes'),
    ...judgedRunFlags(),
  );
  addUnder(command, clusterHeading, ...launcherFlags());
  addUnder(
    command,
    headings.output,
    new Option('--out <dir>', 'folder for the curves (default: results/specification)'),
    ...remarkFlags(),
    ...progressFlags(),
  );
  helpUnder(command, headings.output);
}

/** Checks the flags, before anything is read. Errors: UserError for values out of range. */
export function verifyRequest(flags: VerifyFlags, repeat: string): VerifyRequest {
  for (const [one, other, why] of contradictory) {
    if (flags[one] !== undefined && flags[other] !== undefined) throw contradiction(one, other, why);
  }
  const maxTime = flags.maxTime === undefined ? null : parseMaxTime(flags.maxTime);
  if (maxTime !== null && flags.launcher === 'slurm') throw maxTimeOfJobs();
  return {
    repeat,
    remarks: remarksFrom(flags.note, flags.tag),
    action: flags.calibrate === true ? 'calibrate' : flags.plan === true ? 'plan' : 'judge',
    claims: flags.claims ?? null,
    generated: parseSeeds(flags.seeds, '--seeds'),
    fromFiles: parseSeeds(flags.mnistSeeds, '--mnist-seeds'),
    maxTime,
    quick: flags.quick === true,
    level: parseLevel(flags.level!),
    variant: parseChoice(flags.variant, variantChoices, '--variant'),
    expect: flags.expect ?? null,
    out: flags.out ?? null,
    json: flags.json === true,
    shard: parseShard(flags.shard),
    running: {
      storeDirectory: flags.store ?? defaultStore,
      sources: sourcesOf(flags),
      jobs: jobsOf(flags),
      quiet: flags.quiet === true,
      progress: parseChoice(flags.progress, progressNames, '--progress'),
      ...computingOptionsOf(flags),
      ...launcherOptionsOf(flags),
      enough: maxTime === null ? null : AbortSignal.timeout(milliseconds(maxTime)),
    },
  };
}

/** Options of which each makes the other meaningless, and why. */
const contradictory: readonly (readonly [keyof VerifyFlags, keyof VerifyFlags, string])[] = [
  ['quick', 'seeds', 'it chooses the seeds'],
  ['quick', 'mnistSeeds', 'it chooses the seeds'],
  ['plan', 'calibrate', 'it plans verdicts'],
  ['plan', 'maxTime', 'it says what the whole takes'],
  ['plan', 'expect', 'it judges nothing'],
  ['plan', 'json', 'it prints a table'],
  ['shard', 'maxTime', 'all trials of the part are computed'],
  ['calibrate', 'quick', 'it needs many seeds'],
  ['calibrate', 'maxTime', 'it needs all of its seeds'],
  ['calibrate', 'expect', 'it judges made-up reports'],
  ['calibrate', 'json', 'it writes tables'],
  ['calibrate', 'note', 'it writes no manifest'],
  ['calibrate', 'tag', 'it writes no manifest'],
];

function contradiction(one: keyof VerifyFlags, other: keyof VerifyFlags, why: string): UserError {
  const [first, second] = [one, other].map(
    (name) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
  );
  return new UserError({
    what: `${first} and ${second} exclude each other: with ${first}, ${why}`,
    expected: 'one of them',
    received: `${first} ${second}`,
    remedy: `leave out ${first} or ${second}`,
  });
}

function maxTimeOfJobs(): UserError {
  return new UserError({
    what: '--max-time has no effect on jobs of a cluster',
    expected: '--launcher slurm without --max-time',
    remedy: 'leave out --max-time; --slurm-time limits each job, and fys-nn cancel ends them all',
  });
}

function parseSeeds(text: string | undefined, flag: string): readonly number[] | null {
  if (text === undefined) return null;
  if (text.trim() === '') throw emptySeeds(flag);
  return parseOption('seed', text, flag) as number[];
}

function emptySeeds(flag: string): UserError {
  return new UserError({
    what: `${flag} is empty`,
    expected: 'one seed or several',
    received: '',
    remedy: `write ${flag} 1..20`,
  });
}

/** A timer's milliseconds: whole, and at most what timers of Node can wait, which is 24 days. */
function milliseconds(minutes: number): number {
  return Math.min(2 ** 31 - 1, Math.ceil(60_000 * minutes));
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

/** A level below would make intervals that exclude most of what is likely. */
const leastLevel = 0.5;

function parseLevel(text: string): number {
  const level = parseNumber(text, '--level');
  if (level > leastLevel && level < 1) return level;
  const share = level > 1 && level < 100 && level / 100 > leastLevel ? level / 100 : usualLevel;
  throw new UserError({
    what: '--level is out of range',
    expected: `a number above ${leastLevel} and below 1`,
    received: text,
    remedy: `write --level ${share}`,
  });
}
