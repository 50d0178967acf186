import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { allExperiments } from '../../experiments/index.ts';
import { UserError } from '../errors.ts';
import { shellQuoted } from '../experiment/command-text.ts';
import type { ExperimentFile } from '../experiment/file.ts';
import type { OptionName } from '../experiment/options.ts';
import { addExamples } from './examples.ts';
import { listNotes } from './experiment.ts';
import { withFlags } from './flags.ts';
import { addRunFlags, addUnder, headings, runOptionsOf, variantAndQuick } from './run-flags.ts';
import type { SetStatus } from './status.ts';
import { writeStderr } from './terminal.ts';
import { addTrainOptions, dataChoiceOf, planOwn, type TrainFlags } from './train.ts';

/** `fys-nn run my.yaml`: an experiment from a file. Every option overrides what the file says. */
export function addRunCommand(program: Command, setStatus: SetStatus): void {
  const command = program.command('run').description('Run an experiment that is described in a file');
  addFileArgument(command);
  addTrainOptions(command);
  addRunFlags(command, {
    out: 'results/<name>',
    elsewhere: 'results/<name>',
    fromFiles: false,
    quick: fileQuick,
  });
  addUnder(
    command,
    headings.output,
    new Option('--page', 'write a page of the results too, for fys-nn open'),
  );
  addExamples(command, [
    ['run my.yaml --plan', 'which trials would run'],
    ['run my.yaml --seed 1..20 --epochs 50', 'with other settings than those of the file'],
  ]);
  command.action(async (path: string, flags: TrainFlags) => {
    const { runPlans } = await import('./run.ts');
    const { settingNotes } = await import('../experiment/setting-notes.ts');
    const { runFolderName } = await import('../output/folder-name.ts');
    const { file, plan, given, sources, notes } = await planFile(path, flags, command);
    if (flags.quiet !== true) {
      for (const text of [...notes, ...listNotes(plan.experiment, flags), ...settingNotes(plan, given)])
        writeStderr(`note: ${withFlags(text)}`);
    }
    const out = flags.out ?? join('results', runFolderName(plan));
    setStatus(await runPlans([{ plan, out }], runOptionsOf(withRemarks(flags, file), sources)));
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
  const chosen = variantAndQuick(flags);
  const variant = command.getOptionValueSource('variant') === 'cli' ? chosen.variant : variantOf(file);
  try {
    const made = await planOwn(flags, { ...chosen, variant }, (given) =>
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

/** An error about a setting, with the place of the setting if it is the file's. */
function withPlace(error: unknown, file: ExperimentFile, flags: TrainFlags): unknown {
  if (!(error instanceof UserError)) return error;
  const [, name] = /\{([a-zA-Z0-9]+)\}/.exec(error.parts.what) ?? [];
  const place = name === undefined || name in flags ? null : file.placeOf(name as OptionName);
  if (place === null) return error;
  return new UserError({ ...error.parts, what: `${place}: ${error.parts.what}` }, error.exitCode);
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
