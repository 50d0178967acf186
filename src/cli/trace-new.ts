import { basename, join, resolve } from 'node:path';
import { Argument, type Command, Option } from 'commander';
import { counted, printable, printableText, UserError } from '../errors.ts';
import { groupOf, inGroups } from '../experiment/option-groups.ts';
import {
  flagOf,
  type OptionName,
  optionNames,
  options,
  parseOption,
  type Setting,
  type Settings,
  withChoices,
} from '../experiment/options.ts';
import { parseChoice, parseInteger } from '../parsing/value-list.ts';
import type { Task } from '../stats/metrics.ts';
import { batchLayouts, type Exercise, kernelLayouts } from '../trace/exercise.ts';
import {
  type ExerciseModel,
  exerciseModels,
  exerciseOptions,
  refuseForeign,
  usualSettings,
} from '../trace/exercise-settings.ts';
import type { Draft } from '../trace/new-exercise.ts';
import { addUnder, choosing, headings, helpUnder } from './command-options.ts';
import { addExamples } from './examples.ts';
import { listFlag } from './experiment.ts';
import { settingFlag, withFlags } from './flags.ts';
import { fold } from './fold.ts';
import {
  type RecorderLanguage,
  recorderLanguages,
  recorderName,
  recorders,
  recordersNextTo,
} from './recorders.ts';
import { writeStderr } from './terminal.ts';
import { type DataFlags, dataOptions, planTraining } from './train.ts';

const tasks = ['regression', 'classification'] as const satisfies Task[];
const exerciseHeading = 'Exercise:';
const modelNames = Object.keys(exerciseModels) as (keyof typeof exerciseModels)[];

const notes =
  'Each option takes one value; the same options give the same files. Without --data the exercise draws its own rows. Sizes ' +
  'that you leave out are chosen so that all of them differ: 17 rows in batches of 6, 6 and 5, with 2 inputs, hidden layers ' +
  'of 7 and 4 nodes, and 3 outputs. --schedule decay is rate / (epoch * S + 1) with S steps in an epoch, decay_per_step ' +
  'rate / (epoch * S + step + 1); both count from 0. For any other rule write it: --schedule "eta0/(1+epoch)".';

const usualFile = 'exercise.json';
const usualFolder = 'exercises';

/** What the user typed. */
interface NewFlags
  extends DataFlags,
    Partial<Record<OptionName, string>>,
    Partial<Record<RecorderLanguage, boolean>> {
  readonly inputs?: string;
  readonly outputs?: string;
  readonly kernel: string;
  readonly batch: string;
  readonly name?: string;
  readonly students?: string;
  readonly out?: string;
  readonly answers?: string;
  readonly force?: boolean;
}

