import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type * as Zod from 'zod';
import { UserError } from '../errors.ts';
import type { StoppingRule } from '../experiment/stopping.ts';
import { reasonOf } from '../files/errno.ts';
import { readJsonFile } from '../files/regular-file.ts';
import { plainIssue } from '../parsing/plain-issue.ts';
import { largestManifest, manifestName } from './earlier-run.ts';
import { folderName } from './folder-name.ts';
import { type Remarks, remarksIn } from './remarks.ts';

/** What wrote a folder, by what its manifest has. */
export type RunKind = 'experiment' | 'report' | 'verify' | 'specification' | 'functions';

/** A run, as its manifest tells it. All of it has been checked for its form; the manifest may still have been edited. */
export interface StoredRun {
  /** The manifest, and its folder. */
  readonly path: string;
  readonly folder: string;
  readonly kind: RunKind;
  /** The experiment's name; null for other kinds. */
  readonly experiment: string | null;
  /** The names of a report's experiments, each of which has a folder in that of the report. */
  readonly experiments: readonly string[];
  /** What makes an experiment of the user's again; undefined for those of the program. */
  readonly definition: unknown;
  readonly title: string;
  readonly variant: string;
  readonly quick: boolean;
  /** The values of each setting, in the order of the experiment. */
  readonly settings: ReadonlyMap<string, readonly (string | number)[]>;
  /** How the settings were drawn; null if they are every combination. */
  readonly search: { readonly method: string; readonly trials: number } | null;
  /** How settings were stopped early; null if none were. */
  readonly rule: StoppingRule | null;
  readonly data: readonly StoredData[];
  readonly trials: { readonly total: number; readonly done: number; readonly diverged: number };
  readonly ids: readonly string[];
  /** The words after the program's name; of a run that another was made from, that one's. */
  readonly command: readonly string[];
  readonly origin: readonly string[];
  /** Where the data were, by their digest. */
  readonly places: ReadonlyMap<string, string>;
  /** The command of an experiment of the user's; null for others. */
  readonly ownCommand: string | null;
  /** In ISO 8601; null in manifests that do not say. */
  readonly startedAt: string | null;
  /** The version of the program, and of its arithmetic. */
  readonly version: string;
  readonly numerics: number | null;
  readonly remarks: Remarks;
  /** The SHA-256 of each file by its name; null in manifests of 0.1.0, which list none. */
  readonly files: ReadonlyMap<string, string> | null;
}

/** What a manifest says of the data of a run. */
export interface StoredData {
  readonly dataset: string;
  readonly title: string;
  /** What the user called them. */
  readonly label: string | null;
  /** The digest of data from files. */
  readonly sha256: string | null;
  /** Names of the classes, in the order of their labels. */
  readonly classNames: readonly string[] | null;
  /** Their config and what was said of it. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * Reads the manifest of a run: the path of its folder, or of the file.
 *
 * Errors: UserError for a path without one, for a file that no run of fys-nn wrote or that was damaged, and for a folder
 * that a run was writing when it ended.
 */
export async function readRun(path: string): Promise<StoredRun> {
  const entry = await stat(path).catch((error: unknown) => {
    throw notRun(path, `it cannot be read (${reasonOf(error)})`, path);
  });
  const file = entry.isDirectory() ? join(path, manifestName) : path;
  return await runFrom(await jsonOf(file, path), file);
}

/**
 * The runs of a report's experiments. One whose folder is missing has the settings of the report.
 *
 * Errors: as readRun; the report names no experiments.
 */
export async function reportParts(run: StoredRun): Promise<StoredRun[]> {
  const parts: StoredRun[] = [];
  for (const name of run.experiments) {
    const folder = join(run.folder, folderName(name));
    const isPlain = !/[/\\]|^\.+$/.test(folderName(name));
    const isThere = isPlain && (await stat(folder).catch(() => null)) !== null;
    const part = isThere ? await readRun(folder) : { ...run, kind: 'experiment' as const, experiment: name };
    parts.push({ ...part, origin: run.origin });
  }
  if (parts.length === 0) throw notRun(run.path, 'it names no experiments', run.path);
  return parts;
}

async function jsonOf(file: string, given: string): Promise<unknown> {
  try {
    return await readJsonFile(file, largestManifest);
  } catch (error) {
    if (error instanceof SyntaxError) throw notRun(given, `${file} is not JSON`, file);
    throw notRun(given, file === given ? reasonOf(error) : `there is no ${manifestName} in it`, given);
  }
}

/** The run of a manifest that was read from `file`. Errors: as readRun. */
export async function runFrom(json: unknown, file: string): Promise<StoredRun> {
  const { versions, unfinished } = (isObject(json) ? json : {}) as Record<string, unknown>;
  if (!isObject(versions) || typeof versions['fys-nn'] !== 'string')
    throw notRun(file, 'fys-nn did not write it', file);
  if (unfinished !== undefined) throw unfinishedRun(file);
  const parsed = (await manifestSchema()).safeParse(json);
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues;
    throw notRun(file, `${path.map(String).join('.')} is not ${plainIssue(message)}`, file);
  }
  return asRun(parsed.data, file);
}

