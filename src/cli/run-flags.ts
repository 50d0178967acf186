import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import type { Sources } from '../datasets/dataset.ts';
import { checkLabel } from '../datasets/label.ts';
import { parseLabelNames } from '../datasets/label-names.ts';
import { UserError } from '../errors.ts';
import type { Choices } from '../experiment/plan.ts';
import { searchMethods, searchOf } from '../experiment/search.ts';
import { type Variant, variants } from '../experiment/variants.ts';
import { type FormatName, formatNames } from '../output/formats.ts';
import type { RunFacts } from '../output/manifest.ts';
import { type Remarks, remarksFrom } from '../output/remarks.ts';
import { parseChoice, parseInteger, parseList, parseNumber } from '../parsing/value-list.ts';
import { type ModelFlags, type ModelOptions, modelFlags, modelOptionsOf } from './model-flags.ts';
import { type ProgressName, progressHelp, progressNames } from './progress-choices.ts';
import { parseShard, type Shard, shardFlag } from './shard.ts';
import {
  clusterHeading,
  type LauncherFlags,
  type LauncherOptions,
  launcherFlags,
  launcherOptionsOf,
} from './slurm-flags.ts';
import { type StoppingFlags, stoppingRuleOf } from './stopping-flags.ts';

export const defaultStore = 'results/.trials';

/** The longest timeout in seconds, about 23 days; timers of Node end at 24.8 days. */
const longestTimeout = 2_000_000;

/** How trials are computed, as the user typed it: how long they may take, how often they may fail, and what they leave. */
export interface FailureFlags {
  readonly retries: string;
  readonly timeout?: string;
  readonly failFast?: boolean;
  readonly failOnDiverged?: boolean;
  readonly maxFailures?: string;
  /** Undefined: true. */
  readonly finals?: boolean;
}

/** What the user writes about a run, as typed. */
export interface RemarkFlags {
  readonly note?: string;
  readonly tag?: readonly string[];
}

/** How settings are drawn, as typed. */
export interface SearchFlags {
  readonly search?: string;
  readonly trials?: string;
}

/** The flags of every experiment and of the report, as the user typed them. */
export interface RunFlags extends SearchFlags, FailureFlags, RemarkFlags, ModelFlags, LauncherFlags {
  readonly variant: string;
  readonly quick?: boolean;
  readonly store?: string;
  readonly out?: string;
  readonly dataDir?: string;
  readonly dataName?: string;
  readonly labelNames?: string;
  readonly plan?: boolean;
  readonly shard?: string;
  readonly force?: boolean;
  readonly jobs?: string;
  readonly quiet?: boolean;
  readonly progress: string;
  readonly json?: boolean;
  readonly format: string;
  readonly figures: boolean;
  readonly page?: boolean;
}

export interface FailureOptions {
  readonly retries: number;
  /** Seconds; null for none. */
  readonly timeout: number | null;
  readonly maxFailures: number;
  /** Whether a diverged trial makes the command fail, after everything is written. */
  readonly failOnDiverged: boolean;
  /** Whether trainings leave their last state in the store, from which the same trials with more epochs continue. */
  readonly keepFinals: boolean;
}

export interface RunOptions extends FailureOptions, LauncherOptions {
  readonly storeDirectory: string;
  readonly sources: Sources;
  readonly jobs: number;
  readonly planOnly: boolean;
  /** The part of the trials to compute; null: all, and their results are written. */
  readonly shard: Shard | null;
  readonly force: boolean;
  readonly quiet: boolean;
  readonly progress: ProgressName;
  readonly json: boolean;
  readonly formats: readonly FormatName[];
  /** Whether figures are drawn. */
  readonly figures: boolean;
  /** Whether each experiment's folder gets a page. */
  readonly page: boolean;
  readonly models: ModelOptions;
  readonly remarks: Remarks;
  /** What is run again, if it is. */
  readonly rerun?: RunFacts['rerun'];
}

/** Checks the flags and returns what a run needs of them. */
export function runOptionsOf(flags: RunFlags, sources: Sources): RunOptions {
  return {
    storeDirectory: flags.store ?? defaultStore,
    sources,
    jobs: parseJobs(flags.jobs),
    planOnly: flags.plan === true,
    shard: parseShard(flags.shard),
    force: flags.force === true,
    ...failureOptionsOf(flags),
    ...launcherOptionsOf(flags),
    quiet: flags.quiet === true,
    progress: parseChoice(flags.progress, progressNames, '--progress'),
    json: flags.json === true,
    formats: parseList(flags.format, '--format').map((name) => parseChoice(name, formatNames, '--format')),
    figures: flags.figures,
    page: flags.page === true,
    models: modelOptionsOf(flags),
    remarks: remarksFrom(flags.note, flags.tag),
  };
}

