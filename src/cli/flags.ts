import { Option } from 'commander';
import { defaultTableChoices } from '../datasets/table-choices.ts';
import { UserError } from '../errors.ts';
import { flagOf, type OptionName, olderNames, options } from '../experiment/options.ts';

/** Settings, other than the options of experiments, that rooms without a command line may name in braces. */
const runSettings = new Set([
  'noFinals',
  'data',
  'dataDir',
  'dataName',
  'labelNames',
  ...Object.keys(defaultTableChoices),
  'jobs',
  'store',
  'out',
  'outputs',
  'timeout',
  'format',
  'first',
  'kernels',
  'force',
  'axes',
  'saveModel',
  'predictions',
  'metric',
  'search',
  'trials',
  'note',
  'tag',
  'launcher',
  'taskTime',
  'slurmPartition',
  'slurmAccount',
  'slurmTime',
  'slurmCpus',
  'slurmMem',
  'slurmConstraint',
  'sbatchOption',
  'halving',
  'minEpochs',
  'racing',
]);

/**
 * Replaces settings in braces by flags: rooms without a command line write `{testSize}`, which becomes --test-size.
 */
export function withFlags(text: string): string {
  return text.replace(/\{([a-z][A-Za-z0-9]*)\}/g, (braced, name) =>
    Object.hasOwn(options, name) || runSettings.has(name) ? flagOf(name) : braced,
  );
}

/** The message of an error, with flags instead of settings in braces. What the user wrote is not changed. */
export function messageOf(error: unknown): string {
  if (error instanceof UserError) {
    const { what, expected, received, remedy } = error.parts;
    return new UserError({
      what: withFlags(what),
      ...(expected === undefined ? {} : { expected: withFlags(expected) }),
      ...(received === undefined ? {} : { received }),
      ...(remedy === undefined ? {} : { remedy: withFlags(remedy) }),
    }).message;
  }
  // An error from another thread is only its text.
  return withFlags(error instanceof Error ? error.message : String(error));
}

/** Hidden options for the names that these options had before: --target sets what --formula sets. */
export function olderFlags(made: readonly Option[]): Option[] {
  return Object.entries(olderNames).flatMap(([older, name]) => {
    const present = made.find((option) => option.attributeName() === name);
    if (present === undefined) return [];
    const option = new Option(
      present.flags.replace(flagOf(name), flagOf(older)),
      `older name of ${flagOf(name)}`,
    ).hideHelp();
    option.attributeName = () => name;
    if (present.parseArg !== undefined) option.argParser(present.parseArg);
    return option;
  });
}

/** The option of a command line that sets an experiment's option. One that says yes or no may come without a value: yes. */
export function settingFlag(name: OptionName, description: string): Option {
  const { placeholder, choices = [] } = options[name];
  const [no, yes, ...others] = choices;
  if (no !== 'no' || yes !== 'yes') return new Option(`${flagOf(name)} <${placeholder}>`, description);
  return new Option(`${flagOf(name)} [${[yes, no, ...others].join('|')}]`, description).preset('yes');
}
