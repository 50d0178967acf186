import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import type { Sources } from '../experiment/data.ts';
import { type Choices, type Variant, variants } from '../experiment/plan.ts';
import { parseChoice, parseInteger, parseList } from '../experiment/value-list.ts';
import { type FormatName, formatNames } from '../output/index.ts';

/** What every command that runs trials is given, as typed. */
export interface RunFlags {
  readonly variant: string;
  readonly quick?: boolean;
  readonly store?: string;
  readonly out?: string;
  readonly dataDir?: string;
  readonly plan?: boolean;
  readonly force?: boolean;
  readonly jobs?: string;
  readonly quiet?: boolean;
  readonly json?: boolean;
  readonly format: string;
  readonly figures: boolean;
}

export interface RunOptions {
  readonly storeDirectory: string;
  readonly sources: Sources;
  readonly jobs: number;
  readonly planOnly: boolean;
  readonly force: boolean;
  readonly quiet: boolean;
  readonly json: boolean;
  readonly formats: readonly FormatName[];
  /** Whether figures are drawn. */
  readonly figures: boolean;
}

/** What run needs of the flags, checked. */
export function runOptionsOf(flags: RunFlags, sources: Sources): RunOptions {
  return {
    storeDirectory: flags.store ?? 'results/.trials',
    sources,
    jobs: parseJobs(flags.jobs),
    planOnly: flags.plan === true,
    force: flags.force === true,
    quiet: flags.quiet === true,
    json: flags.json === true,
    formats: parseList(flags.format, '--format').map((name) => parseChoice(name, formatNames, '--format')),
    figures: flags.figures,
  };
}

const group = 'Run options:';
const flag = (flags: string, description: string) => new Option(flags, description).helpGroup(group);

/** The options of how to run, which every experiment and the report share. */
export function addRunFlags(command: Command, out: string, mnist: boolean): void {
  addSelectionFlags(command, mnist);
  command
    .addOption(flag('--plan', 'print the trials and which of them the store has; run nothing'))
    .addOption(flag('--out <dir>', `where the results go (default: "${out}")`))
    .addOption(flag('--format <names>', `of the tables: ${formatNames.join(', ')}`).default('csv'))
    .addOption(flag('--no-figures', 'draw nothing; fys-nn plot can do so later'))
    .addOption(flag('--jobs <n>', `worker threads (default: all cores, ${availableParallelism()} here)`))
    .addOption(flag('--force', 'compute again what the store has'))
    .addOption(flag('--quiet', 'no progress and no notes'))
    .addOption(flag('--json', 'print the summary as JSON'));
}

/** Which trials are meant, and where their records are. */
export function addSelectionFlags(command: Command, mnist: boolean): void {
  command
    .addOption(
      flag('--variant <name>', "code: the report's program and figures; text: its wording").default('code'),
    )
    .addOption(flag('--quick', 'a quick look: fewer epochs and MNIST rows; not comparable with the report'))
    .addOption(flag('--store <dir>', 'where finished trials are kept (default: "results/.trials")'));
  if (!mnist) return;
  command.addOption(
    flag('--data-dir <dir>', 'folder with four IDX files in place of the MNIST that comes along'),
  );
}

export function variantAndQuick(flags: Pick<RunFlags, 'variant' | 'quick'>): Omit<Choices, 'given'> {
  const variant: Variant = parseChoice(flags.variant, variants, '--variant');
  return { variant, quick: flags.quick === true };
}

/** Quick runs and the report's wording lie apart, so that they never take the place of full runs of its program. */
export function resultsFolder({ quick, variant }: Omit<Choices, 'given'>): string {
  return join('results', ...(quick ? ['quick'] : []), ...(variant === 'code' ? [] : [variant]));
}

export function parseJobs(text: string | undefined): number {
  if (text === undefined) return availableParallelism();
  return parseInteger(text, '--jobs', 1, 256);
}