/** What the user typed to choose data from files. */
interface DataFlags {
  readonly dataDir?: string | undefined;
  readonly dataName?: string | undefined;
  readonly labelNames?: string | undefined;
}

/** Where the data are and what the user calls them. Errors: an empty path, a name without a path or that cannot be shown. */
export function sourcesOf({ dataDir, dataName, labelNames }: DataFlags): Sources {
  if (dataDir === '') {
    throw new UserError({
      what: '--data-dir is empty',
      expected: 'the path of a folder with images',
      received: dataDir,
      remedy: 'write --data-dir . for this folder, or leave it out for the bundled MNIST',
    });
  }
  const named = labelNames === undefined ? {} : { labelNames: parseLabelNames(labelNames) };
  if (dataName === undefined) return { dataDir: dataDir ?? null, ...named };
  if (dataDir === undefined) {
    throw new UserError({
      what: '--data-name names the data of --data-dir, which is missing',
      received: dataName,
      remedy: 'leave out --data-name, or give the folder of the data with --data-dir',
    });
  }
  return { dataDir, dataName: checkLabel(dataName), ...named };
}

/** The options that choose data from files. */
export function dataFlags(): Option[] {
  return [
    new Option(
      '--data-dir <dir>',
      'folder with images to use instead of the bundled MNIST: IDX files, CSV or .npz',
    ),
    new Option('--data-name <name>', "what titles call the data of --data-dir (default: the folder's name)"),
    labelNamesFlag(),
  ];
}

export function labelNamesFlag(): Option {
  return new Option(
    '--label-names <names>',
    'names of the classes, in the order of their labels: cat,dog,fox, or the path of a text file with one name a line',
  );
}

export function failureOptionsOf(flags: FailureFlags): FailureOptions {
  return {
    retries: parseInteger(flags.retries, '--retries', 0, 1000),
    timeout: flags.timeout === undefined ? null : parseSeconds(flags.timeout, '--timeout'),
    maxFailures: parseMaxFailures(flags),
    failOnDiverged: flags.failOnDiverged === true,
    keepFinals: flags.finals !== false,
  };
}

/** The headings of options in --help that all commands share. */
export const headings = { data: 'Data:', run: 'Run:', output: 'Output:' } as const;

/** Adds options under a heading. */
export function addUnder(command: Command, heading: string, ...options: readonly Option[]): void {
  for (const option of options) command.addOption(option.helpGroup(heading));
}

/** An option with a few values to choose from, which completion offers too. Its value is checked where it is used. */
export function choosing(flags: string, description: string, choices: readonly string[]): Option {
  const option = new Option(flags, description);
  option.argChoices = [...choices];
  return option;
}

/** Puts --help under a heading, too. */
export function helpUnder(command: Command, heading: string): void {
  command.addHelpOption(new Option('-h, --help', 'print this help').helpGroup(heading));
}

/** What the help of a run depends on. */
export interface RunHelp {
  /** The default folder of the results, and the beginning of those of other settings. */
  readonly out: string;
  readonly elsewhere: string;
  /** Whether the data are read from files. */
  readonly fromFiles: boolean;
  /** The settings of --quick; null where no settings are chosen. */
  readonly quick: string | null;
}

/** Adds the run options that every experiment and the report share. */
export function addRunFlags(command: Command, { out, elsewhere, fromFiles, quick }: RunHelp): void {
  if (fromFiles) addUnder(command, headings.data, ...dataFlags());
  addUnder(
    command,
    headings.run,
    new Option('--plan', 'list the trials and which of them are in the store; run nothing'),
    ...(quick === null ? [] : selectionFlags(quick)),
    new Option('--jobs <n>', `worker threads (default: all cores, ${availableParallelism()} here)`),
    storeFlag(),
    shardFlag(),
    new Option('--force', 'recompute trials that are in the store, and report results that differ'),
    ...failureFlags(),
  );
  addUnder(command, clusterHeading, ...launcherFlags());
  addUnder(
    command,
    headings.output,
    new Option(
      '--out <dir>',
      `folder for the results (default: ${out}, with other settings ${elsewhere}-...)`,
    ),
    choosing('--format <names>', `formats of the tables: ${formatNames.join(', ')}`, formatNames).default(
      'csv',
    ),
    ...modelFlags(),
    new Option('--no-figures', 'draw no figures; fys-nn plot can draw them later'),
    ...remarkFlags(),
    ...progressFlags(),
    new Option('--json', 'print the summary as JSON, and errors too'),
  );
  helpUnder(command, headings.output);
}

