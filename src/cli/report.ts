import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { experiments } from '../../experiments/index.ts';
import { printable } from '../errors.ts';
import { parseOption } from '../experiment/options.ts';
import { type Plan, planExperiment } from '../experiment/plan.ts';
import { checkOutputDirectory, writeFiles } from '../files/write-files.ts';
import { folderName } from '../output/folder-name.ts';
import type { FormatName } from '../output/formats.ts';
import type { Records } from '../output/trials-table.ts';
import { addExamples } from './examples.ts';
import {
  addRunFlags,
  addUnder,
  type RunFlags,
  resultsFolder,
  runOptionsOf,
  sourcesOf,
  variantAndQuick,
} from './run-flags.ts';
import type { PlannedRun } from './show-plan.ts';
import type { SetStatus } from './status.ts';

/** `fys-nn report`: runs every experiment, with all trials in one pool, and writes one folder with a page of all results. */
export function addReportCommand(program: Command, setStatus: SetStatus): void {
  const command = program
    .command('report')
    .description('Run every experiment of the report and write one page of all results');
  const seed = new Option(
    '--seed <n>',
    'seed of every random draw (default: 2020); a list such as 1..5 gives means',
  );
  addUnder(command, 'Seeds and statistics:', seed);
  addRunFlags(command, { out: 'results', fromFiles: true, quick: 'fewer epochs and images' });
  addExamples(command, [
    ['report --quick', 'every experiment, scaled down'],
    ['report --seed 1..5 --jobs 4', 'means of five seeds, on four threads'],
  ]);
  command.action(async (flags: RunFlags & { seed?: string }) => {
    const { runPlans } = await import('./run.ts');
    const { functionsFolder, writeFunctions } = await import('./activation-functions.ts');
    const { pageFile, writePage } = await import('./page.ts');
    const choices = {
      ...variantAndQuick(flags),
      given: flags.seed === undefined ? {} : { seed: parseOption('seed', flags.seed) },
    };
    const sources = sourcesOf(flags);
    const folder = flags.out ?? resultsFolder(choices);
    const runs: PlannedRun[] = [];
    for (const experiment of experiments) {
      const plan = await planExperiment(experiment, choices, sources);
      runs.push({ plan, out: join(folder, folderName(experiment.name)) });
    }
    const options = runOptionsOf(flags, sources);
    const write = async (records: Records) => {
      const functions = await writeFunctions(
        { figures: options.figures },
        join(folder, functionsFolder),
        options.formats,
      );
      const plans = runs.map(({ plan }) => plan);
      const comparison = await writeComparison(plans, records, folder, options.formats);
      const page = await writePage(plans, records, folder, options);
      const numbers = printable(join(folder, 'published.md'));
      const opened = flags.out === undefined ? 'fys-nn open' : `fys-nn open ${printable(page)}`;
      return `${functions}${comparison}Every number: ${numbers}. The page: ${opened}. Next: fys-nn verify --quick\n`;
    };
    if (!options.planOnly) {
      await checkOutputDirectory(folder, '--out');
      await checkOutputDirectory(join(folder, functionsFolder), '--out');
    }
    const what = `${join(folder, pageFile)} and the comparison with the published numbers`;
    setStatus(await runPlans(runs, options, { what, write }));
  });
}

/** Writes published.csv and published.md, and returns what the report ends with on the terminal. */
async function writeComparison(
  plans: readonly Plan[],
  records: Records,
  folder: string,
  formats: readonly FormatName[],
): Promise<string> {
  const { compareWithPublished, comparisonTable } = await import('../claims/comparison.ts');
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
  await writeFiles(folder, files);
  return `${findings(plans, records, comparisons, screenOf(process.stdout).width)}\n`;
}
