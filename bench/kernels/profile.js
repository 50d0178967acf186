// Measures how the time of training and evaluation is divided among kernels, JavaScript and the rest.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { writeWorkload } from '../data.js';
import { workloads } from '../workloads.js';

const here = (name) => new URL(name, import.meta.url);
const epochs = {
  full: { 'franke-ffnn': 4000, 'mnist-ffnn': 5, 'mnist-logistic': 20, ols: 8000, 'small-mlp': 500 },
  quick: { 'franke-ffnn': 1000, 'mnist-ffnn': 10, 'mnist-logistic': 40, ols: 2000, 'small-mlp': 100 },
};

/** The shares of the time of `train` for each workload, from a CPU profile of a process that does nothing else. */
export async function profileWorkloads({ build, only, short }) {
  const { initialWeights } = await import(pathToFileURL(build).href);
  const shares = {};
  for (const [name, workload] of Object.entries(workloads)) {
    if (!only.includes(name)) continue;
    const folder = await mkdtemp(join(tmpdir(), 'fys-nn-profile-'));
    await writeWorkload({ initialWeights }, workload, short ? 'small' : 'full', folder);
    const job = { build, folder, warmup: 1, epochs: epochs[short ? 'quick' : 'full'][name], threads: 1 };
    const options = ['--cpu-prof', '--cpu-prof-dir', folder, '--cpu-prof-name', 'ours.cpuprofile'];
    const script = fileURLToPath(here('../ours.js'));
    await promisify(execFile)(process.execPath, [...options, script, JSON.stringify(job)]);
    const profile = JSON.parse(await readFile(join(folder, 'ours.cpuprofile'), 'utf8'));
    shares[name] = sharesOf(profile);
    await rm(folder, { recursive: true });
  }
  return shares;
}

/** The shares of the samples from the first to the last one in `train`. */
function sharesOf({ nodes, samples, timeDeltas }) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const inTrain = new Set();
  const visit = (node, inside) => {
    const { functionName, url } = node.callFrame;
    const now = inside || (functionName === 'train' && url.endsWith('/nn/train.js'));
    if (now) inTrain.add(node.id);
    for (const id of node.children ?? []) visit(byId.get(id), now);
  };
  visit(nodes[0], false);
  const first = samples.findIndex((id) => inTrain.has(id));
  const last = samples.findLastIndex((id) => inTrain.has(id));
  const microseconds = { kernels: 0, javascript: 0, collector: 0, rest: 0 };
  const functions = new Map();
  for (let i = first; i <= last; i++) {
    const { url, functionName, lineNumber } = byId.get(samples[i]).callFrame;
    const kind = kindOf(url, functionName);
    microseconds[kind] += timeDeltas[i];
    if (kind !== 'javascript') continue;
    const name = functionName || `${url.split('/').pop()}:${lineNumber + 1}`;
    functions.set(name, (functions.get(name) ?? 0) + timeDeltas[i]);
  }
  const total = Object.values(microseconds).reduce((sum, value) => sum + value, 0);
  const share = (value) => value / total;
  return {
    seconds: total / 1e6,
    ...Object.fromEntries(Object.entries(microseconds).map(([kind, value]) => [kind, share(value)])),
    largestInJavascript: [...functions]
      .sort((a, b) => b[1] - a[1])
      .slice(0, 5)
      .map(([name, value]) => ({ name, share: share(value) })),
  };
}

function kindOf(url, functionName) {
  if (url.startsWith('wasm://')) return 'kernels';
  if (functionName === '(garbage collector)') return 'collector';
  return functionName.startsWith('(') || url.startsWith('node:') ? 'rest' : 'javascript';
}
