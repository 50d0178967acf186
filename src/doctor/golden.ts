import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { allExperiments } from '../../experiments/index.ts';
import { UserError } from '../errors.ts';
import { type OptionName, options, parseOption, type Setting } from '../experiment/options.ts';
import { planExperiment } from '../experiment/plan.ts';
import { reasonOf } from '../files/errno.ts';
import { packageFolder } from '../files/package-folder.ts';
import { readJsonFile } from '../files/regular-file.ts';
import { toCsv } from '../output/csv.ts';
import { curvesTable } from '../output/curves-table.ts';
import type { Table } from '../output/table.ts';
import { trialsTable } from '../output/trials-table.ts';
import { plainIssue } from '../parsing/plain-issue.ts';
import { runTrial } from '../trial/run-trial.ts';
import type { TrialRecord } from '../trial/trial.ts';

/** A small run and the SHA-256 of its results as CSV, which is the same on every machine. */
export interface GoldenCase {
  readonly name: string;
  readonly experiment: string;
  /** The values as typed on the command line. */
  readonly options: Readonly<Partial<Record<OptionName, string>>>;
  readonly sha256: string;
}

export interface Golden {
  /** SHA-256 of the bundled MNIST, as in `ImageDataset`. */
  readonly mnist: string;
  /** The columns of trials.csv and curves.csv to hash. A column added to them later changes no hash. */
  readonly columns: readonly string[];
  readonly cases: readonly GoldenCase[];
}

export const goldenFile = join(packageFolder, 'data/golden.json');

/** Reads a file of golden hashes. Errors: UserError naming the file and the place in it. */
export async function readGolden(file: string): Promise<Golden> {
  const goldenError = (received: string) =>
    new UserError({
      what: `the golden hashes in ${file} cannot be used`,
      expected: 'the file data/golden.json that is bundled with fys-nn',
      received,
      remedy: 'install fys-nn again; developers who changed numbers or columns: npm run golden',
    });
  const { z } = await import('zod');
  const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
  const names = allExperiments.map(({ name }) => name);
  const schema = z.strictObject({
    mnist: sha256,
    columns: z.array(z.string()).min(1),
    cases: z
      .array(
        z.strictObject({
          name: z.string(),
          experiment: z.enum(names as [string, ...string[]]),
          options: z.partialRecord(z.enum(Object.keys(options) as [OptionName]), z.string()),
          sha256,
        }),
      )
      .min(1),
  });
  let content: unknown;
  try {
    content = await readJsonFile(file, 2 ** 20);
  } catch (error) {
    throw goldenError(reasonOf(error));
  }
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  const [{ path, message }] = parsed.error.issues;
  throw goldenError(`${path.join('.')} is not ${plainIssue(message)}`);
}

/** Runs a case in this thread and returns its hash. It stores and writes nothing. */
export async function goldenHash(
  { experiment, options: given }: Omit<GoldenCase, 'sha256'>,
  columns: readonly string[],
): Promise<string> {
  const sources = { dataDir: null };
  const lists: Partial<Record<OptionName, Setting[]>> = {};
  for (const [name, text] of Object.entries(given) as [OptionName, string][]) {
    lists[name] = parseOption(name, text);
  }
  const found = allExperiments.find(({ name }) => name === experiment)!;
  const plan = await planExperiment(found, { variant: 'code', quick: false, given: lists }, sources);
  const records = new Map<string, TrialRecord>();
  for (const { trial } of plan.cells) records.set(trial.id, await runTrial(trial, sources));
  const tables = [trialsTable(plan, records), curvesTable(plan, records)].map((table) =>
    selectColumns(table, columns),
  );
  const hash = createHash('sha256');
  for (const table of tables) hash.update(await toCsv(table));
  return hash.digest('hex');
}

/** A table with only the named columns; names that it lacks are ignored. */
function selectColumns(table: Table, names: readonly string[]): Table {
  const found = names.map((name) => table.columns.findIndex((column) => column.name === name));
  const places = found.filter((place) => place >= 0);
  return {
    ...table,
    columns: places.map((place) => table.columns[place]),
    rows: Array.from(table.rows, (row) => places.map((place) => row[place])),
  };
}
