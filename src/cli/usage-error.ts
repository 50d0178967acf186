import type { Command } from 'commander';
import { UserError } from '../errors.ts';
import { asTyped } from '../math/as-typed.ts';
import { nearest } from '../math/nearest.ts';

/** What other programs call an option. */
const otherNames: Readonly<Record<string, string>> = {
  lr: 'learning-rate',
  eta: 'learning-rate',
  eta0: 'learning-rate',
  alpha: 'lambda',
  l2: 'lambda',
  'weight-decay': 'lambda',
  reg: 'lambda',
  bs: 'batch-size',
  batch: 'batch-size',
  minibatch: 'batch-size',
  'n-epochs': 'epochs',
  iterations: 'epochs',
  layers: 'hidden',
  units: 'hidden',
  nodes: 'hidden',
  'hidden-layers': 'hidden',
  optimiser: 'optimizer',
  optim: 'optimizer',
  n: 'samples',
  rows: 'samples',
  'random-state': 'seed',
  seeds: 'seed',
  threads: 'jobs',
  workers: 'jobs',
  j: 'jobs',
  output: 'out',
  o: 'out',
  'output-dir': 'out',
  data: 'data-dir',
  'dry-run': 'plan',
  silent: 'quiet',
  q: 'quiet',
  v: 'version',
};

/**
 * A usage error in our form. `message` is Commander's message, of which only what it quotes is used; `code` is
 * Commander's name of the error.
 */
export function usageError(command: Command, code: string, message: string): UserError {
  const quoted = /'(.*)'/s.exec(message)?.[1] ?? '';
  switch (code) {
    case 'commander.unknownOption':
      return unknownOption(command, quoted);
    case 'commander.unknownCommand':
      return unknownCommand(command, quoted);
    case 'commander.missingArgument':
      return missingArgument(command, quoted);
    case 'commander.optionMissingArgument':
      return missingValue(command, quoted);
    case 'commander.excessArguments':
      return tooMany(command);
    default:
      return new UserError({ what: message.replace(/^error: /, ''), remedy: helpRemedy(command) });
  }
}

/** Commands that are looked for in a group to which they cannot belong, and why. */
const notThere: Readonly<Record<string, string>> = {
  'table activation-functions': 'activation-functions has no trials, so table has nothing of it in the store',
};

/** There is no command `word` under this one. */
export function unknownCommand(parent: Command, word: string): UserError {
  const program = rootOf(parent);
  const names = parent
    .createHelp()
    .visibleCommands(parent)
    .map((child) => child.name());
  // From "ols" or "grid-search-ols" to "grid-search ols".
  const paths = commandsIn(program).map((command) => nameOf(command));
  const inner = paths.find((path) => path.endsWith(` ${word}`)) ?? nearest(word, paths);
  const meant = nearest(word, names) ?? inner;
  return new UserError({
    what:
      notThere[`${nameOf(parent)} ${word}`] ??
      (parent === program ? 'there is no such command' : `${nameOf(parent)} has no such command`),
    expected: `one of ${names.join(', ')}`,
    received: word,
    remedy:
      parent !== program && paths.includes(word)
        ? `run fys-nn ${word}`
        : meant === undefined
          ? helpRemedy(parent)
          : `did you mean ${meant}?`,
  });
}

function unknownOption(command: Command, flag: string): UserError {
  const word = asTyped(flag).replace(/^-+/, '').replace(/=.*$/s, '').replaceAll('_', '-').toLowerCase();
  const own = flagsOf(command);
  const meant = own.includes(word)
    ? word
    : own.includes(otherNames[word])
      ? otherNames[word]
      : nearest(word, own);
  const having = (parent: Command) => commandsIn(parent).filter((other) => flagsOf(other).includes(word));
  // The commands below this one come first.
  const elsewhere = [...new Set([...having(command), ...having(rootOf(command))])];
  return new UserError({
    what: `${nameOf(command)} has no such option`,
    expected: 'an option of this command, such as those of its --help',
    received: flag,
    remedy:
      meant !== undefined
        ? `did you mean --${meant}?`
        : command.name() === 'report' && elsewhere.some((other) => nameOf(other) === 'run')
          ? `write it in the file, or run one experiment alone, such as fys-nn run FILE --${word}`
          : elsewhere.length > 0
            ? `--${word} is an option of ${shortList(elsewhere.map(nameOf))}`
            : helpRemedy(command),
  });
}

