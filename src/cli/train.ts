import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { builtIns } from '../datasets/built-in.ts';
import type { DataChoice } from '../datasets/data-choice.ts';
import type { Sources } from '../datasets/dataset.ts';
import { parseLabelNames } from '../datasets/label-names.ts';
import { UserError } from '../errors.ts';
import { type Experiment, optionsOf } from '../experiment/define.ts';
import { groupOf, inGroups } from '../experiment/option-groups.ts';
import {
  flagOf,
  type OptionName,
  optionNames,
  options,
  parseOption,
  type SettingLists,
  withChoices,
} from '../experiment/options.ts';
import type { Choices, Plan } from '../experiment/plan.ts';
import type { PlanAt } from '../experiment/stopping-rounds.ts';
import { addUnder, headings } from './command-options.ts';
import { labelNamesFlag } from './data-flags.ts';
import { addExamples } from './examples.ts';
import { choicesOf, listFlag, listNotes } from './experiment.ts';
import { settingFlag, withFlags } from './flags.ts';
import { addExperimentRunFlags, choicesFrom, type RunFlags, runOptionsOf } from './run-flags.ts';
import type { SearchFlags } from './search-flags.ts';
import type { SetStatus } from './status.ts';
import type { StoppingFlags } from './stopping-flags.ts';
import { type TableFlags, tableChoicesOf, tableFlags } from './table-flags.ts';
import { writeStderr } from './terminal.ts';

type SettingFlags = Readonly<Partial<Record<OptionName, string>>>;
/** What the user typed of the data. */
export interface DataFlags extends TableFlags {
  readonly data?: string;
  readonly dataName?: string;
  readonly labelNames?: string;
}
export type TrainFlags = RunFlags & StoppingFlags & DataFlags & SettingFlags;

/** What --quick changes. */
export const trainQuick = '--epochs 10';

/** `fys-nn train`: models of any data, with every option of the toolbox. */
export function addTrainCommand(program: Command, setStatus: SetStatus): void {
  const command = program
    .command('train')
    .description('Train models on data of your own: a table, images, a formula, or built-in data');
  addTrainOptions(command);
  addExperimentRunFlags(command, {
    out: 'results/train-<data>',
    elsewhere: 'results/train-<data>',
    fromFiles: false,
    quick: trainQuick,
  });
  addExamples(command, [
    ['train --data franke --hidden 20-20 --activation sigmoid', 'a network with two hidden layers'],
    ['train --formula "exp(-x^2)+0.1*y" --domain -2:2 --noise 0.1', 'a function of your own'],
    [
      'train --data iris --search sobol --trials 30 --hidden "int(8,64)"',
      'a search: 30 settings drawn from a range',
    ],
    ['train --data iris --learning-rate "geomspace(1e-4,1,9)" --halving', 'bad settings are stopped early'],
    ['train --data mnist --hidden none --seed 1..3 --plan', 'logistic regression, means of three seeds'],
  ]);
  command.action(async (flags: TrainFlags) => {
    const { note, dataNotes, ...planned } = await planTraining(flags);
    const planAt = async (epochs: number) => (await planTraining({ ...flags, epochs: `${epochs}` })).plan;
    setStatus(await runOwn({ ...planned, planAt }, [...dataNotes, note], flags));
  });
}

/** Writes notes on what was decided, runs a plan, and returns the exit status. */
export async function runOwn(
  { plan, given, sources, planAt }: { plan: Plan; given: SettingLists; sources: Sources; planAt: PlanAt },
  notes: readonly string[],
  flags: TrainFlags,
): Promise<number> {
  const { runPlans } = await import('./run.ts');
  const { settingNotes } = await import('../experiment/setting-notes.ts');
  const { runFolderName } = await import('../output/folder-name.ts');
  if (flags.quiet !== true) {
    for (const text of [...notes, ...listNotes(plan.experiment, flags), ...settingNotes(plan, given)])
      writeStderr(`note: ${withFlags(text)}`);
  }
  const out = flags.out ?? join('results', runFolderName(plan));
  return await runPlans([{ plan, out, planAt }], runOptionsOf(flags, sources));
}

