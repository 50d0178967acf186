import { basename, dirname, isAbsolute, join } from 'node:path';
import { type Positioned, readPositioned } from '../files/positioned.ts';
import { didYouMean } from '../math/nearest.ts';
import type { Experiment } from './define.ts';
import { checkedAt, errorAt, formError, placed } from './file-place.ts';
import type { WrittenExperiment } from './file-schema.ts';
import {
  checkRangeAlone,
  type OptionName,
  optionNames,
  options,
  parseOption,
  type Setting,
  type SettingLists,
} from './options.ts';
import type { WrittenSearch } from './search.ts';

/** Experiment files are short; a larger one is another kind of file. */
const largest = 2 ** 20;
/** The most files that one extends, one after the other. */
const mostFiles = 16;

/** An experiment file, checked as far as it can be without its data. */
export interface ExperimentFile {
  readonly path: string;
  /** Names the folder of the results. */
  readonly name: string;
  readonly written: WrittenExperiment;
  readonly settings: SettingLists;
  readonly quick: SettingLists;
  /** What it extends: an experiment of the program, another file, or nothing. */
  readonly base: Experiment | ExperimentFile | null;
  /** An error at a place in the file. */
  error(keys: readonly PropertyKey[], expected: string, received?: unknown, remedy?: string): Error;
  /** Does something with a field; an error of it that the user can fix gets the place of the field, if the file has it. */
  at<Result>(field: keyof WrittenExperiment, action: () => Promise<Result>): Promise<Result>;
  /** "my.yaml:7:3" for a setting, or a field of the search, that the file has; null for others. */
  placeOf(name: OptionName | keyof WrittenSearch): string | null;
}

/**
 * Reads an experiment file, YAML or JSON, and those that it extends.
 *
 * Errors: UserError naming the file, the line and the column.
 */
export async function readExperimentFile(
  path: string,
  experiments: readonly Experiment[],
  extending: readonly string[] = [],
): Promise<ExperimentFile> {
  const file = await readPositioned(path, { largest, largestPlaced: largest });
  const written = await checkedForm(file);
  const settings = listsIn(file, 'settings', written.settings ?? {});
  const quick = listsIn(file, 'quick', written.quick ?? {});
  return {
    ...{ path, name: nameOf(file, path, written, experiments), written, settings, quick },
    base: await baseOf(file, path, written, experiments, [...extending, path]),
    error: (keys, expected, received, remedy) => errorAt(file, keys, expected, received, remedy),
    at: (field, action) =>
      action().catch((error) => {
        throw written[field] === undefined ? error : placed(error, file.place([field]));
      }),
    placeOf: (name) => {
      if (name in settings) return file.place(['settings', name]);
      const isField = (name === 'search' || name === 'trials') && written[name] !== undefined;
      return isField ? file.place([name]) : null;
    },
  };
}

async function checkedForm(file: Positioned): Promise<WrittenExperiment> {
  const { experimentFile } = await import('./file-schema.ts');
  const parsed = experimentFile.safeParse(file.value);
  if (parsed.success) return parsed.data;
  const { layout } = experimentFile.shape;
  const fields = {
    top: Object.keys(experimentFile.shape),
    layout: Object.keys(layout.unwrap().shape),
  };
  throw formError(parsed.error.issues[0], file, fields);
}

type WrittenLists = NonNullable<WrittenExperiment['settings']>;

/** The values of settings, read as the command line reads them. */
function listsIn(file: Positioned, key: 'settings' | 'quick', written: WrittenLists): SettingLists {
  const names = optionNames.filter((name) => written[name] !== undefined);
  return Object.fromEntries(
    names.map((name) => {
      const own = written[name]!;
      const items = Array.isArray(own)
        ? own.map((item, index) => [item, [index]] as const)
        : [[own, []] as const];
      const values = items.flatMap(([item, index]) =>
        checkedAt(file, [key, name, ...index], () => parseOption(name, textOf(name, item), name)),
      );
      checkedAt(file, [key, name], () => checkRangeAlone(name, values, values.join(', '), name));
      return [name, [...new Set(values)]];
    }),
  );
}

/** A value as the command line has it. Booleans are the words of options that say yes or no. */
function textOf(name: OptionName, value: Setting | boolean): string {
  if (typeof value !== 'boolean' || options[name].choices?.join() !== 'no,yes') return String(value);
  return value ? 'yes' : 'no';
}

async function baseOf(
  file: Positioned,
  path: string,
  written: WrittenExperiment,
  experiments: readonly Experiment[],
  extending: readonly string[],
): Promise<ExperimentFile['base']> {
  const wanted = written.extends;
  if (wanted === undefined) return null;
  const known = experiments.find(({ name }) => name === wanted);
  if (known !== undefined) return known;
  const names = experiments.map(({ name }) => name);
  if (!/\.(ya?ml|json)$/i.test(wanted)) {
    throw errorAt(
      file,
      ['extends'],
      `one of ${names.join(', ')}; or the path of a .yaml or .json file`,
      wanted,
      didYouMean(wanted.replaceAll('-', ' '), names) ?? didYouMean(wanted, names),
    );
  }
  const next = fromFile(path, wanted);
  if (extending.includes(next))
    throw errorAt(file, ['extends'], 'a file that does not extend this one', wanted, 'leave out one extends');
  if (extending.length >= mostFiles)
    throw errorAt(file, ['extends'], `at most ${mostFiles} files that extend each other`, wanted);
  return await readExperimentFile(next, experiments, extending).catch((error) => {
    throw placed(error, file.place(['extends']));
  });
}

/** A path that is written in a file, from where the program runs. */
export function fromFile(file: string, path: string): string {
  return isAbsolute(path) ? path : join(dirname(file), path);
}

/** A name that every disk takes as that of a folder: letters, digits and a few signs. */
const goodName = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N} ._+-]*[\p{L}\p{M}\p{N}_+-])?$/u;
/** What else has folders in results/. */
const taken = ['report', 'verify', 'specification', 'calibration', 'activation-functions'];
const longestName = 80;

function nameOf(
  file: Positioned,
  path: string,
  { name }: WrittenExperiment,
  experiments: readonly Experiment[],
): string {
  const own = name ?? plainName(path);
  if (!goodName.test(own) || /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(own)) {
    const expected = 'a name of letters, digits, spaces, . _ + and -, beginning with a letter or a digit';
    throw errorAt(file, ['name'], expected, own, 'write name: my-experiment');
  }
  const free = freeName(own, experiments);
  if (free === own) return own;
  const expected = `a name of its own${name === undefined ? ": the file's is taken" : ''}`;
  throw errorAt(file, ['name'], expected, own, `write name: ${free}; fys-nn has results of that name`);
}

/** The name, or another one if its folder is that of other results. */
export function freeName(name: string, experiments: readonly Experiment[]): string {
  const folder = (text: string) => text.replaceAll(' ', '-').toLowerCase();
  const known = [...experiments.map((one) => folder(one.name)), ...taken];
  return known.includes(folder(name)) ? `my-${folder(name)}` : name;
}

/** "my-net" of experiments/my-net.yaml, with hyphens for what a folder may not have. */
export function plainName(path: string): string {
  const plain = basename(path)
    .replace(/\.[^.]*$/, '')
    .replace(/[^\p{L}\p{M}\p{N} ._+-]+/gu, '-')
    .replace(/^[^\p{L}\p{N}]+|[ .]+$/gu, '');
  return Array.from(plain).slice(0, longestName).join('').trimEnd() || 'experiment';
}