type Manifest = Zod.infer<Awaited<ReturnType<typeof manifestSchema>>>;

/** The parts of a manifest that are read; it may have more, and older ones have less. */
async function manifestSchema() {
  const { z } = await import('zod');
  const setting = z.union([z.string().max(10_000), z.number()]);
  const data = z.looseObject({
    dataset: z.string().default(''),
    title: z.string().optional(),
    name: z.string().optional(),
    label: z.string().nullable().optional(),
    sha256: z.string().optional(),
    classNames: z.array(z.string()).max(100_000).optional(),
  });
  const words = z.array(z.string()).max(10_000);
  const rule = z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('halving'),
      eta: z.number().int().min(2),
      minEpochs: z.number().int().min(1).nullable(),
    }),
    z.object({ kind: z.literal('racing'), alpha: z.number().gt(0).lt(1) }),
  ]);
  return z.object({
    experiment: z.string().optional(),
    experiments: z.array(z.string()).max(1000).default([]),
    command: z.string().optional(),
    definition: z.unknown().optional(),
    title: z.string().optional(),
    report: z.literal(true).optional(),
    verify: z.literal(true).optional(),
    specification: z.literal(true).optional(),
    note: z.unknown().optional(),
    tags: z.unknown().optional(),
    variant: z.string().default('code'),
    quick: z.boolean().default(false),
    settings: z.record(z.string(), z.array(setting).min(1).max(1_000_000)).default({}),
    search: z.object({ method: z.string(), trials: z.number() }).optional(),
    stopping: z.object({ rule }).optional(),
    data: z.array(data).max(10_000).default([]),
    trials: z
      .object({
        total: z.number().int().min(0).default(0),
        done: z.number().int().min(0).default(0),
        diverged: z.number().int().min(0).default(0),
        ids: z.array(z.string()).default([]),
      })
      .prefault({}),
    run: z
      .object({
        command: words.default([]),
        places: z.record(z.string(), z.string()).default({}),
        rerun: z.object({ command: words }).optional(),
        startedAt: z.string().optional(),
      })
      .prefault({}),
    versions: z.object({ 'fys-nn': z.string(), numerics: z.number().optional() }),
    files: z.record(z.string(), z.object({ sha256: z.string() })).optional(),
  });
}

function asRun(manifest: Manifest, file: string): StoredRun {
  const { experiment = null, definition, variant, quick, data, trials, run, versions, files } = manifest;
  const { ids, ...counts } = trials;
  return {
    path: file,
    folder: dirname(file),
    kind: kindOf(manifest),
    experiment,
    experiments: manifest.experiments,
    definition,
    title: manifest.title ?? experiment ?? '',
    ...{ variant, quick, ids, trials: counts },
    settings: new Map(Object.entries(manifest.settings)),
    search: manifest.search ?? null,
    rule: manifest.stopping?.rule ?? null,
    data: data.map((fields) => {
      const { dataset, title, name, label = null, sha256 = null, classNames = null } = fields;
      return { dataset, title: title ?? name ?? dataset, label, sha256, classNames, fields };
    }),
    command: run.command,
    places: new Map(Object.entries(run.places)),
    ownCommand: manifest.command ?? null,
    origin: run.rerun?.command ?? run.command,
    startedAt: run.startedAt !== undefined && !Number.isNaN(Date.parse(run.startedAt)) ? run.startedAt : null,
    version: versions['fys-nn'],
    numerics: versions.numerics ?? null,
    remarks: remarksIn(manifest),
    files:
      files === undefined ? null : new Map(Object.entries(files).map(([name, one]) => [name, one.sha256])),
  };
}

function kindOf({ report, verify, specification, experiment, trials }: Manifest): RunKind {
  if (report === true) return 'report';
  if (verify === true) return 'verify';
  if (specification === true) return 'specification';
  return experiment !== undefined && trials.total > 0 ? 'experiment' : 'functions';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function notRun(what: string, problem: string, received: string): UserError {
  return new UserError({
    what: `${what} is not the manifest of a run: ${problem}`,
    expected: `a folder that a run of fys-nn wrote, or its ${manifestName}`,
    received,
    remedy: 'fys-nn runs lists the folders in results/',
  });
}

function unfinishedRun(file: string): UserError {
  return new UserError({
    what: `${basename(dirname(file))} is unfinished: a run was interrupted while it wrote this folder`,
    expected: 'the manifest of a run that wrote all of its files',
    received: file,
    remedy: 'run the experiment again: trials in the store are not computed twice',
  });
}
