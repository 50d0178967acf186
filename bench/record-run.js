// Records how long the trials of real runs take and when they reach their epochs, into bench/runs/NAME.json. A test puts
// them on any number of workers and compares the estimated time left with what is left (src/cli/time-left.runs.test.ts).
// Times are those of the processor, so that other load on the machine while recording does not count. Also prints how the
// measured times compare with the predicted ones, whose constants are in src/trial/solvers/seconds.ts.
//
//   node bench/record-run.js [NAME ...]     after npm run build; all runs of the table by default
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { experiments } from '../dist/experiments/index.js';
import { workOf } from '../dist/src/cli/work.js';
import { planExperiment } from '../dist/src/experiment/plan.js';
import { inline } from '../dist/src/launchers/inline.js';
import { openLease } from '../dist/src/store/leases.js';
import { openStore } from '../dist/src/store/store.js';

const geometric = (from, to, count) =>
  Array.from({ length: count }, (_, k) => from * (to / from) ** (k / (count - 1)));
const seeds = (count) => Array.from({ length: count }, (_, k) => k + 1);
const smallImages = { samples: [6000], testSize: [1000] };

const one = (experiment, given) => [{ experiment, given }];

/** Runs of one or more experiments, with the user's settings. */
const runs = {
  report: experiments.map(({ name }) => ({ experiment: name })),
  'report-quick': experiments.map(({ name }) => ({ experiment: name, quick: true })),
  'epochs-1-10-1000': one('grid-search ffnn', { epochs: [1, 10, 1000], lambda: geometric(1e-4, 1, 8) }),
  'random-nets': one('randomnet', { net: seeds(12), epochs: [300], maxNodes: [150] }),
  'three-long': one('ffnn', { epochs: [20_000], seed: seeds(3) }),
  'one-of-many-epochs': one('mnist', { ...smallImages, epochs: [150] }),
  'dtypes-and-widths': one('mnist', {
    ...smallImages,
    epochs: [20],
    dtype: ['float32', 'float64'],
    hidden: ['16', '64', '256'],
  }),
  lbfgs: one('logistic', { ...smallImages, solver: ['lbfgs'], lambda: geometric(1e-5, 1e-1, 12) }),
  'closed-forms': one('grid-search ridge', {
    solver: ['closed-form'],
    degree: [4, 10, 20],
    samples: [500, 4000],
    seed: seeds(6),
  }),
  'many-diverge': one('grid-search ffnn', {
    learningRate: geometric(0.01, 100, 12),
    lambda: [0, 1e-4, 1e-3],
    epochs: [600],
  }),
  optimizers: [
    { experiment: 'mnist', given: { ...smallImages, optimizer: ['sgd', 'adam'], epochs: [60] } },
    {
      experiment: 'ffnn',
      given: {
        optimizer: ['sgd', 'adagrad', 'rmsprop', 'adam', 'adamw'],
        hidden: ['128', '32-16'],
        dtype: ['float64', 'float32'],
        epochs: [400],
      },
    },
  ],
  activations: one('ffnn', {
    activation: ['relu', 'sigmoid', 'tanh', 'elu', 'gelu', 'gelu_tanh', 'silu', 'softplus'],
    dtype: ['float64', 'float32'],
    dropout: ['0', '0.2'],
    evaluateEvery: [1, 10],
    epochs: [150],
  }),
  'sgd-and-lbfgs': one('logistic', {
    ...smallImages,
    solver: ['sgd', 'lbfgs'],
    lambda: [0, 1e-4, 1e-2],
    epochs: [50],
    center: ['none'],
  }),
};

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(runs);
for (const name of names) {
  const plans = runs[name];
  const trials = await distinctTrials(plans);
  const numbers = new Map(trials.map(({ id }, index) => [id, index]));
  const directory = mkdtempSync(join(tmpdir(), 'fys-nn-record-'));
  const recorded = [];
  let begun = 0;
  let epochs = [];
  const events = {
    started() {
      begun = processorSeconds();
      epochs = [];
    },
    epoch(_trial, epoch) {
      const at = processorSeconds() - begun;
      // A worker reports an epoch ten times a second at most.
      if (epochs.length === 0 || at - epochs[epochs.length - 1][0] >= 0.1) epochs.push([rounded(at), epoch]);
    },
    ended({ id }, outcome) {
      recorded[numbers.get(id)] = [rounded(processorSeconds() - begun), outcome, epochs];
    },
    found() {},
    note() {},
  };
  try {
    const store = await openStore(directory);
    const lease = await openLease(directory);
    await inline(trials, { store, lease, sources: { dataDir: null }, jobs: 1, events });
    await lease.end();
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  const lines = recorded.map((trial) => JSON.stringify(trial)).join(',\n');
  const at = new Date().toISOString().slice(0, 10);
  const text = `{"at": "${at}", "plans": ${JSON.stringify(plans)}, "trials": [\n${lines}\n]}\n`;
  writeFileSync(new URL(`runs/${name}.json`, import.meta.url), text);
  const seconds = recorded.reduce((sum, [own]) => sum + own, 0);
  console.log(`${name}: ${trials.length} trials, ${seconds.toFixed(1)} s; measured / predicted by kind:`);
  for (const [kind, { measured, predicted }] of byKind(trials, recorded)) {
    console.log(`  ${(measured / predicted).toFixed(2)}  ${kind}`);
  }
}

/** The seconds of the trials that did not diverge, and those that trial/solvers/seconds.ts predicts. */
function byKind(trials, recorded) {
  const sums = new Map();
  for (const [index, trial] of trials.entries()) {
    const [measured, outcome] = recorded[index];
    if (outcome !== 'done') continue;
    const { kind, seconds } = workOf(trial, new Map());
    const sum = sums.get(kind) ?? { measured: 0, predicted: 0 };
    sum.measured += measured;
    sum.predicted += seconds;
    sums.set(kind, sum);
  }
  return sums;
}

function processorSeconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function rounded(seconds) {
  return Math.round(1e4 * seconds) / 1e4;
}

/** The trials of several plans, each once, in the order of the plans. */
async function distinctTrials(plans) {
  const found = new Map();
  for (const { experiment: name, quick = false, given = {} } of plans) {
    const experiment = experiments.find((each) => each.name === name);
    const { cells } = await planExperiment(experiment, { variant: 'code', quick, given }, { dataDir: null });
    for (const { trial } of cells) if (!found.has(trial.id)) found.set(trial.id, trial);
  }
  return [...found.values()];
}
