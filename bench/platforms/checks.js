// The checks on another platform: the same bytes as on this one, several processes on one store, and kills.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { idsIn } from '../torture/program.js';

const here = {
  command: [process.execPath, fileURLToPath(new URL('../../bin/fys-nn.js', import.meta.url))],
  environment: {},
};

const grid = [
  'grid-search',
  'ridge',
  '--quick',
  '--epochs',
  '2',
  '--samples',
  '200',
  '--no-figures',
  '--quiet',
];
const four = ['ffnn', '--epochs', '2', '--samples', '40', '--seed', '1..4', '--jobs', '1', '--no-figures'];
const long = (epochs) => [
  'ffnn',
  '--samples',
  '150',
  '--seed',
  '1',
  '--epochs',
  `${epochs}`,
  '--no-figures',
  '--quiet',
];

const images = ['mnist', 'logistic'];
const experiments = [
  ...['grid-search ols', 'grid-search ridge', 'grid-search ffnn', 'ffnn', 'activations', 'randomnet'],
  ...images,
];

let count = 0;

/** Starts the program in a folder. Its output goes to files, since Node on Wine cannot open Linux pipes. */
function start({ command, environment }, folder, args, more = {}) {
  const files = ['out', 'err'].map((kind) => join(folder, `${++count}.${kind}`));
  const [out, err] = files.map((file) => openSync(file, 'w'));
  const env = { ...process.env, ...environment, ...more };
  const child = spawn(command[0], [...command.slice(1), ...args], {
    cwd: folder,
    env,
    stdio: ['ignore', out, err],
  });
  const ended = new Promise((done, failed) => {
    child.on('error', failed);
    child.on('close', (status, signal) => {
      for (const file of [out, err]) closeSync(file);
      const [stdout, stderr] = files.map((file) => readFileSync(file, 'utf8'));
      done({ status, signal, stdout, stderr });
    });
  });
  return { child, ended };
}

const run = (...args) => start(...args).ended;

/** An empty list if a process ended with the expected status, otherwise one sentence. */
const unless = ({ status, stderr }, what, expected = 0) =>
  status === expected ? [] : [`${what}: exit ${status}: ${stderr.trim()}`];

/** One sentence for each file, at any depth, that has one of the endings and differs between the folders. */
function differences(folder, other, endings) {
  const namesIn = (place) =>
    readdirSync(place, { recursive: true })
      .filter((name) => endings.some((ending) => name.endsWith(ending)) && !name.includes('.trials'))
      .sort();
  const names = namesIn(folder);
  if (names.length === 0) return [`${folder} has no files`];
  if (`${names}` !== `${namesIn(other)}`) return [`the files differ: ${names}; ${namesIn(other)}`];
  return names
    .filter((name) => !readFileSync(join(folder, name)).equals(readFileSync(join(other, name))))
    .map((name) => `${name} has different bytes`);
}

/** Waits until a running process has caused a change in the file system; false if the process ends first. */
async function until(happened, { ended }) {
  let over = false;
  void ended.then(() => {
    over = true;
  });
  while (!happened()) {
    if (over) return false;
    await sleep(5);
  }
  return true;
}

const filesIn = (folder) => (existsSync(folder) ? readdirSync(folder) : []);

