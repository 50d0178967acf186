import type { Command } from 'commander';
import { shellWord } from '../parsing/shell-word.ts';
import { launcherFlagNames } from './slurm-flags.ts';

/** Options of `verify` that decide no number: where things are kept, how many workers, what is printed, what fails. */
const idle: readonly string[] = [
  ...launcherFlagNames,
  ...['out', 'note', 'tag', 'store', 'jobs', 'quiet', 'progress', 'json'],
  ...['retries', 'timeout', 'maxFailures', 'keepGoing', 'failOnDiverged'],
];

/** The command line that gives the same verdicts, as a shell reads it: what the user wrote, without what decides nothing. */
export function repeatCommand(command: Command): string {
  const words = command.options.flatMap((option) => {
    const name = option.attributeName();
    if (idle.includes(name) || command.getOptionValueSource(name) !== 'cli') return [];
    const value: unknown = command.getOptionValue(name);
    return value === true ? [option.long!] : [option.long!, shellWord(String(value))];
  });
  return ['npx fys-nn', command.name(), ...command.args.map(shellWord), ...words].join(' ');
}
