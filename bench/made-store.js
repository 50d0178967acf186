// Makes stores with records of invented numbers, for measurements of what reads them.
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export const built = (path) => new URL(`../dist/${path}`, import.meta.url);

/** Plans `ffnn` with the settings that are given. */
export async function planOf(given, quick = false) {
  const { planExperiment } = await import(built('src/experiment/plan.js'));
  const { experiments } = await import(built('experiments/index.js'));
  const ffnn = experiments.find(({ name }) => name === 'ffnn');
  return planExperiment(ffnn, { variant: 'code', quick, given }, { dataDir: null });
}

/** The config of a trial of one epoch, to which seeds are added. */
export async function smallConfig() {
  const { cells } = await planOf({ epochs: [1] }, true);
  return cells[0].trial.config;
}

/** A record like that of a trial of one epoch, with invented losses. */
export const madeRecord = ({ id, config }, train = 0.1, test = 0.2) => ({
  id,
  config,
  status: 'done',
  divergedAt: null,
  metrics: {
    ...{ train_mse: train, test_mse: test, best_test_mse: test, best_epoch: 1 },
    ...{ train_r2: 0.5, test_r2: 0.4 },
  },
  curves: { train_mse: [train], test_mse: [test] },
  bootstrap: null,
  seconds: 0.001,
  at: '2025-01-01T00:00:00.000Z',
});

/** Writes journal `number` of a store, with the records of `count` trials; `recordAt` makes them from their place in it. */
export async function writeJournal(store, number, count, recordAt) {
  const { encodeLine } = await import(built('src/store/journal.js'));
  mkdirSync(store, { recursive: true });
  const file = openSync(join(store, `journal-${number}.jsonl`), 'w');
  for (let i = 0; i < count; i += 1000) {
    const lines = Array.from({ length: Math.min(1000, count - i) }, (_, k) => encodeLine(recordAt(i + k)));
    writeSync(file, lines.join(''));
  }
  closeSync(file);
}

/** Writes a store of `journals` journals with `records` records each, of seeds that count up from `firstSeed`. */
export async function makeStore(folder, journals, records, firstSeed = 0) {
  const { createTrial } = await import(built('src/trial/trial.js'));
  const config = await smallConfig();
  for (let journal = 0; journal < journals; journal++) {
    const first = firstSeed + journal * records;
    await writeJournal(folder, journal, records, (place) =>
      madeRecord(createTrial({ ...config, seed: first + place })),
    );
  }
}

/** The ids of `count` trials spread over such a store of `total` records. */
export async function someIds(count, total) {
  const { createTrial } = await import(built('src/trial/trial.js'));
  const config = await smallConfig();
  const step = Math.max(1, Math.floor(total / count));
  return Array.from(
    { length: Math.min(count, total) },
    (_, k) => createTrial({ ...config, seed: k * step }).id,
  );
}