/** The checks, in order. Later checks use files that earlier ones leave in `folder`. */
export function checksOf(there, place, { fast, epochs }) {
  const folder = join(place, 'runs');
  mkdirSync(folder);
  const into = (name, store = name) => ['--out', `out-${name}`, '--store', `store-${store}`];
  const remove = (...names) => {
    for (const name of names) rmSync(join(folder, name), { recursive: true, force: true });
  };
  const same = (name, other, endings = ['.csv']) =>
    differences(join(folder, `out-${name}`), join(folder, `out-${other}`), endings);

  async function report() {
    const problems = [];
    for (const [name, machine] of Object.entries({ here, there })) {
      for (const args of fast ? [['report', '--quick', '--quiet', ...into(name)]] : shortened(name))
        problems.push(...unless(await run(machine, folder, args), `${args.slice(0, 2).join(' ')} ${name}`));
    }
    return problems.length > 0 ? problems : same('there', 'here', ['.csv', '.svg', '.png']);
  }

  /** Short runs of all experiments, each with its own output folder. */
  const shortened = (name) =>
    experiments.map((words) => {
      const rows = images.includes(words) ? ['--samples', '700', '--test-size', '100'] : ['--samples', '200'];
      const out = ['--out', `out-${name}/${words.replace(' ', '-')}`, '--store', `store-${name}`];
      return [...words.split(' '), '--epochs', '2', ...rows, '--quiet', '--no-figures', ...out];
    });

  async function check() {
    const results = ['check', 'out-there', '--baseline', 'out-here'];
    const store = (action) => ['store', action, '--store', 'store-there'];
    const problems = [];
    for (const args of [results, store('check'), store('repair'), store('gc'), store('check')])
      problems.push(...unless(await run(there, folder, args), args.slice(0, 2).join(' ')));
    return problems;
  }

  async function severalProcesses() {
    const problems = unless(await run(here, folder, [...grid, ...into('grid')]), 'here');
    const outcomes = await Promise.all(
      [1, 2, 3].map((i) => run(there, folder, [...grid, ...into(`grid-${i}`, 'shared')])),
    );
    outcomes.forEach((outcome, i) => {
      problems.push(...unless(outcome, `process ${i + 1}`));
      if (outcome.status === 0) problems.push(...same(`grid-${i + 1}`, 'grid'));
    });
    const left = filesIn(join(folder, 'store-shared/leases'));
    if (left.length > 0) problems.push(`left in the store: ${left}`);
    return problems;
  }

  /** The last of four trials hangs, so the process is killed when three are in the store. */
  async function killed() {
    const problems = unless(await run(here, folder, [...four, '--quiet', ...into('four')]), 'here');
    const process = start(there, folder, [...four, '--quiet', ...into('killed')], {
      FYS_NN_FAULT: 'hang:4:9',
    });
    const met = await until(() => idsIn(join(folder, 'store-killed')).length === 3, process);
    process.child.kill('SIGKILL');
    const { signal, stderr } = await process.ended;
    if (!met || signal !== 'SIGKILL') return [...problems, `it was not killed: ${stderr}`];
    const resumed = await run(there, folder, [...four, ...into('killed')]);
    problems.push(...unless(resumed, 'the run after the kill'));
    if (!resumed.stderr.includes('4 trials, 3 of them from the store'))
      problems.push(`it did not resume: ${resumed.stderr}`);
    return [...problems, ...same('killed', 'four')];
  }

  /**
   * Kills the process as soon as a checkpoint exists. A training run that ends before that is repeated with more
   * epochs.
   */
  async function resumed(length = epochs) {
    remove('store-long');
    const process = start(there, folder, [...long(length), ...into('long')]);
    const states = () =>
      filesIn(join(folder, 'store-long/checkpoints')).filter((name) => name.endsWith('.state'));
    const met = await until(() => states().length > 0, process);
    process.child.kill('SIGKILL');
    const { signal, status, stderr } = await process.ended;
    if (signal !== 'SIGKILL' && status === 0) return resumed(2 * length);
    if (!met) return [`it was not killed: ${stderr}`];
    const problems = unless(await run(here, folder, [...long(length), ...into('long-here')]), 'here');
    problems.push(
      ...unless(await run(there, folder, [...long(length), ...into('long')]), 'the run after the kill'),
    );
    return [...problems, ...same('long', 'long-here')];
  }

  return [
    { what: 'doctor', check: async () => unless(await run(there, folder, ['doctor']), 'doctor') },
    {
      what: `${fast ? 'report --quick' : 'each experiment, shortened'}, with the bytes of this machine`,
      check: report,
    },
    { what: 'check, and store check, repair and gc', check },
    { what: 'three processes on one store', check: severalProcesses },
    { what: 'a run that is killed, and resumed', check: killed },
    { what: 'a training that is killed, and resumed from its checkpoint', check: () => resumed() },
  ];
}