/** `fys-nn trace new`: writes an exercise for a backpropagation of one's own, and its answers. */
export function addTraceNewCommand(trace: Command): void {
  const command = trace
    .command('new')
    .description(
      'Write an exercise for your own backpropagation: data, initial weights, batches and settings, and its answers in a second file',
    );
  command.addArgument(
    new Argument('[model]', `${modelNames.join(', ')}: what is trained, where options say nothing else`),
  );
  command.registeredArguments[0].argChoices = [...modelNames];
  addUnder(
    command,
    exerciseHeading,
    choosing('--task <name>', `${tasks.join(' or ')} (default: regression, or that of the loss)`, tasks),
    new Option('--inputs <n>', 'inputs of a row'),
    new Option('--outputs <n>', 'outputs, or classes'),
    choosing(
      '--kernel <order>',
      'in-out: a kernel is [inputs][units], a = x W; out-in: [units][inputs], a = W x',
      kernelLayouts,
    ).default(kernelLayouts[0]),
    choosing(
      '--batch <place>',
      'where the rows of a batch are: first: x is [rows][inputs]; last: [inputs][rows]',
      batchLayouts,
    ).default(batchLayouts[0]),
  );
  const isOfData = (name: OptionName) => [headings.data, 'Features:'].includes(`${groupOf(name)}:`);
  const names = inGroups(optionNames);
  // The model comes first: most exercises draw their own rows.
  for (const name of names) if (!isOfData(name)) command.addOption(exerciseOption(name));
  addUnder(command, headings.data, ...dataOptions().filter(({ long }) => long !== '--task'));
  for (const name of names) if (isOfData(name)) command.addOption(exerciseOption(name));
  addUnder(
    command,
    headings.output,
    new Option(
      '--out <file>',
      `the exercise (default: ${usualFile}; with --students a folder, ${usualFolder})`,
    ),
    new Option(
      '--answers <file>',
      'what each step computes; none: no answers (default: exercise.answers.json; with --students a folder)',
    ),
    ...recorderLanguages.map(
      (language) =>
        new Option(
          `--${language}`,
          `also write ${recorderName(language)}, which records what a program in ${recorders[language].title} computes`,
        ),
    ),
    new Option('--name <text>', "what the exercise is called (default: the file's name)"),
    new Option(
      '--students <file>',
      'an exercise of its own for each name in this text file, one in each line',
    ),
    new Option('--force', 'replace files that are already there'),
  );
  helpUnder(command, headings.output);
  command.addHelpText('after', `\n${fold(notes, 80).join('\n')}`);
  addExamples(command, [
    ['trace new --python', 'two hidden layers, mean squared error, SGD'],
    [
      'trace new logistic --optimizer adam --lambda 0.01 --out logistic.json',
      'softmax regression with a penalty',
    ],
    [
      'trace new --data iris --hidden 8 --kernel out-in --out iris.json',
      'rows of given data, kernels the other way round',
    ],
    ['trace new --students students.txt --answers none', 'an exercise of its own for each student'],
  ]);
  command.action((model: string | undefined, flags: NewFlags) =>
    flags.students === undefined ? writeExercise(model, flags) : writeClass(model, flags, flags.students),
  );
}

/** Defaults that depend on the other settings, in words. */
const otherDefaults: Readonly<Partial<Record<OptionName, string>>> = {
  ...{ biasInit: 'normal, deviation 0.3', outputBiasInit: 'the same' },
  ...{ epochs: 'as many as make about 6 steps, at least 2', loss: 'mse, or cross_entropy of classes' },
};

/** An option of every command that trains; hidden where exercises do not have it, which is then said with the reason. */
function exerciseOption(name: OptionName): Option {
  const { description, choices } = options[name];
  const usual = (usualSettings as Settings)[name];
  const shown = name in otherDefaults ? otherDefaults[name] : usual;
  const text = name === 'samples' ? 'rows of the exercise' : withChoices(description, choices);
  const option = listFlag(
    settingFlag(name, shown === undefined || shown === 'seed' ? text : `${text} (default: ${shown})`),
  );
  option.helpGroup(name === 'samples' ? exerciseHeading : `${groupOf(name)}:`);
  if (choices !== undefined) option.argChoices = [...choices];
  return exerciseOptions.includes(name) ? option : option.hideHelp();
}

/** An exercise with the texts of its files. */
interface Made {
  readonly exercise: Exercise;
  readonly text: string;
  readonly answers: () => string;
  readonly notes: readonly string[];
}

async function madeExercise(model: string | undefined, flags: NewFlags, name: string): Promise<Made> {
  const { makeExercise } = await import('../trace/new-exercise.ts');
  const { exerciseContent } = await import('../trace/exercise-content.ts');
  const { answersTo, recordingContent } = await import('../trace/recording-content.ts');
  const { readableJson } = await import('../trace/readable-json.ts');
  const { programVersion } = await import('../output/version.ts');
  const layout = {
    kernel: parseChoice(flags.kernel, kernelLayouts, '--kernel'),
    batch: parseChoice(flags.batch, batchLayouts, '--batch'),
  };
  const { draft, notes } = await draftFrom(model, flags);
  const exercise = await makeExercise(draft, { name, source: `fys-nn ${programVersion()}`, layout });
  return {
    ...{ exercise, notes, text: readableJson(exerciseContent(exercise)) },
    answers: () => readableJson(recordingContent(answersTo(exercise))),
  };
}

