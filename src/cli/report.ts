import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { experiments } from '../../experiments/index.ts';
import type { Sources } from '../datasets/dataset.ts';
import { printable, UserError } from '../errors.ts';
import { flagOf, parseOption } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import type { FileContent } from '../files/write-files.ts';
import { folderName, reportFolderName } from '../output/folder-name.ts';
import type { FormatName } from '../output/formats.ts';
import type { Records } from '../output/trials-table.ts';
import { addUnder } from './command-options.ts';
import { sourcesOf } from './data-flags.ts';
import { addExamples } from './examples.ts';
import { withFlags } from './flags.ts';
import { addRunFlags, choicesFrom, type RunFlags, type RunOptions, runOptionsOf } from './run-flags.ts';
import type { PlannedRun } from './show-plan.ts';
import type { SetStatus } from './status.ts';
import { writeEvent, writeStderr } from './terminal.ts';

/**
 * `fys-nn report`: runs every experiment of the report, or those of the user's files, with all trials in one pool, and writes
 * one folder with a page of all results.
 */
export function addReportCommand(program: Command, setStatus: SetStatus): void {
  const command = program
    .command('report')
    .argument('[files...]', 'files of experiments of your own, instead of those of the report')
    .description('Run every experiment of the report, or of files, and write one page of all results');
  const seed = new Option(
    '--seed <n>',
    'seed of every random draw (default: 2020, of files their own); a list such as 1..5 gives means',
  );
  addUnder(command, 'Seeds and statistics:', seed);
  addRunFlags(command, {
    out: 'results',
    elsewhere: 'results/report',
    fromFiles: true,
    quick: 'fewer epochs and images',
  });
  addExamples(command, [
    ['report --quick', 'every experiment, scaled down'],
    ['report --seed 1..5 --jobs 4', 'means of five seeds, on four threads'],
    ['report my.yaml other.yaml', 'a report of your own'],
  ]);
  command.action(async (files: string[], flags: RunFlags & { seed?: string }) => {
    if (files.length > 0) {
      const { plans, sources } = await planFiles(files, flags, command);
      const folder = flags.out ?? join('results', reportFolderName(plans) ?? '.');
      setStatus(await runReport(plans, folder, runOptionsOf(flags, sources)));
      return;
    }
    const choices = {
      ...choicesFrom(flags),
      given: flags.seed === undefined ? {} : { seed: parseOption('seed', flags.seed) },
    };
    const { planExperiment } = await import('../experiment/plan.ts');
    const sources = sourcesOf(flags);
    const plans: Plan[] = [];
    for (const experiment of experiments) plans.push(await planExperiment(experiment, choices, sources));
    const folder = flags.out ?? join('results', reportFolderName(plans) ?? '.');
    setStatus(await runReport(plans, folder, runOptionsOf(flags, sources)));
  });
}

/** Plans the experiments of files, each with the variant and the seeds of its own unless the user gives others. */
async function planFiles(
  files: readonly string[],
  flags: RunFlags & { readonly seed?: string },
  command: Command,
): Promise<{ plans: Plan[]; sources: Sources }> {
  const { checkName, planFile } = await import('./run-file.ts');
  const { locatedSources } = await import('../experiment/located.ts');
  const idle = ['dataDir', 'dataName', 'labelNames'].find(
    (name) => command.getOptionValueSource(name) === 'cli',
  );
  if (idle !== undefined) throw dataInFiles(flagOf(idle));
  const named = new Map<string, string>();
  const planned = [];
  for (const path of files) {
    const made = await planFile(path, flags, command);
    checkName(named, made.plan.experiment.name, path, 'and would have the same folder');
    planned.push(made);
    if (flags.quiet !== true) for (const text of made.notes) writeStderr(`note: ${path}: ${withFlags(text)}`);
  }
  return { plans: planned.map(({ plan }) => plan), sources: locatedSources(planned) };
}

function dataInFiles(flag: string): UserError {
  return new UserError({
    what: `${flag} has no effect with files of experiments, which say what their data are`,
    expected: 'data in the files',
    received: flag,
    remedy: `leave out ${flag}, or write data: into a file`,
  });
}

