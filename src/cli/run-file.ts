import type { Command } from 'commander';
import { allExperiments } from '../../experiments/index.ts';
import { UserError } from '../errors.ts';
import { shellQuoted } from '../experiment/command-text.ts';
import type { ExperimentFile } from '../experiment/file.ts';
import type { OptionName } from '../experiment/options.ts';
import { folderName } from '../output/folder-name.ts';
import { addExamples } from './examples.ts';
import { addExperimentRunFlags, choicesFrom } from './run-flags.ts';
import type { SearchFlags } from './search-flags.ts';
import type { SetStatus } from './status.ts';
import { addTrainOptions, dataChoiceOf, planOwn, runOwn, type TrainFlags } from './train.ts';

/** `fys-nn run my.yaml`: an experiment from a file. Every option overrides what the file says. */
export function addRunCommand(program: Command, setStatus: SetStatus): void {
  const command = program.command('run').description('Run an experiment that is described in a file');
  addFileArgument(command);
  addTrainOptions(command);
  addExperimentRunFlags(command, {
    out: 'results/<name>',
    elsewhere: 'results/<name>',
    fromFiles: false,
    quick: fileQuick,
  });
  addExamples(command, [
    ['run my.yaml --plan', 'which trials would run'],
    ['run my.yaml --seed 1..20 --epochs 50', 'with other settings than those of the file'],
  ]);
  command.action(async (path: string, flags: TrainFlags) => {
    const { file, notes, ...planned } = await planFile(path, flags, command);
    const planAt = async (epochs: number) =>
      (await planFile(path, { ...flags, epochs: `${epochs}` }, command)).plan;
    setStatus(await runOwn({ ...planned, planAt }, notes, withRemarks(flags, file)));
  });
}

/** What --quick changes of an experiment from a file. */
export const fileQuick = "the file's settings for a quick look";

export function addFileArgument(command: Command): void {
  command.argument('<file>', 'file of an experiment, YAML or JSON; fys-nn init writes one');
}

/** The words after fys-nn that run a file. */
export function runCommand(path: string): string {
  return `run ${shellQuoted(path)}`;
}

/** Reads an experiment file and plans it, with what the flags say in place of the file. */
export async function planFile(path: string, flags: TrainFlags, command: Command) {
  const file = await readFile(path);
  const { experimentOf } = await import('../experiment/from-file.ts');
  const variant = command.getOptionValueSource('variant') === 'cli' ? flags.variant : variantOf(file);
  try {
    const chosen = {
      ...choicesFrom({ ...flags, variant, ...searchIn(file, flags) }),
      keepsValidation: saysValidation(file),
    };
    const made = await planOwn(flags, chosen, (given) =>
      experimentOf(file, given, dataChoiceOf(flags), runCommand(path)),
    );
    return { file, ...made };
  } catch (error) {
    throw withPlace(error, file, flags);
  }
}

/** Reads an experiment file. Errors: UserError, also for the name of an experiment of the program. */
export async function readFile(path: string): Promise<ExperimentFile> {
  if (allExperiments.some(({ name }) => name === path)) {
    throw new UserError({
      what: `${path} is an experiment of fys-nn, not a file`,
      expected: 'the path of a file, such as my.yaml',
      received: path,
      remedy: `run fys-nn ${path}, or write a file that extends it: fys-nn init my --from ${path}`,
    });
  }
  const { readExperimentFile } = await import('../experiment/file.ts');
  return await readExperimentFile(path, allExperiments);
}

/** The reading of the report that a file, or what it extends, names. */
export function variantOf({ written, base }: ExperimentFile): 'code' | 'text' {
  return written.variant ?? (base !== null && 'path' in base ? variantOf(base) : 'code');
}

/** Whether a file, or what it extends, says on which rows to choose. */
function saysValidation({ settings, base }: ExperimentFile): boolean {
  if (settings.validationSize !== undefined || settings.folds !== undefined) return true;
  return base !== null && 'path' in base && saysValidation(base);
}

/** The search of a file, or of what it extends, with what the flags say in its place. */
function searchIn({ written, base }: ExperimentFile, flags: SearchFlags): SearchFlags {
  if (flags.search === 'grid') return flags;
  const below = base !== null && 'path' in base ? searchIn(base, {}) : {};
  const own = [written, flags].flatMap(({ search, trials }) => [
    ...(search === undefined ? [] : [['search', search]]),
    ...(trials === undefined ? [] : [['trials', String(trials)]]),
  ]);
  return { ...below, ...Object.fromEntries(own) };
}

/**
 * An error about settings, with the place of the one that the file has. Of several in the file, any may be the one to change:
 * then it has the name of the file alone.
 */
function withPlace(error: unknown, file: ExperimentFile, flags: TrainFlags): unknown {
  if (!(error instanceof UserError)) return error;
  const named = new Set(Array.from(error.parts.what.matchAll(/\{([a-zA-Z0-9]+)\}/g), ([, name]) => name));
  const places = [...named].flatMap((name) =>
    name in flags ? [] : (file.placeOf(name as OptionName) ?? []),
  );
  if (places.length === 0) return error;
  const place = places.length === 1 ? places[0] : file.path;
  return new UserError({ ...error.parts, what: `${place}: ${error.parts.what}` }, error.exitCode);
}

/**
 * Refuses a file whose experiment has the name of an earlier one, and so its folder; otherwise adds it to `paths`, the files
 * by their folders. `why` says what such a name is for.
 */
export function checkName(paths: Map<string, string>, name: string, path: string, why: string): void {
  const earlier = paths.get(folderName(name));
  if (earlier !== undefined) {
    throw new UserError({
      what: `${earlier} and ${path} have the same name, ${why}`,
      expected: 'another name for each file',
      received: name,
      remedy: earlier === path ? 'leave out one of them' : `write name: ${name}-2 in ${path}`,
    });
  }
  paths.set(folderName(name), path);
}

/** The note and the tags of the file, unless the user gives others. */
function withRemarks(flags: TrainFlags, { written: { note, tags = [] } }: ExperimentFile): TrainFlags {
  const own = [tags].flat();
  return {
    ...flags,
    ...(note === undefined || flags.note !== undefined ? {} : { note }),
    ...(own.length === 0 ? {} : { tag: [...own, ...(flags.tag ?? [])] }),
  };
}
