import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { experiments } from '../../experiments/index.ts';
import { datasets } from '../datasets/index.ts';
import { type Experiment, optionsOf, solversOf } from '../experiment/define.ts';
import {
  flagOf,
  type OptionName,
  options,
  parseOption,
  type Setting,
  type SettingLists,
  withChoices,
} from '../experiment/options.ts';
import { type Plan, planExperiment } from '../experiment/plan.ts';
import { lossesOf } from '../nn/losses.ts';
import { hyperparametersOf, optimizerNames } from '../nn/optimizers.ts';
import { folderName } from '../output/folder-name.ts';
import {
  addRunFlags,
  type RunFlags,
  resultsFolder,
  runOptionsOf,
  sourcesOf,
  variantAndQuick,
} from './run-flags.ts';
import type { SetStatus } from './status.ts';
import { writeStderr } from './terminal.ts';

type Flags = RunFlags & Partial<Record<OptionName, string>>;
export type PlanFlags = Pick<RunFlags, 'variant' | 'quick' | 'dataDir' | 'dataName'> &
  Partial<Record<OptionName, string>>;

/** Adds the subcommand of an experiment, with an option for each of its settings. */
export function addExperimentCommand(program: Command, experiment: Experiment, setStatus: SetStatus): void {
  const command = experimentCommand(program, experiment);
  addRunFlags(command, join('results', folderName(experiment.name)), datasets[experiment.dataset].fromFiles);
  command.action(async (flags: Flags) => {
    const { runPlans } = await import('./run.ts');
    const { plan, choices, sources } = await planOf(experiment, flags);
    if (flags.quiet !== true) noteIgnoredOptions(plan, choices.given);
    const out = flags.out ?? join(resultsFolder(choices), folderName(experiment.name));
    setStatus(await runPlans([{ plan, out }], runOptionsOf(flags, sources)));
  });
}

/** The command of an experiment with its own options, under the program or under `table`. */
export function experimentCommand(parent: Command, experiment: Experiment): Command {
  const words = experiment.name.split(' ');
  const command = parentOf(parent, words.slice(0, -1))
    .command(words[words.length - 1])
    .description(`${experiment.title} (${experiment.figure})`)
    .addHelpText(
      'after',
      `\nTakes about ${experiment.runTime} on two cores. Expected results:\n${experiment.expected}.`,
    )
    .addHelpText(
      'after',
      '\nEvery setting takes a list of values: 1,2,3   1..20   geomspace(1e-4,0.1,4)\n' +
        'linspace(0,1,5). Every combination runs, unless its result is in the store.',
    );
  for (const name of optionsOf(experiment)) command.addOption(optionFor(experiment, name));
  return command;
}

/** Turns the flags into a plan. */
export async function planOf(experiment: Experiment, flags: PlanFlags) {
  const choices = { ...variantAndQuick(flags), given: givenSettings(experiment, flags) };
  const sources = sourcesOf(flags);
  return { plan: await planExperiment(experiment, choices, sources), choices, sources };
}

/** The values that the user gave for this experiment's own options. */
function givenSettings(
  experiment: Experiment,
  flags: Partial<Record<OptionName, string>>,
): Partial<Record<OptionName, Setting[]>> {
  const given: Partial<Record<OptionName, Setting[]>> = {};
  for (const name of optionsOf(experiment)) {
    const text = flags[name];
    if (text !== undefined) given[name] = parseOption(name, text);
  }
  return given;
}

/** Notes which of the given options no trial reads, such as --batch-size with --solver closed-form. */
function noteIgnoredOptions({ cells }: Plan, given: SettingLists): void {
  for (const name of Object.keys(given) as OptionName[]) {
    if (cells.some(({ settings }) => settings[name] !== null)) continue;
    writeStderr(`note: ${flagOf(name)} has no effect with these settings`);
  }
}

/** The choices of an option. An experiment allows only some solvers, losses and references. */
function choicesOf(experiment: Experiment, name: OptionName): readonly string[] | undefined {
  if (name === 'solver') return solversOf(experiment);
  if (name === 'loss') return lossesOf(experiment.task);
  return name === 'reference' ? ['none', experiment.reference!] : options[name].choices;
}

function optionFor(experiment: Experiment, name: OptionName): Option {
  const { placeholder, description } = options[name];
  const defaults = experiment.settings[name]?.join(',') ?? hyperparameterDefaults(name);
  const option = new Option(
    `${flagOf(name)} <${placeholder}>`,
    `${withChoices(description, choicesOf(experiment, name))} (default: ${defaults})`,
  );
  // If the option is given twice, the lists are joined.
  return option.argParser((value, previous: string | undefined) =>
    previous === undefined ? value : `${previous},${value}`,
  );
}

/** "0.9", or "adam 1e-8, adagrad 1e-10" where optimisers differ. */
function hyperparameterDefaults(name: OptionName): string {
  const owners = optimizerNames.filter((optimizer) => name in hyperparametersOf(optimizer));
  const defaults = owners.map((optimizer) => hyperparametersOf(optimizer)[name].default);
  if (new Set(defaults).size === 1) return String(defaults[0]);
  return owners.map((optimizer, index) => `${optimizer} ${defaults[index]}`).join(', ');
}

/** The parent command, such as `grid-search` of `grid-search ols`. It is created on first use and lists its members. */
function parentOf(program: Command, words: readonly string[]): Command {
  return words.reduce((parent, word) => {
    const known = parent.commands.find((command) => command.name() === word);
    if (known !== undefined) return known;
    const group = parent.command(word);
    const members = experiments.filter(({ name }) => name.startsWith(`${word} `));
    const list = members.map(({ name, figure }) => `${name.slice(word.length + 1)} (${figure})`);
    return group.description(`Grid searches: ${list.join(', ')}`);
  }, program);
}
