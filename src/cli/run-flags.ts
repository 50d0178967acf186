import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import type { Sources } from '../datasets/dataset.ts';
import { UserError } from '../errors.ts';
import type { Choices } from '../experiment/plan.ts';
import { searchOf } from '../experiment/search.ts';
import { type Variant, variants } from '../experiment/variants.ts';
import { type FormatName, formatNames } from '../output/formats.ts';
import type { RunFacts } from '../output/manifest.ts';
import { type Remarks, remarksFrom } from '../output/remarks.ts';
import { parseChoice, parseInteger, parseList } from '../parsing/value-list.ts';
import { addUnder, choosing, headings, helpUnder } from './command-options.ts';
import {
  type ComputingFlags,
  type ComputingOptions,
  computingFlags,
  computingOptionsOf,
} from './computing-flags.ts';
import { dataFlags } from './data-flags.ts';
import { type ModelFlags, type ModelOptions, modelFlags, modelOptionsOf } from './model-flags.ts';
import { type ProgressName, progressHelp, progressNames } from './progress-choices.ts';
import { type SearchFlags, searchFlags } from './search-flags.ts';
import { parseShard, type Shard, shardFlag } from './shard.ts';
import {
  clusterHeading,
  type LauncherFlags,
  type LauncherOptions,
  launcherFlags,
  launcherOptionsOf,
} from './slurm-flags.ts';
import { type StoppingFlags, stoppingFlags, stoppingRuleOf } from './stopping-flags.ts';

export const defaultStore = 'results/.trials';

/** What the user writes about a run, as typed. */
export interface RemarkFlags {
  readonly note?: string;
  readonly tag?: readonly string[];
}

/** The flags of every experiment and of the report, as the user typed them. */
export interface RunFlags extends SearchFlags, ComputingFlags, RemarkFlags, ModelFlags, LauncherFlags {
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

export interface RunOptions extends ComputingOptions, LauncherOptions {
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
    jobs: jobsOf(flags),
    planOnly: flags.plan === true,
    shard: parseShard(flags.shard),
    force: flags.force === true,
    ...computingOptionsOf(flags),
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
  // Before anything is read or said: what a plan needs may take long to read.
  command.hook('preAction', () => void runOptionsOf(command.opts<RunFlags>(), { dataDir: null }));
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
    ...computingFlags(),
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

/** Adds the run options of commands that run one experiment: those above, of searches, of a page, and of stopping early. */
export function addExperimentRunFlags(command: Command, help: RunHelp): void {
  addRunFlags(command, help);
  addUnder(command, headings.run, ...searchFlags());
  addUnder(
    command,
    headings.output,
    new Option('--page', 'write a page of the results too, for fys-nn open'),
  );
  addUnder(command, headings.run, ...stoppingFlags());
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

export function storeFlag(): Option {
  return new Option('--store <dir>', 'folder that keeps finished trials')
    .default(defaultStore)
    .argParser((folder: string) => {
      if (folder !== '') return folder;
      throw new UserError({
        what: '--store is empty',
        expected: 'the path of a folder',
        received: folder,
        remedy: `write --store . for this folder, or leave it out for ${defaultStore}`,
      });
    });
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

export function choicesFrom(
  flags: Pick<RunFlags, 'variant' | 'quick'> & SearchFlags & StoppingFlags,
): Omit<Choices, 'given'> {
  const variant: Variant = parseChoice(flags.variant, variants, '--variant');
  return { variant, quick: flags.quick === true, search: searchOf(flags), rule: stoppingRuleOf(flags) };
}

/** How many trials are computed at a time by this process. */
export function jobsOf({ jobs, launcher }: Pick<RunFlags, 'jobs' | 'launcher'>): number {
  const wanted = jobs === undefined ? availableParallelism() : parseInteger(jobs, '--jobs', 1, 256);
  return launcher === 'inline' ? 1 : wanted;
}
