// Recomputes the hashes in data/golden.json with the current build (npm run golden). The list of cases is kept.
import { readFileSync, writeFileSync } from 'node:fs';
import { readImages } from '../dist/src/datasets/image-folder.js';
import { goldenHash } from '../dist/src/doctor/golden.js';
import { metricsOf } from '../dist/src/trial/metrics.js';

const file = new URL('golden.json', import.meta.url);
const { cases } = JSON.parse(readFileSync(file, 'utf8'));
const metrics = ['regression', 'classification'].flatMap((task) => metricsOf({ task, settings: {} }));
const ofCurves = ['epoch', 'split', 'metric', 'value'];
const columns = [
  'trial',
  'status',
  'diverged_epoch',
  ...new Set(metrics.map(({ name }) => name)),
  ...ofCurves,
];
const updated = [];
for (const { sha256, ...one } of cases) {
  const now = await goldenHash(one, columns);
  process.stdout.write(`${now === sha256 ? 'same   ' : 'changed'} ${one.name}\n`);
  updated.push({ ...one, sha256: now });
}
const { sha256: mnist } = await readImages(null);
writeFileSync(file, `${JSON.stringify({ mnist, columns, cases: updated }, null, 2)}\n`);
