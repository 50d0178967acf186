import { join } from 'node:path';
import type { Command, Option } from 'commander';
import { allExperiments } from '../../experiments/index.ts';
import { datasetEntry, datasets } from '../datasets/index.ts';
import { scalings } from '../datasets/scale.ts';
import { type Experiment, optionsOf, solversOf } from '../experiment/define.ts';
import { hyperparameterDefaults } from '../experiment/hyperparameter-defaults.ts';
import { groupOf, inGroups } from '../experiment/option-groups.ts';
import {
  flagOf,
  type OptionName,
  options,
  parseOption,
  type Setting,
  withChoices,
} from '../experiment/options.ts';
import { lossesOf } from '../nn/losses.ts';
import { folderName, runFolderName } from '../output/folder-name.ts';
import { sourcesOf } from './data-flags.ts';
import { addExamples } from './examples.ts';
import { olderFlags, settingFlag, withFlags } from './flags.ts';
import { fold } from './fold.ts';
import { addExperimentRunFlags, choicesFrom, type RunFlags, runOptionsOf } from './run-flags.ts';
import type { SearchFlags } from './search-flags.ts';
import type { SetStatus } from './status.ts';
import type { StoppingFlags } from './stopping-flags.ts';
import { writeStderr } from './terminal.ts';

type Flags = RunFlags & StoppingFlags & Partial<Record<OptionName, string>>;
export type PlanFlags = Pick<RunFlags, 'variant' | 'quick' | 'dataDir' | 'dataName' | 'labelNames'> &
  SearchFlags &
  StoppingFlags &
  Partial<Record<OptionName, string>>;

/** Adds the subcommand of an experiment, with an option for each of its settings. */
export function addExperimentCommand(program: Command, experiment: Experiment, setStatus: SetStatus): void {
  const command = experimentCommand(program, experiment);
  const out = join('results', folderName(experiment.name));
  addExperimentRunFlags(command, {
    out,
    elsewhere: out,
    fromFiles: datasets[experiment.dataset].fromFiles,
    quick: quickText(experiment),
  });
  addExamples(
    command,
    experiment.examples.map(([options, what]) => [`${experiment.name} ${withFlags(options)}`, what]),
  );
  command.addHelpText('after', experimentNotes(experiment));
  command.action(async (flags: Flags) => {
    const { runPlans } = await import('./run.ts');
    const { settingNotes } = await import('../experiment/setting-notes.ts');
    const { plan, choices, sources } = await planOf(experiment, flags);
    if (flags.quiet !== true) {
      for (const note of [...listNotes(experiment, flags), ...settingNotes(plan, choices.given)])
        writeStderr(`note: ${withFlags(note)}`);
    }
    const out = flags.out ?? join('results', runFolderName(plan));
    const planAt = async (epochs: number) =>
      (await planOf(experiment, { ...flags, epochs: `${epochs}` })).plan;
    setStatus(await runPlans([{ plan, out, planAt }], runOptionsOf(flags, sources)));
  });
}

/** The command of an experiment with its own options, under the program or under `table`. */
export function experimentCommand(parent: Command, experiment: Experiment): Command {
  const words = experiment.name.split(' ');
  const command = parentOf(parent, words.slice(0, -1))
    .command(words[words.length - 1])
    .description(withFigure(experiment.title, experiment));
  for (const option of optionsFor(experiment)) command.addOption(option);
  return command;
}

function experimentNotes({ figure, expected }: Experiment): string {
  const results =
    figure === null ? `Results over seeds: ${expected}` : `Expected with the report's settings: ${expected}`;
  return `
${foldText(
  'Every setting above takes a list of values: 1,2,3 or 1..20 or geomspace(1e-4,0.1,4) or linspace(0,1,5). ' +
    'An option that is given twice has both lists. Every combination runs, unless its result is in the store; --search draws some of them, and values of ' +
    'ranges such as "loguniform(1e-4,1)" or "int(8,128)".',
)}

${foldText(`${results}. How long it takes: fys-nn list, or --plan.`)}`;
}

/** Text for the help, which is 80 columns wide. */
function foldText(text: string): string {
  return fold(text, 80).join('\n');
}

/** What --quick changes, such as "epochs 20". */
export function quickText({ quick }: Experiment): string {
  return Object.entries(quick)
    .map(([name, values]) => `${flagOf(name)} ${values.join(',')}`)
    .join(' ');
}

