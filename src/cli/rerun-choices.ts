import { allExperiments } from '../../experiments/index.ts';
import { quote, UserError } from '../errors.ts';
import { shellQuoted } from '../experiment/command-text.ts';
import { type Experiment, optionsOf } from '../experiment/define.ts';
import { type OptionName, parseSetting, presentName, type Setting } from '../experiment/options.ts';
import type { Choices } from '../experiment/plan.ts';
import { searchOf } from '../experiment/search.ts';
import { type Variant, variants } from '../experiment/variants.ts';
import type { StoredRun } from '../output/stored-run.ts';

/** The experiment of a run: the program's of its name, or the user's, from what the manifest keeps of it. Errors: neither. */
export async function experimentOf(run: StoredRun): Promise<Experiment> {
  const { experiment: name, definition, path } = run;
  const { experimentFrom } = await import('../experiment/definition.ts');
  const found =
    definition === undefined
      ? allExperiments.find((one) => one.name === name)
      : experimentFrom(definition, definedBy(run));
  if (found !== undefined && found !== null) return found;
  throw new UserError({
    what: `${path} is of an experiment that this version does not have`,
    expected: 'an experiment of fys-nn list, or the whole definition of another',
    received: name,
    remedy: 'use the version of fys-nn that the manifest names',
  });
}

/** What ran an experiment of the user's. Anything but words that a shell reads as such is replaced: pages show it to be copied. */
function definedBy({ ownCommand, folder }: StoredRun): string {
  const isPlain = ownCommand !== null && /^(train|run)( ('[^'\p{Cc}]*'|[\w./,:+@%=-]+))*$/u.test(ownCommand);
  return isPlain ? ownCommand : `rerun ${shellQuoted(folder)}`;
}

/**
 * The choices that give a run's settings again. What the experiment has anyway is not among those of the user, so that nothing is said
 * about it.
 *
 * Errors: settings that this version does not have, or values that no run writes.
 */
export function choicesIn(run: StoredRun, experiment: Experiment): Choices {
  const variant = variants.find((name) => name === run.variant);
  if (variant === undefined) throw unknownValue(run, 'variant', run.variant);
  const own = ownSettings(experiment, variant, run.quick);
  const given: Partial<Record<OptionName, Setting[]>> = {};
  const known = new Set<string>(optionsOf(experiment));
  for (const [written, values] of run.settings) {
    const name = presentName(written) as OptionName;
    if (!known.has(name)) throw unknownSetting(run, written);
    const parsed = values.map((value) => parsedValue(run, name, value));
    if (JSON.stringify(own[name]) !== JSON.stringify(parsed)) given[name] = parsed;
  }
  return { variant, quick: run.quick, given, search: searchIn(run) };
}

function searchIn({ search, ...run }: StoredRun): NonNullable<Choices['search']> | null {
  if (search === null) return null;
  try {
    return searchOf({ search: search.method, trials: search.trials });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw unknownValue(
      { search, ...run },
      'search',
      `${search.method}, ${search.trials}`,
      error.parts.expected,
    );
  }
}

function ownSettings({ settings, text, quick }: Experiment, variant: Variant, isQuick: boolean) {
  return { ...settings, ...(variant === 'text' ? text : {}), ...(isQuick ? quick : {}) };
}

function parsedValue(run: StoredRun, name: OptionName, value: Setting): Setting {
  try {
    return parseSetting(name, String(value));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw unknownValue(run, `settings.${name}`, value, error.parts.expected);
  }
}

function unknownSetting({ path, version }: StoredRun, name: string): UserError {
  return new UserError({
    what: `${path} has a setting ${quote(name)} that this version does not have for its experiment`,
    expected: 'settings of this version',
    received: `a manifest of fys-nn ${version}`,
    remedy: 'use the version of fys-nn that the manifest names',
  });
}

function unknownValue({ path }: StoredRun, field: string, value: Setting, expected?: string): UserError {
  return new UserError({
    what: `${path}: ${field} has a value that no run writes`,
    ...(expected === undefined ? {} : { expected }),
    received: value,
    remedy: 'use another copy of the manifest',
  });
}
