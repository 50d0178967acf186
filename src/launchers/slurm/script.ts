import { counted, printable, printableText } from '../../errors.ts';
import { shellWord } from '../../parsing/shell-word.ts';
import type { SlurmSettings } from './settings.ts';

/** What the script of a submission says besides the user's settings. */
export interface ScriptFacts {
  readonly id: string;
  /** The command that made it, as a shell reads it. */
  readonly command: string;
  /** The absolute path of the submission's folder. */
  readonly folder: string;
  /** The folder in which the command was started: relative paths of data begin there. */
  readonly directory: string;
  /** Node, the program's file, and further words before the arguments. */
  readonly program: readonly string[];
  readonly trials: number;
  readonly tasks: number;
  /** Tasks of an array, at most. */
  readonly arraySize: number;
  /** Seconds that a task may run. */
  readonly time: number;
  /** Whether the folder is made: a script that is only shown cannot be submitted by hand. */
  readonly isMade: boolean;
}

/** Seconds before its time limit at which a task is told to save the state of its trials and go back into the queue. */
const warning = 60;

/** The script that sbatch runs for each array. Its argument is the number of the task with index 0. */
export function scriptOf(facts: ScriptFacts, settings: SlurmSettings): string {
  const { id, command, folder, directory, program, trials, tasks, arraySize, isMade } = facts;
  const last = Math.min(tasks, arraySize) - 1;
  const arrays = Math.ceil(tasks / arraySize);
  const more = arrays === 1 ? '' : ` (${arrays} arrays: 0 is the number of the first one's first task)`;
  const files = program.filter((word) => word.startsWith('/'));
  const comment = (text: string) => `# ${printable(text)}`;
  return [
    '#!/bin/bash',
    comment(`Submission ${id} of fys-nn: ${counted(trials, 'trial')} in ${counted(tasks, 'task')}.`),
    comment(`Made by: ${command}`),
    '#',
    `# A task computes its trials, a line of tasks.jsonl, and puts their records into the store.${isMade ? ' To submit by hand:' : ''}`,
    ...(isMade ? [comment(`  cd ${shellWord(folder)} && sbatch --array=0-${last} job.sh 0${more}`)] : []),
    '#',
    ...sbatchLines(facts, settings).map((line) => `#SBATCH ${line}`),
    '',
    `for file in ${files.map(shellWord).join(' ')}; do`,
    '  [ -e "$file" ] && continue',
    '  echo "error: $(hostname) has no $file; submit with a Node and a fys-nn in folders that all nodes see" >&2',
    '  exit 127',
    'done',
    `cd ${shellWord(directory)} || exit`,
    '# Signals go to the program itself, which saves the state of running trials.',
    `exec ${program.map(shellWord).join(' ')} ${shellWord(folder)} "$(( $1 + SLURM_ARRAY_TASK_ID ))"`,
    '',
  ].join('\n');
}

function sbatchLines({ id, time, folder }: ScriptFacts, settings: SlurmSettings): string[] {
  const { partition, account, cpus, mem, constraint, options } = settings;
  const given = { partition, account, mem, constraint };
  return [
    `--job-name=${jobName(id, 0)}`,
    `--output=${sbatchWord(logPattern(folder))}`,
    '--open-mode=append',
    '--nodes=1',
    '--ntasks=1',
    `--cpus-per-task=${cpus}`,
    `--time=${slurmTime(time)}`,
    '--requeue',
    // Only on time limits: a task that is cancelled or preempted gets SIGTERM.
    `--signal=B:USR2@${warning}`,
    ...Object.entries(given).flatMap(([name, value]) =>
      value === null ? [] : [`--${name}=${sbatchWord(value)}`],
    ),
    ...options.map(sbatchOption),
  ];
}

/** The logs of a submission's tasks. Slurm expands % in the folder where sbatch is run, too, unless the path is absolute. */
function logPattern(folder: string): string {
  const logs = 'logs/%A_%a.log';
  return folder.includes('%') && printableText.test(folder)
    ? `${folder.replaceAll('%', '%%')}/${logs}`
    : logs;
}

/** The name of an array's job. The submission is found by it even if its job's number was never noted. */
export function jobName(id: string, array: number): string {
  return `fys-nn-${id}-${array}`;
}

/** The array that a job's name stands for; null for other jobs. */
export function arrayOfName(id: string, name: string): number | null {
  const start = `fys-nn-${id}-`;
  const array = name.startsWith(start) ? name.slice(start.length) : '';
  return /^\d+$/.test(array) ? Number(array) : null;
}

/** "2-03:05:00": days, hours, minutes, seconds. */
export function slurmTime(seconds: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const day = 86_400;
  return `${Math.floor(seconds / day)}-${two((seconds % day) / 3600)}:${two((seconds % 3600) / 60)}:${two(seconds % 60)}`;
}

/** A word as sbatch reads it in a line of a script: a backslash is only needed before itself and a quotation mark. */
export function sbatchWord(text: string): string {
  return /^[\w@%+=:,./|&*()[\]!<>~-]+$/.test(text) ? text : `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}

function sbatchOption(option: string): string {
  const equals = option.indexOf('=');
  return equals < 0 ? option : `${option.slice(0, equals)}=${sbatchWord(option.slice(equals + 1))}`;
}
