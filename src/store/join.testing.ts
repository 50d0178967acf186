import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTrial, numerics, type TrialConfig, type TrialRecord } from '../trial/trial.ts';
import { encodeLine, resultText } from './journal.ts';
import { readStore } from './store.ts';

/** A record of a trial of this name. A classifier's has an accuracy and a network with an output for each class. */
export function recordOf(name: string, change: Partial<TrialRecord> = {}, isClassifier = false): TrialRecord {
  const model = isClassifier ? { solver: 'sgd', loss: 'cross_entropy' } : { solver: 'closed-form' };
  const config = { name, numerics, data: { dataset: 'franke' }, model } as unknown as TrialConfig;
  return {
    ...{ id: createTrial(config).id, config, status: 'done', divergedAt: null, bootstrap: null, seconds: 1 },
    metrics: isClassifier ? { test_accuracy: 0.5 } : { test_mse: 0.5 },
    ...{ curves: { test_mse: [1, null, 0.1 + 0.2] }, at: '2025-01-01T00:00:00.000Z' },
    ...change,
  };
}

/** Writes a store of these journals, each of these lines or records. */
export async function writeStore(
  directory: string,
  ...journals: readonly (readonly (TrialRecord | string)[])[]
): Promise<string> {
  await mkdir(directory, { recursive: true });
  for (const [index, lines] of journals.entries()) {
    const text = lines.map((line) => (typeof line === 'string' ? line : encodeLine(line))).join('');
    await writeFile(join(directory, `journal-${index}.jsonl`), text);
  }
  return directory;
}

/** The results in a store by id, in the order of the ids. Errors: the store has damage. */
export async function resultsIn(directory: string): Promise<ReadonlyMap<string, string>> {
  const { records, damaged } = await readStore(directory);
  if (damaged.length > 0) throw new Error(damaged.join('\n'));
  const results = [...records].map(([id, record]) => [id, resultText(record)] as const);
  return new Map(results.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Every file in a folder, with its bytes. */
export async function filesOf(directory: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    await Promise.all(files.sort().map(async (path) => [path, await readFile(path, 'hex')] as const)),
  );
}
