// Makes stores with records of invented numbers, for measurements of what reads them.
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export const built = (path) => new URL(`../../dist/${path}`, import.meta.url);

/** The config of a trial of one epoch, to which seeds are added. */
export async function smallConfig() {
  const { planExperiment } = await import(built('src/experiment/plan.js'));
  const { experiments } = await import(built('experiments/index.js'));
  const ffnn = experiments.find(({ name }) => name === 'ffnn');
  const { cells } = await planExperiment(
    ffnn,
    { variant: 'code', quick: true, given: { epochs: [1] } },
    { dataDir: null },
  );
  return cells[0].trial.config;
}

/** A record like that of a trial of one epoch. */
const recordOf = ({ id, config }) => ({
  id,
  config,
  status: 'done',
  divergedAt: null,
  metrics: { train_mse: 0.1, test_mse: 0.2, best_test_mse: 0.2, best_epoch: 1, train_r2: 0.5, test_r2: 0.4 },
  curves: { train_mse: [0.1], test_mse: [0.2] },
  bootstrap: null,
  seconds: 0.001,
  at: '2025-01-01T00:00:00.000Z',
});

/** Writes a store of `journals` journals with `records` records each, of seeds from 0. */
export async function makeStore(folder, journals, records) {
  const { createTrial } = await import(built('src/trial/trial.js'));
  const { encodeLine } = await import(built('src/store/journal.js'));
  const config = await smallConfig();
  mkdirSync(folder, { recursive: true });
  for (let journal = 0; journal < journals; journal++) {
    const file = openSync(join(folder, `journal-${journal}.jsonl`), 'w');
    for (let i = 0; i < records; i += 1000) {
      const lines = Array.from({ length: Math.min(1000, records - i) }, (_, k) =>
        encodeLine(recordOf(createTrial({ ...config, seed: journal * records + i + k }))),
      );
      writeSync(file, lines.join(''));
    }
    closeSync(file);
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