/** Turns the flags into a plan. */
export async function planOf(experiment: Experiment, flags: PlanFlags) {
  const { planExperiment } = await import('../experiment/plan.ts');
  const choices = { ...choicesFrom(flags), given: givenSettings(experiment, flags) };
  const sources = sourcesOf(flags);
  return { plan: await planExperiment(experiment, choices, sources), choices, sources };
}

/** The values that the user gave for this experiment's own options. */
export function givenSettings(
  experiment: Experiment,
  flags: Partial<Record<OptionName, string>>,
): Partial<Record<OptionName, Setting[]>> {
  const given: Partial<Record<OptionName, Setting[]>> = {};
  for (const name of optionsOf(experiment)) {
    const text = flags[name];
    if (text !== undefined) given[name] = parseOption(name, text, flagOf(name), choicesOf(experiment, name));
  }
  return given;
}

/** Notes on lists that may not be meant as lists. */
export function listNotes(experiment: Experiment, flags: PlanFlags): string[] {
  return optionsOf(experiment).flatMap((name) => {
    const text = flags[name];
    return (text === undefined ? undefined : options[name].doubt?.(text, flagOf(name))) ?? [];
  });
}

/** The choices of an option. An experiment allows only some solvers, losses, references and splits. */
export function choicesOf(experiment: Experiment, name: OptionName): readonly string[] | undefined {
  if (name === 'solver') return solversOf(experiment);
  if (name === 'loss') return lossesOf(experiment.task);
  if (name === 'scale' && !datasets[experiment.dataset].hasPixels)
    return scalings.filter((scaling) => !['pixels', 'max'].includes(scaling));
  if (name === 'split' && !datasets[experiment.dataset].mayBeSplit) return ['random'];
  return name === 'reference' ? ['none', ...experiment.references] : options[name].choices;
}

/** The options of an experiment, made once: its own command has them, and the one under `table`. */
function optionsFor(experiment: Experiment): readonly Option[] {
  const known = optionsMade.get(experiment);
  if (known !== undefined) return known;
  const present = inGroups(optionsOf(experiment)).map((name) => optionFor(experiment, name));
  const made = [...present, ...olderFlags(present)];
  optionsMade.set(experiment, made);
  return made;
}

const optionsMade = new WeakMap<Experiment, readonly Option[]>();

function optionFor(experiment: Experiment, name: OptionName): Option {
  const { defaultNote } = options[name];
  const { description } = datasetEntry(experiment.dataset).options[name] ?? options[name];
  const choices = choicesOf(experiment, name);
  const usual = listOf(experiment.settings[name]) ?? hyperparameterDefaults(name);
  const isNoted = defaultNote !== undefined && datasets[experiment.dataset].hasPixels;
  const defaults = isNoted ? `${usual}, ${defaultNote}` : usual;
  const option = settingFlag(name, `${withChoices(description, choices)} (default: ${defaults})`);
  option.helpGroup(`${groupOf(name)}:`);
  if (choices !== undefined) option.argChoices = [...choices];
  // An option with a single choice chooses nothing.
  if (choices?.length === 1) option.hideHelp();
  return listFlag(option);
}

/** If an option is given twice, its lists are joined: with a space, as 0, 1 is no decimal number. */
export function listFlag(option: Option): Option {
  return option.argParser((value, previous: string | undefined) =>
    previous === undefined ? value : `${previous}, ${value}`,
  );
}

const longestWord = 30;

/** Lines are broken at spaces, so long lists have one between their values. */
function listOf(values: readonly Setting[] | undefined): string | undefined {
  const text = values?.join(',');
  return text !== undefined && text.length > longestWord ? values?.join(', ') : text;
}

function withFigure(text: string, { figure }: Experiment): string {
  return figure === null ? text : `${text} (${figure})`;
}

const groupTitles: Readonly<Record<string, string>> = {
  'grid-search': 'Grid searches',
  study: 'Studies that the report wishes for',
};

/** The parent command, such as `grid-search` of `grid-search ols`. It is created on first use and lists its members. */
function parentOf(program: Command, words: readonly string[]): Command {
  return words.reduce((parent, word) => {
    const known = parent.commands.find((command) => command.name() === word);
    if (known !== undefined) return known;
    const group = parent.command(word).helpCommand(false);
    const members = allExperiments.filter(({ name }) => name.startsWith(`${word} `));
    const list = members.map((member) => withFigure(member.name.slice(word.length + 1), member));
    addExamples(
      group,
      members.slice(0, 2).map(({ name, title }) => [`${name} --plan`, title]),
    );
    return group.description(`${groupTitles[word]}: ${list.join(', ')}`);
  }, program);
}