async function writeExercise(model: string | undefined, flags: NewFlags): Promise<void> {
  const { writeFiles } = await import('./new-files.ts');
  const { exerciseText } = await import('../trace/words.ts');
  const { shellQuoted } = await import('../experiment/command-text.ts');
  const { out = usualFile } = flags;
  const { answers = `${out.replace(/\.json$/i, '')}.answers.json` } = flags;
  const {
    exercise,
    text,
    answers: answersText,
    notes,
  } = await madeExercise(model, flags, nameFrom(flags, out));
  const files = [{ path: out, text }];
  if (answers !== 'none') {
    if (resolve(answers) === resolve(out)) throw sameFile(answers);
    files.push({ path: answers, text: answersText() });
  }
  const languages = recorderLanguages.filter((language) => flags[language] === true);
  const recording = await recordersNextTo(out, languages);
  await writeFiles([...files, ...recording], flags.force === true);
  const [rows] = exercise.x.shape;
  const steps = exercise.batches.flat().length;
  writeStderr(
    ...notes.map((note) => `note: ${withFlags(note)}`),
    `wrote ${out}: ${exerciseText(exercise)}; ${counted(rows, 'row')}, ${counted(steps, 'step')}`,
    ...(answers === 'none' ? [] : [`wrote ${answers}: what a right program computes in each step`]),
    ...recording.map(({ path }) => `wrote ${path}: use it in your program`),
    `next: record what your own program computes${languages.length > 0 ? '' : ' (--python writes a module for that)'}, then: fys-nn trace check ${shellQuoted('mine.json')}`,
  );
}

/** Writes an exercise of its own for each student of a list. */
async function writeClass(model: string | undefined, flags: NewFlags, list: string): Promise<void> {
  const { readStudents, seedOfStudent } = await import('../grading/student-list.ts');
  const { exerciseText } = await import('../trace/words.ts');
  const { writeClassFiles } = await import('./new-class-files.ts');
  const { out = usualFolder } = flags;
  const { answers = `${out.replace(/[/\\]+$/, '')}.answers` } = flags;
  const seed = settingsFrom(flags).seed ?? usualSettings.seed;
  const students = await readStudents(list);
  const all: (Made & { readonly student: string })[] = [];
  for (const student of students) {
    const own = { ...flags, seed: String(seedOfStudent(Number(seed), student)) };
    const name = flags.name === undefined ? student : `${nameFrom(flags, out)}: ${student}`;
    all.push({ student, ...(await madeExercise(model, own, name.slice(0, 80))) });
  }
  const languages = recorderLanguages.filter((language) => flags[language] === true);
  const recording = await recordersNextTo(join(out, usualFile), languages);
  const wrote = await writeClassFiles(
    {
      out,
      answers: answers === 'none' ? null : answers,
      recorders: recording,
      replaces: flags.force === true,
    },
    all.map(({ student, exercise, text, answers: answersText }) => ({
      ...{ student, id: exercise.id, text, answers: answersText },
    })),
  );
  const [{ exercise, notes: ofData }] = all;
  writeStderr(
    ...ofData.map((note) => `note: ${withFlags(note)}`),
    ...wrote,
    `each is a ${exerciseText(exercise)}, with a seed that follows from --seed ${seed} and the name`,
    `next: give each student the file of their name, and grade what they hand in: fys-nn trace grade --init`,
  );
}

/** What the exercise is called: on one line, and not so long that tables cannot show it. */
function nameFrom({ name }: NewFlags, out: string): string {
  if (name === undefined)
    return printable(basename(out))
      .replace(/\.json$/i, '')
      .slice(0, 80);
  if (name.trim() !== '' && name.length <= 80 && printableText.test(name)) return name;
  throw new UserError({
    what: '--name cannot be used as a name',
    expected: '1 to 80 printable characters',
    received: name,
    remedy: 'choose another name, or leave out --name to use that of the file',
  });
}