/** What the user writes about a run. */
export function remarkFlags(): Option[] {
  return [
    new Option('--note <text>', 'a line about this run, for manifest.json, fys-nn runs and the page'),
    new Option(
      '--tag <name>',
      'a name by which fys-nn runs finds this run; may be given several times',
    ).argParser((tag: string, before: readonly string[] = []) => [...before, tag]),
  ];
}

/** How progress is shown. */
export function progressFlags(): Option[] {
  return [
    choosing('--progress <name>', `progress on stderr: ${progressHelp}`, progressNames).default('auto'),
    new Option('--quiet', 'print no progress and no notes'),
  ];
}

/** The options for trials that fail or diverge, and for what trainings leave. */
export function failureFlags(): Option[] {
  return [
    new Option('--retries <n>', 'how often to retry a failed trial').default('1'),
    new Option('--timeout <seconds>', 'longest time for one trial (default: no limit)'),
    new Option('--max-failures <n>', 'stop after n failed trials (default: no limit)'),
    new Option('--fail-on-diverged', 'end with status 1 if a trial diverged; everything is written first'),
    new Option('--fail-fast', 'stop at the first failed trial; the same as --max-failures 1'),
    new Option(
      '--no-finals',
      'keep no last states of trainings, from which the same trials with more epochs would continue',
    ),
  ];
}

export function storeFlag(): Option {
  return new Option('--store <dir>', 'folder that keeps finished trials').default(defaultStore);
}

/** The options that choose among an experiment's settings. */
export function selectionFlags(quick: string): Option[] {
  return [
    new Option('--quick', `a quick look: ${quick}; not comparable with the report`),
    choosing(
      '--variant <name>',
      "code: the report's program and figures; text: its wording",
      variants,
    ).default('code'),
  ];
}

/** The options that draw settings from lists and ranges, in place of every combination. */
export function searchFlags(): Option[] {
  return [
    choosing(
      '--search <method>',
      'grid: every combination of the values; sobol, random: --trials settings drawn from lists and ranges (default: grid)',
      searchMethods,
    ),
    new Option('--trials <n>', 'how many settings a search draws; each is run with every seed'),
  ];
}

export function choicesFrom(
  flags: Pick<RunFlags, 'variant' | 'quick'> & SearchFlags & StoppingFlags,
): Omit<Choices, 'given'> {
  const variant: Variant = parseChoice(flags.variant, variants, '--variant');
  return { variant, quick: flags.quick === true, search: searchOf(flags), rule: stoppingRuleOf(flags) };
}

export function parseJobs(text: string | undefined): number {
  if (text === undefined) return availableParallelism();
  return parseInteger(text, '--jobs', 1, 256);
}

function parseMaxFailures({ failFast, maxFailures }: FailureFlags): number {
  if (maxFailures !== undefined) return parseInteger(maxFailures, '--max-failures', 1, 1_000_000);
  return failFast === true ? 1 : Number.POSITIVE_INFINITY;
}

function parseSeconds(text: string, flag: string): number {
  const [, amount, unit] = /^([\d.]+)\s*(s|sec|m|min|h)$/.exec(text) ?? [];
  if (unit !== undefined) {
    const factor = unit.startsWith('s') ? 1 : unit === 'h' ? 3600 : 60;
    throw new UserError({
      what: `${flag} has a unit`,
      expected: 'a number of seconds',
      received: text,
      remedy: `write ${flag} ${Number(amount) * factor}`,
    });
  }
  const seconds = parseNumber(text, flag);
  if (seconds > 0 && seconds <= longestTimeout) return seconds;
  throw new UserError({
    what: `${flag} is out of range`,
    expected: `seconds > 0, at most ${longestTimeout}`,
    received: text,
    remedy: `give seconds, such as ${flag} 600`,
  });
}