/** Runs the plans in one pool, writes a folder with a page of all results, and returns the exit status. */
export async function runReport(
  plans: readonly Plan[],
  folder: string,
  options: RunOptions,
): Promise<number> {
  const { toJson } = await import('../output/json.ts');
  const { writeRunFolder } = await import('../output/run-folder.ts');
  const { checkOutFolder, noteKept } = await import('./out-folder.ts');
  const { runPlans } = await import('./run.ts');
  const { functionsFolder, functionsNames, writeFunctions } = await import('./activation-functions.ts');
  const { pageFile, renderPage } = await import('./page.ts');
  const runs = plans.map((plan): PlannedRun => {
    return { plan, out: join(folder, folderName(plan.experiment.name)) };
  });
  const isOwn = plans.every(({ experiment }) => experiment.definition !== null);
  const writes = !options.planOnly && options.shard === null;
  const writeOwn = async (records: Records) => {
    const page = await renderPage(plans, records, folder, options, 'own');
    await writeTop(new Map([[pageFile, page]]));
    const { findings } = await import('./findings.ts');
    const { screenOf } = await import('./screen.ts');
    const found = findings(plans, records, null, screenOf(process.stdout).width);
    return `${found}\npage:    fys-nn open ${printable(folder)}\n`;
  };
  const writeTop = async (files: ReadonlyMap<string, FileContent>) => {
    const manifest = await reportManifest(plans, options);
    const kept = await writeRunFolder(folder, files, (listed) => toJson({ ...manifest, files: listed }));
    noteKept(folder, kept);
    writeEvent('written', { path: join(folder, pageFile) });
  };
  if (isOwn) {
    if (writes) await checkOutFolder(folder, [pageFile], options.storeDirectory);
    return await runPlans(runs, options, { what: join(folder, pageFile), folders: [], write: writeOwn });
  }
  const write = async (records: Records) => {
    const functions = await writeFunctions(
      { figures: options.figures },
      join(folder, functionsFolder),
      options.formats,
    );
    const comparison = await comparisonOf(plans, records, options.formats);
    const page = await renderPage(plans, records, folder, options);
    const files = new Map<string, FileContent>([...comparison.files, [pageFile, page]]);
    await writeTop(files);
    const numbers = comparison.isEmpty ? '' : `numbers: ${printable(join(folder, 'published.md'))}\n`;
    const opened = folder === 'results' ? 'fys-nn open' : `fys-nn open ${printable(join(folder, pageFile))}`;
    const next = 'fys-nn verify --quick, to see what holds for other seeds';
    return `${functions}${comparison.text}${numbers}page:    ${opened}\nnext:    ${next}\n`;
  };
  if (writes) {
    const { tableNames } = await import('../output/result-files.ts');
    const names = [...tableNames(['published'], options.formats), 'published.md', pageFile];
    await checkOutFolder(folder, names, options.storeDirectory);
    const ofFunctions = await functionsNames(options.formats, options.figures);
    await checkOutFolder(join(folder, functionsFolder), ofFunctions, options.storeDirectory);
  }
  const what = `${join(folder, pageFile)} and the comparison with the published numbers`;
  const folders = [join(folder, functionsFolder)];
  return await runPlans(runs, options, { what, folders, write });
}

/** What ran, for the manifest of the report's own folder; each experiment has another in its folder. */
async function reportManifest(
  plans: readonly Plan[],
  { remarks, rerun }: RunOptions,
): Promise<Record<string, unknown>> {
  const { programAndMachine, quickWarning } = await import('../output/manifest.ts');
  const [{ quick, variant, lists }] = plans;
  return {
    report: true,
    ...remarks,
    ...(quick ? { warning: quickWarning } : {}),
    quick,
    variant,
    settings: { seed: lists.seed },
    experiments: plans.map(({ experiment }) => experiment.name),
    run: { command: process.argv.slice(2), ...(rerun === undefined ? {} : { rerun }) },
    ...(await programAndMachine()),
  };
}

interface Comparison {
  readonly files: Map<string, FileContent>;
  readonly text: string;
  /** Whether no number of the report is next to ours. */
  readonly isEmpty: boolean;
}

/** The files published.csv and published.md, and what the report ends with on the terminal. */
async function comparisonOf(
  plans: readonly Plan[],
  records: Records,
  formats: readonly FormatName[],
): Promise<Comparison> {
  const { compareWithPublished, comparisonTable, isComparable } = await import('../claims/comparison.ts');
  const { tableFiles } = await import('../output/result-files.ts');
  const { comparisonMarkdown } = await import('../claims/markdown.ts');
  const { findings } = await import('./findings.ts');
  const { screenOf } = await import('./screen.ts');
  const { variant } = plans[0];
  const comparisons = await compareWithPublished(plans, records);
  const table = comparisonTable(comparisons, plans[0]);
  const files = tableFiles('published', "The report's numbers next to ours", [table], formats);
  const heading =
    variant === 'text'
      ? "Published numbers next to ours, with the report's wording (--variant text).\n\n"
      : '';
  files.set('published.md', `${heading}${comparisonMarkdown(comparisons)}\n`);
  const text = `${findings(plans, records, comparisons, screenOf(process.stdout).width)}\n`;
  return { files, text, isEmpty: !comparisons.some(isComparable) };
}
