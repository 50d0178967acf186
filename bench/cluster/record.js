// Records what a real Slurm prints, into data/fixtures/slurm/: node bench/cluster/record.js (Slurm and MariaDB are installed).
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runScenarios } from './scenarios.js';
import { startSlurm } from './slurm.js';

const place = fileURLToPath(new URL('../../data/fixtures/slurm', import.meta.url));
for (const accounting of [true, false]) {
  const folder = mkdtempSync('/tmp/fys-nn-slurm-');
  const cluster = await startSlurm(folder, { accounting });
  try {
    const only = accounting ? /^(?!accounting is off)/ : /^(configuration|accounting is off)/;
    const outputs = await runScenarios(cluster, only);
    mkdirSync(place, { recursive: true });
    const name = accounting ? 'with-accounting' : 'without-accounting';
    writeFileSync(join(place, `${name}.json`), `${JSON.stringify(outputs, null, 1)}\n`);
  } finally {
    await cluster.stop();
    rmSync(folder, { recursive: true });
  }
}
