// Starts and stops a Slurm for tests: node bench/slurm.js start|stop FOLDER [--nodes 2] [--cpus 2] [--no-accounting].
import { mkdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { mark } from './cluster/configuration.js';
import { prepare } from './cluster/install.js';
import { clusterIn, startSlurm } from './cluster/slurm.js';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    nodes: { type: 'string', default: '2' },
    cpus: { type: 'string', default: '2' },
    'no-accounting': { type: 'boolean', default: false },
  },
});
const [what, name] = positionals;
if ((what !== 'start' && what !== 'stop') || name === undefined) {
  console.error('usage: node bench/slurm.js start|stop FOLDER [--nodes 2] [--cpus 2] [--no-accounting]');
  process.exit(2);
}
const folder = resolve(name);
if (what === 'stop') {
  if (!readFileSync(`${folder}/slurm.conf`, 'utf8').startsWith(mark))
    throw new Error(`${folder} has a Slurm that this program did not start`);
  await clusterIn(folder).stop();
} else {
  const reason = prepare();
  if (reason !== null) throw new Error(`Slurm cannot be started: ${reason}`);
  mkdirSync(folder);
  const nodes = Array.from({ length: Number(options.nodes) }, (_, i) => `n${i + 1}`);
  const choice = options['no-accounting'] ? { accounting: false } : {};
  await startSlurm(folder, { nodes, cpus: Number(options.cpus), ...choice });
  console.log(`export SLURM_CONF=${folder}/slurm.conf`);
}
