import { type BuiltIn, builtInPath, builtIns } from '../datasets/built-in.ts';
import type { Sources } from '../datasets/dataset.ts';
import { datasetEntry } from '../datasets/index.ts';
import { checkLabel } from '../datasets/label.ts';
import {
  defaultTableChoices,
  missingChoices,
  type TableChoices,
  taskChoices,
} from '../datasets/table-choices.ts';
import { printable, UserError } from '../errors.ts';
import { shellQuoted } from '../experiment/command-text.ts';
import type { Experiment } from '../experiment/define.ts';
import type { SettingLists, Settings } from '../experiment/options.ts';
import type { ClassNames } from '../output/class-names.ts';
import type { StoredData, StoredRun } from '../output/stored-run.ts';

/** What the user says of where the data are now. */
export interface DataPlace {
  readonly path: string | undefined;
  readonly name: string | undefined;
}

/**
 * Where the data of a run are now: at the user's path, or else bundled, or where they were. Paths of a manifest are only read, and
 * only taken with the right digest.
 *
 * Errors: UserError unless the digest is the manifest's.
 */
export async function sourcesFor(
  run: StoredRun,
  experiment: Experiment,
  lists: SettingLists,
  { path, name }: DataPlace,
): Promise<Sources> {
  const [wanted] = run.data.filter(({ sha256 }) => sha256 !== null);
  if (!datasetEntry(experiment.dataset).fromFiles || wanted === undefined) {
    if (path !== undefined) throw withoutFiles(run, path);
    return { dataDir: null };
  }
  const first = Object.fromEntries(Object.entries(lists).map(([option, values]) => [option, values[0]]));
  const found: string[] = [];
  for (const dataDir of path === undefined ? placesOf(run, experiment) : [path]) {
    const sources = { dataDir, ...wordsFor(wanted, dataDir, name) };
    const resolved = await dataAt(experiment, first, sources, path !== undefined);
    if (resolved === null) continue;
    if (resolved.sha256 === wanted.sha256) return { ...sources, ...namesFor(wanted, resolved.classNames) };
    found.push(`sha256:${resolved.sha256}`);
  }
  throw new UserError({
    what: `the data of this run, ${printable(wanted.title)}, are not ${path === undefined ? 'here' : 'at this path'}`,
    expected: `sha256:${wanted.sha256}`,
    received: path === undefined ? [...run.places.values()].join(', ') || 'the bundled data' : found.join(),
    remedy: 'say where they are now with --data PATH',
  });
}

/** Where to look: the bundled copy, where the data were, and the built-in files; null is the bundled copy. */
function placesOf(run: StoredRun, { dataset }: Experiment): (string | null)[] {
  const entries: readonly BuiltIn[] = Object.values(builtIns);
  const files = entries.flatMap((one) => (one.dataset === dataset ? (one.file ?? []) : []));
  const recorded = [...run.places.values(), ...pathsIn(run.origin)];
  return [...new Set([null, ...recorded, ...files.map(builtInPath)])];
}

/** The paths in a command, for manifests that say nothing else. */
function pathsIn(words: readonly string[]): string[] {
  return words.flatMap((word, index) => {
    const [, flag, value] = /^(--data|--data-dir)(?:=(.*))?$/s.exec(word) ?? [];
    return flag === undefined ? [] : (value ?? words[index + 1] ?? []);
  });
}

/** null where there are no data that can be read, which is an error only at the user's own path. */
async function dataAt(
  { dataset }: Experiment,
  settings: Settings,
  sources: Sources,
  isUsers: boolean,
): Promise<{ readonly sha256: string; readonly classNames: ClassNames } | null> {
  try {
    const { config, facts } = await datasetEntry(dataset).resolve(settings, sources);
    return 'sha256' in config ? { sha256: config.sha256, classNames: facts.classNames ?? null } : null;
  } catch (error) {
    if (isUsers || !(error instanceof UserError)) throw error;
    return null;
  }
}

/** What was said of the data: what titles call them, and how a table is read. */
function wordsFor(
  data: StoredData,
  dataDir: string | null,
  name: string | undefined,
): Omit<Sources, 'dataDir'> {
  const { label } = data;
  return {
    ...(dataDir === null ? {} : nameFrom(name, label)),
    ...(data.dataset === 'table' ? { table: tableIn(data) } : {}),
  };
}

/** The names of the run's classes, where they are others than those that the data have. */
function namesFor({ classNames }: StoredData, own: ClassNames): Pick<Sources, 'labelNames'> {
  const areSame = JSON.stringify(classNames) === JSON.stringify(own);
  return classNames === null || areSame ? {} : { labelNames: classNames };
}

function nameFrom(given: string | undefined, label: string | null): Pick<Sources, 'dataName'> {
  if (given !== undefined) return { dataName: checkLabel(given) };
  try {
    return label === null ? {} : { dataName: checkLabel(label) };
  } catch {
    return {};
  }
}

/** How a table was read, from its config. What no run writes becomes the default, and other trials then show it. */
function tableIn({ fields }: StoredData): TableChoices {
  const texts = (value: unknown) =>
    Array.isArray(value) && value.every((one) => typeof one === 'string') ? (value as string[]) : null;
  const chosen = <T extends string>(value: unknown, choices: readonly T[], usual: T): T =>
    choices.find((one) => one === value) ?? usual;
  return {
    ...defaultTableChoices,
    target: typeof fields.target === 'string' ? fields.target : null,
    features: texts(fields.features),
    categorical: texts(fields.categorical) ?? [],
    missing: chosen(fields.missing, missingChoices, 'error'),
    decimalComma: fields.decimalComma === true,
    task: chosen(fields.task, taskChoices, 'auto'),
  };
}

function withoutFiles({ path }: StoredRun, given: string): UserError {
  return new UserError({
    what: '--data has no effect: the data of this run are generated, not read from files',
    received: given,
    remedy: `leave it out: fys-nn rerun ${shellQuoted(path)}`,
  });
}
