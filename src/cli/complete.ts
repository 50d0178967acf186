import type { Argument, Command, Option } from 'commander';

/** Something that a shell can offer. */
export interface Candidate {
  readonly value: string;
  readonly description: string;
}

/** What to offer: candidates, or the shell's own completion of files or folders. */
export type Completion = readonly Candidate[] | 'files' | 'folders';

/** Completes the last of the words after the program's name; the others are complete. */
export function complete(program: Command, words: readonly string[]): Completion {
  // bash makes three words of --option=value.
  const typed = words
    .filter((word, index) => word !== '=' || index === words.length - 1)
    .map((word) => (word === '=' ? '' : word));
  const current = typed[typed.length - 1] ?? '';
  const { command, pending, operands } = read(program, typed.slice(0, -1));
  if (pending !== undefined && !isNext(pending, current)) return valuesOf(pending, current);
  const assigned = /^(--[^=]+)=(.*)$/s.exec(current);
  if (assigned !== null) {
    const option = optionOf(command, assigned[1]);
    const values = option === undefined ? [] : valuesOf(option, assigned[2]);
    return typeof values === 'string'
      ? values
      : values.map((one) => ({ ...one, value: `${assigned[1]}=${one.value}` }));
  }
  if (current.startsWith('-')) return matching(optionsIn(command), current);
  const argument =
    command.registeredArguments[operands] ?? command.registeredArguments.find(({ variadic }) => variadic);
  // A command below this one is its first operand; what is no such name is an operand of its own.
  const isFirst = operands === 0 || argument === undefined;
  const below = isFirst ? matching(commandsIn(command), current) : [];
  if (below.length > 0 || (argument === undefined && command.commands.length > 0)) return below;
  if (argument !== undefined) return valuesOf(argument, current);
  return matching(optionsIn(command), current);
}

/** The command that the words lead to, the option that waits for its value, and the number of operands. */
function read(program: Command, words: readonly string[]) {
  let command = program;
  let pending: Option | undefined;
  let operands = 0;
  for (const word of words) {
    if (pending !== undefined && !isNext(pending, word)) {
      pending = undefined;
      continue;
    }
    pending = undefined;
    if (word.startsWith('-')) {
      const option = optionOf(command, word);
      if (option?.required || option?.optional) pending = option;
    } else {
      const child = command.commands.find((one) => one.name() === word);
      if (child === undefined) operands++;
      else command = child;
    }
  }
  return { command, pending, operands };
}

/** Whether a word is the next option and not the value of this one, which may be left out. */
function isNext(option: Option, word: string): boolean {
  return option.optional && word.startsWith('-');
}

function optionOf(command: Command, flag: string): Option | undefined {
  return command.options.find(({ long, short }) => flag === long || flag === short);
}

function commandsIn(command: Command): Candidate[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((child) => ({ value: child.name(), description: child.description() }));
}

function optionsIn(command: Command): Candidate[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ long, description }) => (long ? [{ value: long, description }] : []));
}

/** The values of an option or an argument; after a comma, those that a list does not have yet. */
function valuesOf(owner: Option | Argument, current: string): Completion {
  const kind = 'flags' in owner ? (/[<[](\w+)/.exec(owner.flags)?.[1] ?? '') : owner.name();
  const { argChoices = [] } = owner;
  if (argChoices.length === 0) {
    if (kind === 'dir' || kind === 'folder' || kind === 'results') return 'folders';
    return kind.startsWith('file') ? 'files' : [];
  }
  const begin = current.slice(0, current.lastIndexOf(',') + 1);
  const listed = new Set(begin.split(','));
  const left = argChoices.filter((choice) => !listed.has(choice));
  return matching(
    left.map((choice) => ({ value: `${begin}${choice}`, description: '' })),
    current,
  );
}

function matching(candidates: readonly Candidate[], current: string): Candidate[] {
  return candidates.filter(({ value }) => value.startsWith(current));
}
