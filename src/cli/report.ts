import { join } from 'node:path';
import type { Command } from 'commander';
import { experiments } from '../../experiments/index.ts';
import { parseOption } from '../experiment/options.ts';
import { planExperiment } from '../experiment/plan.ts';
import { folderName } from '../output/results.ts';
import type { SetStatus } from './program.ts';
import { addRunFlags, type RunFlags, resultsFolder, runOptionsOf, variantAndQuick } from './run-flags.ts';

/** `fys-nn report`: every experiment, all trials in one pool, into one folder. */
export function addReportCommand(program: Command, setStatus: SetStatus): void {
  const command = program
    .command('report')
    .description('Run every experiment of the report into one folder')
    .option('--seed <n>', 'seed of every random draw (default: 2020); a list such as 1..5 gives means');
  addRunFlags(command, 'results, with --quick results/quick', true);
  command.action(async (flags: RunFlags & { seed?: string }) => {
    const { runPlans } = await import('./run.ts');
    const choices = {
      ...variantAndQuick(flags),
      given: flags.seed === undefined ? {} : { seed: parseOption('seed', flags.seed) },
    };
    const sources = { dataDir: flags.dataDir ?? null };
    const folder = flags.out ?? resultsFolder(choices);
    const runs = [];
    for (const experiment of experiments) {
      const plan = await planExperiment(experiment, choices, sources);
      runs.push({ plan, out: join(folder, folderName(experiment.name)) });
    }
    const options = runOptionsOf(flags, sources);
    setStatus(await runPlans(runs, options));
    if (options.planOnly || options.json) return;
    const { writeFunctions } = await import('./activation-functions.ts');
    await writeFunctions({ quiet: options.quiet }, join(folder, 'activation-functions'));
  });
}
