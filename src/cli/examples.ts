import type { Command } from 'commander';

/** A command line without the program's name, and what it is for. */
export type Example = readonly [line: string, what: string];

const all = new WeakMap<Command, readonly Example[]>();

/** Adds examples to a command's help. */
export function addExamples(command: Command, examples: readonly Example[]): Command {
  all.set(command, examples);
  const lines = examples.map(([line, what]) => `  # ${what}\n  fys-nn ${line}`);
  return command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}

/** The examples in a command's help, for the test that runs them. */
export function examplesOf(command: Command): readonly Example[] {
  return all.get(command) ?? [];
}