function sameFile(path: string): UserError {
  return new UserError({
    what: '--answers is the file of the exercise',
    expected: 'another file, or none',
    received: path,
    remedy: 'leave out --answers',
  });
}

/** What the exercise is made from: rows of its own, or of the data that the user names. */
async function draftFrom(
  model: string | undefined,
  flags: NewFlags,
): Promise<{ draft: Draft; notes: readonly string[] }> {
  const { dataDraft, ownDraft } = await import('../trace/exercise-drafts.ts');
  const typed = settingsFrom(flags);
  const hasData = flags.data !== undefined || flags.formula !== undefined;
  refuseForeign(typed, hasData);
  const kind: ExerciseModel = exerciseModels[parseChoice(model ?? modelNames[0], modelNames, 'model')];
  const given = { ...kind.settings, ...typed };
  const whole = (text: string | undefined, flag: string) =>
    text === undefined ? undefined : parseInteger(text, flag, 1, 1000);
  const inputs = whole(flags.inputs, '--inputs');
  const outputs = whole(flags.outputs, '--outputs');
  const asked = flags.task === undefined ? undefined : parseChoice(flags.task, tasks, '--task');
  if (!hasData) {
    refuseOfData(flags);
    if (asked !== undefined && kind.task !== undefined && asked !== kind.task) throw otherTask(model!, asked);
    const task = asked ?? (given.loss === undefined ? kind.task : undefined);
    return { draft: ownDraft(given, { inputs, outputs, task }), notes: [] };
  }
  for (const [flag, value] of [
    ['--inputs', inputs],
    ['--outputs', outputs],
  ] as const)
    if (value !== undefined) throw sizeOfData(flag, value);
  let notes: readonly string[] = [];
  const draft = await dataDraft(given, kind.task, async (settings) => {
    const texts = Object.entries(settings).filter(([, value]) => value !== null);
    const all = Object.fromEntries(texts.map(([name, value]) => [name, String(value)]));
    const planned = await planTraining({ ...flags, ...all, variant: 'code' });
    notes = [...planned.dataNotes, ...planned.plan.notes];
    return planned;
  });
  return { draft, notes };
}

function otherTask(model: string, task: Task): UserError {
  return new UserError({
    what: `${model} is not for ${task}`,
    received: `--task ${task}`,
    remedy: 'leave out --task, or use ffnn',
  });
}

/** The settings that the user typed, each with one value. Errors: lists of values. */
function settingsFrom(flags: NewFlags): Settings {
  const given: Record<string, Setting> = {};
  for (const name of optionNames) {
    const text = flags[name];
    if (text === undefined) continue;
    const values = parseOption(name, text);
    if (values.length > 1) {
      throw new UserError({
        what: `${flagOf(name)} has ${values.length} values, and an exercise is one training`,
        expected: 'one value',
        received: text,
        remedy: options[name].doubt?.(text, flagOf(name)) ?? `write ${flagOf(name)} ${values[0]}`,
      });
    }
    given[name] = values[0];
  }
  return given;
}

/** Refuses what is said of data that are not named. */
function refuseOfData(flags: NewFlags): void {
  const typed = new Map<string, unknown>(Object.entries(flags));
  const said = dataOptions().find((option) => option.long !== '--task' && typed.has(option.attributeName()));
  if (said === undefined) return;
  throw new UserError({
    what: `${said.long} is for rows of given data, and this exercise draws its own`,
    remedy: `add --data, or leave out ${said.long}`,
  });
}

function sizeOfData(flag: string, value: number): UserError {
  return new UserError({
    what: `${flag} is for rows that the exercise draws, and these are given`,
    received: value,
    remedy: `leave out ${flag}, or --data`,
  });
}