function missingArgument(command: Command, name: string): UserError {
  const argument = command.registeredArguments.find((one) => one.name() === name);
  return new UserError({
    what: `${nameOf(command)} needs <${name}>`,
    expected: argument?.description || `${nameOf(command)} ${command.usage()}`,
    remedy: helpRemedy(command),
  });
}

function missingValue(command: Command, flags: string): UserError {
  const option = command.options.find((one) => one.flags === flags);
  const long = option?.long ?? flags;
  return new UserError({
    what: `${long} has no value`,
    expected: `${flags}: ${option?.description ?? 'a value'}`,
    remedy: `write a value after ${long}, or leave it out`,
  });
}

function tooMany(command: Command): UserError {
  const { args, registeredArguments } = command;
  const extra = args.slice(registeredArguments.length);
  const takes =
    registeredArguments.length === 0
      ? 'options only'
      : `only ${registeredArguments.map((one) => `<${one.name()}>`).join(' ')} and options`;
  return new UserError({
    what: `${nameOf(command)} takes ${takes}`,
    expected: `fys-nn ${nameOf(command)} ${command.usage()}`,
    received: extra.join(' '),
    remedy: extraRemedy(command, extra),
  });
}

function extraRemedy(command: Command, extra: readonly string[]): string {
  const dash = extra.find((word) => /^[\u2010-\u2015\u2212]/.test(word));
  if (dash !== undefined) return `begin an option with two hyphens: --${asTyped(dash).replace(/^-+/, '')}`;
  if (extra.every((word) => /^[\d.,eE+-]+$/.test(word))) {
    return 'write the values of an option with commas and without spaces between them, such as 1,2,3';
  }
  const path = [nameOf(command), ...extra].join(' ');
  const known = commandsIn(rootOf(command)).map(nameOf);
  const meant = extra.find((word) => known.includes(word)) ?? nearest(path, known);
  if (meant !== undefined && meant !== nameOf(command)) return `run fys-nn ${meant} as a command of its own`;
  return `put values with spaces in quotation marks, or see fys-nn ${nameOf(command)} --help`;
}

/** All commands that do something, from a command downwards: a mere group of commands has no options. */
function commandsIn(command: Command): Command[] {
  const below = command.commands.flatMap(commandsIn);
  return command.parent !== null && (below.length === 0 || command.options.length > 0)
    ? [command, ...below]
    : below;
}

function flagsOf(command: Command): string[] {
  const long = command.options.flatMap(({ long, hidden }) => (long && !hidden ? [long.slice(2)] : []));
  return command.parent === null ? long : [...long, 'help'];
}

/** "grid-search ols"; "fys-nn" for the program itself. */
export function nameOf(command: Command): string {
  const { parent } = command;
  return parent === null || parent.parent === null ? command.name() : `${nameOf(parent)} ${command.name()}`;
}

function rootOf(command: Command): Command {
  return command.parent === null ? command : rootOf(command.parent);
}

function helpRemedy(command: Command): string {
  return command.parent === null ? 'see fys-nn --help' : `see fys-nn ${nameOf(command)} --help`;
}

function shortList(names: readonly string[]): string {
  const isBelow = (name: string) => names.some((other) => name.startsWith(`${other} `));
  const shown = names.filter((name) => !name.startsWith('table ') && !isBelow(name));
  return shown.length > 4
    ? `${shown.slice(0, 4).join(', ')} and others`
    : (shown.length > 0 ? shown : names).join(', ');
}
