import { type Command, Option } from 'commander';

/** The headings of options in --help that all commands share. */
export const headings = { data: 'Data:', run: 'Run:', output: 'Output:' } as const;

/** Adds options under a heading. */
export function addUnder(command: Command, heading: string, ...options: readonly Option[]): void {
  for (const option of options) command.addOption(option.helpGroup(heading));
}

/** An option with a few values to choose from, which completion offers too. Its value is checked where it is used. */
export function choosing(flags: string, description: string, choices: readonly string[]): Option {
  const option = new Option(flags, description);
  option.argChoices = [...choices];
  return option;
}

/** Puts --help under a heading, too. */
export function helpUnder(command: Command, heading: string): void {
  command.addHelpOption(new Option('-h, --help', 'print this help').helpGroup(heading));
}