/** The options that say what is trained on which data. */
export function addTrainOptions(command: Command): void {
  addUnder(command, headings.data, ...dataOptions());
  for (const name of inGroups(optionNames)) command.addOption(anyOption(name));
}

/** The options that choose any data, and say what titles call them and how a table is read. */
export function dataOptions(): Option[] {
  return [
    new Option(
      '--data <what>',
      `built-in data: ${Object.keys(builtIns).join(', ')}; or the path of a table, a terrain or a folder with images`,
    ),
    ...tableFlags(),
    new Option('--data-name <name>', "what titles call the data (default: the file's or folder's name)"),
    labelNamesFlag(),
  ];
}

/** An option with the choices that it has for any data. Its default depends on the data. */
function anyOption(name: OptionName): Option {
  const { description, choices } = options[name];
  const option = listFlag(settingFlag(name, withChoices(description, choices)));
  option.helpGroup(`${groupOf(name)}:`);
  if (choices !== undefined) option.argChoices = [...choices];
  return option;
}

/** Turns the flags into a plan. Errors: settings that are not those of models of these data. */
export async function planTraining(
  flags: DataFlags & SettingFlags & Pick<RunFlags, 'variant' | 'quick'> & SearchFlags & StoppingFlags,
) {
  const { trainExperiment } = await import('../experiment/train.ts');
  const choice = { ...dataChoiceOf(flags), data: dataOf(flags) };
  return await planOwn(flags, choicesFrom(flags), (given) => trainExperiment(choice, given));
}

/**
 * Plans an experiment that follows from the settings that the user gives. Errors: settings that are not those of the
 * experiment.
 */
export async function planOwn<Made extends { readonly experiment: Experiment; readonly sources: Sources }>(
  flags: SettingFlags,
  choices: Omit<Choices, 'given'>,
  make: (given: SettingLists) => Promise<Made>,
) {
  const { planExperiment } = await import('../experiment/plan.ts');
  const all = givenLists(flags, optionNames, (name) => options[name].choices);
  const made = await make(all);
  const { experiment, sources } = made;
  checkOptions(experiment, all);
  const given = givenLists(flags, optionsOf(experiment), (name) => choicesOf(experiment, name));
  const plan: Plan = await planExperiment(experiment, { ...choices, given }, sources);
  return { ...made, plan, given };
}

/** What the flags say of the data. */
export function dataChoiceOf(flags: DataFlags): Partial<DataChoice> {
  const { data, dataName, labelNames } = flags;
  const table = tableChoicesOf(flags);
  return {
    ...(data === undefined ? {} : { data }),
    ...(dataName === undefined ? {} : { dataName }),
    ...(labelNames === undefined ? {} : { labelNames: parseLabelNames(labelNames) }),
    ...(Object.keys(table).length === 0 ? {} : { table }),
  };
}

/** The data that are asked for; a formula needs no others. Errors: neither is given. */
function dataOf({ data, formula }: DataFlags & SettingFlags): string {
  if (data !== undefined) return data;
  if (formula !== undefined) return 'formula';
  throw new UserError({
    what: '--data is missing: nothing says what to train on',
    expected: `--data with ${Object.keys(builtIns).join(', ')} or the path of a table or a folder; or --formula`,
    remedy: 'write for example --data runge, or --formula "exp(-x^2)"',
  });
}

function givenLists(
  flags: SettingFlags,
  names: readonly OptionName[],
  choices: (name: OptionName) => readonly string[] | undefined,
) {
  return Object.fromEntries(
    names.flatMap((name) => {
      const text = flags[name];
      return text === undefined ? [] : [[name, parseOption(name, text, flagOf(name), choices(name))]];
    }),
  );
}

/** Refuses options that models of these data do not have. */
function checkOptions(experiment: Experiment, given: object): void {
  const known = optionsOf(experiment);
  const other = (Object.keys(given) as OptionName[]).find((name) => !known.includes(name));
  if (other === undefined) return;
  throw new UserError({
    what: `{${other}} does not apply to ${experiment.title.replace(/^M/, 'm')}`,
    expected: `an option of ${experiment.task === 'regression' ? 'a regression' : 'a classification'} on these data`,
    received: flagOf(other),
    remedy: `leave out {${other}}`,
  });
}
