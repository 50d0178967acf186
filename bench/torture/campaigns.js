// The campaigns against the program. Each returns the number of faults tried, and one sentence for each problem found.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { failingDisk } from './failing-disk.js';
import { farHosts } from './far-hosts.js';
import { csvDigest, idsIn, inTemporaryFolder, isClear, isWhole, run, signalAfter, start } from './program.js';

/** Many small trials, and one long training with momentum. */
const grid = (seeds, epochs = 30) => [
  'ffnn',
  '--samples',
  '150',
  '--hidden',
  '8',
  '--epochs',
  `${epochs}`,
  '--seed',
  `1..${seeds}`,
];
const mnist = (epochs) => [
  'mnist',
  '--samples',
  '7000',
  '--test-size',
  '1000',
  '--epochs',
  `${epochs}`,
  '--momentum',
  '0.5',
];
const tiny = (trials) => [
  'ffnn',
  '--epochs',
  '1',
  '--samples',
  '12',
  '--batch-size',
  '4',
  '--hidden',
  '2',
  '--bootstrap',
  '2',
  '--seed',
  `1..${trials}`,
];
const into = (name, ...more) => ['--store', `store-${name}`, '--out', `out-${name}`, '--quiet', ...more];

/** The digest of an undisturbed run, and its time. */
async function undisturbed(folder, args) {
  const begun = performance.now();
  const { status, stderr } = await run(folder, [...args, ...into('good')]);
  if (status !== 0) throw new Error(`the undisturbed run ended with ${status}: ${stderr}`);
  return { digest: csvDigest(join(folder, 'out-good')), milliseconds: performance.now() - begun };
}

/**
 * Signals the program again and again at random times, then lets it finish. Nothing may be lost or incomplete, and the
 * bytes must be the same.
 */
async function interrupted(folder, args, signals, { count, random }) {
  const problems = [];
  const good = await undisturbed(folder, args);
  const store = join(folder, 'store-x');
  let known = [];
  let reached = 0;
  let i = 0;
  // A signal after the end does not count. More are sent instead, up to a limit.
  for (; reached < count && i < 4 * count; i++) {
    const signal = signals[i % signals.length];
    const outcome = await signalAfter(
      folder,
      [...args, ...into('x')],
      signal,
      random() * 0.9 * good.milliseconds,
    );
    if (outcome.signal === signal || outcome.status === 130 || outcome.status === 143) reached++;
    else if (outcome.status !== 0) problems.push(`signal ${i}: exit ${outcome.status}: ${outcome.stderr}`);
    if (signal === 'SIGINT' && ![130, 0, null].includes(outcome.status))
      problems.push(`exit ${outcome.status}`);
    const ids = new Set(idsIn(store));
    for (const id of known) if (!ids.has(id)) problems.push(`signal ${i}: trial ${id} was lost`);
    if (ids.has('damaged')) problems.push(`signal ${i}: a damaged line`);
    if (!isWhole(join(folder, 'out-x'))) problems.push(`signal ${i}: an incomplete file`);
    known = [...ids];
    if (outcome.status === 0) {
      if (csvDigest(join(folder, 'out-x')) !== good.digest) problems.push(`signal ${i}: different bytes`);
      known = [];
      for (const name of ['store-x', 'out-x']) rmSync(join(folder, name), { recursive: true, force: true });
    }
  }
  const last = await run(folder, [...args, ...into('x')]);
  if (last.status !== 0) problems.push(`the run after the signals ended with ${last.status}: ${last.stderr}`);
  else if (csvDigest(join(folder, 'out-x')) !== good.digest) problems.push('different bytes at the end');
  const check = await run(folder, ['store', 'check', '--store', 'store-x']);
  if (check.status !== 0) problems.push(`store check: ${check.stdout}`);
  if (reached < count) problems.push(`${i} signals reached a running process only ${reached} times`);
  return { tried: reached, problems, remark: `each reached a running process; ${i - reached} came too late` };
}

async function damage(folder, { count, random }) {
  const problems = [];
  const args = [...grid(12, 3), '--no-figures'];
  const good = await undisturbed(folder, args);
  const [journal] = readdirSync(join(folder, 'store-good')).filter((name) => name.endsWith('.jsonl'));
  const whole = readFileSync(join(folder, 'store-good', journal));
  const lines = whole.toString().split('\n').slice(0, -1);
  const at = (length) => Math.floor(random() * length);
  const kinds = {
    'a byte changed': () => {
      const bytes = Buffer.from(whole);
      bytes[at(bytes.length)] ^= 1 << at(8);
      return bytes;
    },
    'cut off': () => whole.subarray(0, at(whole.length)),
    'garbage in the middle': () => {
      const place = at(whole.length);
      const garbage = Buffer.from(Array.from({ length: 1 + at(200) }, () => at(256)));
      return Buffer.concat([whole.subarray(0, place), garbage, whole.subarray(place)]);
    },
    'lines twice': () => `${[...lines, lines[at(lines.length)], lines[at(lines.length)]].join('\n')}\n`,
    'zeros in the middle': () => {
      const bytes = Buffer.from(whole);
      const from = at(bytes.length);
      return bytes.fill(0, from, Math.min(bytes.length, from + 500));
    },
  };
  for (let i = 0; i < count; i++) {
    const [kind, make] = Object.entries(kinds)[i % Object.keys(kinds).length];
    const store = join(folder, 'store-x');
    rmSync(store, { recursive: true, force: true });
    mkdirSync(store);
    writeFileSync(join(store, 'journal-x.jsonl'), make());
    const outcome = await run(folder, [...args, ...into('x')]);
    if (outcome.status !== 0) problems.push(`${kind}: exit ${outcome.status}: ${outcome.stderr}`);
    else if (csvDigest(join(folder, 'out-x')) !== good.digest) problems.push(`${kind}: different bytes`);
    const repaired = await run(folder, ['store', 'repair', '--store', 'store-x']);
    const check = await run(folder, ['store', 'check', '--store', 'store-x']);
    if (repaired.status !== 0 || check.status !== 0)
      problems.push(
        `${kind}: repair ${repaired.status}, check ${check.status}: ${repaired.stderr}${check.stdout}`,
      );
  }
  return { tried: count, problems };
}

/** Several processes share one store, and some of them are killed. */
async function severalProcesses(folder, { trials, processes, kills, random }) {
  const problems = [];
  const args = tiny(trials);
  const good = await undisturbed(folder, args);
  const runs = Array.from({ length: processes }, (_, i) =>
    start(folder, [...args, '--store', 'store-x', '--out', `out-${i}`, '--quiet', '--jobs', '1']),
  );
  const timers = runs
    .slice(0, kills)
    .map(({ child }) => setTimeout(() => child.kill('SIGKILL'), random() * good.milliseconds));
  const outcomes = await Promise.all(runs.map(({ ended }) => ended));
  for (const timer of timers) clearTimeout(timer);
  outcomes.forEach(({ status, signal, stderr }, i) => {
    if (signal === 'SIGKILL') return;
    if (status !== 0) problems.push(`process ${i}: exit ${status}: ${stderr}`);
    else if (csvDigest(join(folder, `out-${i}`)) !== good.digest)
      problems.push(`process ${i}: different bytes`);
  });
  const ids = idsIn(join(folder, 'store-x'));
  if (new Set(ids).size !== trials) problems.push(`${new Set(ids).size} of ${trials} trials in the store`);
  if (ids.length > trials) problems.push(`${ids.length - trials} trials were computed twice`);
  return { tried: processes, problems, remark: `${kills} of ${processes} killed, ${trials} trials` };
}

/** Worker threads that throw, exit, run out of memory or hang, the first time only or every time. */
async function workers(folder, { kinds }) {
  const problems = [];
  const args = grid(4, 3);
  const good = await undisturbed(folder, args);
  for (const kind of kinds) {
    for (const attempts of [1, 9]) {
      const name = `${kind}-${attempts}`;
      const environment = { FYS_NN_FAULT: `${kind}:2:${attempts}`, NODE_OPTIONS: '--max-old-space-size=64' };
      const failing = await run(folder, [...args, ...into(name, '--timeout', '5')], { environment });
      if (failing.status !== (attempts === 1 ? 0 : 1)) problems.push(`${name}: exit ${failing.status}`);
      if (attempts > 1) {
        if (existsSync(join(folder, `out-${name}`))) problems.push(`${name}: results of an incomplete run`);
        if (!isClear(failing)) problems.push(`${name}: ${failing.stderr}`);
        if (idsIn(join(folder, `store-${name}`)).length !== 3)
          problems.push(`${name}: the other trials were not run`);
        const again = await run(folder, [...args, ...into(name)]);
        if (again.status !== 0) problems.push(`${name}: the next run ended with ${again.status}`);
      }
      if (csvDigest(join(folder, `out-${name}`)) !== good.digest) problems.push(`${name}: different bytes`);
    }
  }
  return { tried: 2 * kinds.length, problems };
}

/** Disks that fill up, reach a limit, or disappear while trials are computed. */
async function disk(folder, { random, rounds }) {
  const problems = [];
  let tried = 0;
  const args = grid(8, 10);
  const good = await undisturbed(folder, args);
  const expectFailure = async (name, outcome) => {
    tried++;
    if (outcome.status === 0) return;
    if (outcome.status !== 1) problems.push(`${name}: exit ${outcome.status}: ${outcome.stderr}`);
    if (!isClear(outcome)) problems.push(`${name}: unclear: ${outcome.stderr}`);
  };
  const expectRecovery = async (name, store) => {
    const again = await run(folder, [...args, '--store', store, '--out', 'out-again', '--quiet']);
    if (again.status !== 0)
      problems.push(`${name}: the next run ended with ${again.status}: ${again.stderr}`);
    else if (csvDigest(join(folder, 'out-again')) !== good.digest) problems.push(`${name}: different bytes`);
    rmSync(join(folder, 'out-again'), { recursive: true, force: true });
  };
  for (let i = 0; i < rounds; i++) {
    const blocks = 1 + Math.floor(random() * 20);
    const limited = await run(folder, [...args, ...into(`limit-${i}`)], { shell: `ulimit -f ${blocks}` });
    await expectFailure(`ulimit -f ${blocks}`, limited);
    await expectRecovery(`ulimit -f ${blocks}`, `store-limit-${i}`);

    const vanishing = start(folder, [...args, ...into(`gone-${i}`)]);
    const timer = setTimeout(
      () => rmSync(join(folder, `store-gone-${i}`), { recursive: true, force: true }),
      random() * good.milliseconds,
    );
    await expectFailure('a store that vanishes', await vanishing.ended);
    clearTimeout(timer);
    await expectRecovery('a store that vanishes', `store-gone-${i}`);
  }
  const mounted = join(folder, 'mounted');
  mkdirSync(mounted);
  const mount = (...options) => execFileSync('mount', [...options, mounted], { stdio: 'ignore' });
  try {
    mount('-t', 'tmpfs', '-o', 'size=64k', 'tmpfs');
  } catch {
    return { tried, problems, remark: 'without a tmpfs: mounting is not permitted here' };
  }
  try {
    for (let i = 0; i < rounds; i++) {
      rmSync(join(mounted, 'store'), { recursive: true, force: true });
      const ballast = 40 - 4 * Math.floor(random() * 10);
      writeFileSync(join(mounted, 'ballast'), Buffer.alloc(1024 * ballast));
      const full = await run(folder, [...args, '--store', 'mounted/store', '--out', `full-${i}`, '--quiet']);
      await expectFailure('a full disk', full);
      const results = await run(folder, [
        ...args,
        '--store',
        'store-good',
        '--out',
        'mounted/out',
        '--quiet',
      ]);
      await expectFailure('a full disk for results', results);
      if (!isWhole(join(mounted, 'out'))) problems.push('a full disk: an incomplete file');
      rmSync(join(mounted, 'out'), { recursive: true, force: true });
      rmSync(join(mounted, 'ballast'));
      mount('-o', 'remount,size=8m');
      await expectRecovery('a full disk', 'mounted/store');
      mount('-o', 'remount,ro,size=8m');
      const readOnly = await run(folder, [
        ...args,
        '--seed',
        '99',
        '--store',
        'mounted/store',
        '--out',
        'out-ro',
      ]);
      tried++;
      if (readOnly.status !== 2 || !isClear(readOnly)) problems.push(`read-only: ${readOnly.stderr}`);
      mount('-o', 'remount,rw,size=64k');
    }
  } finally {
    execFileSync('umount', [mounted]);
  }
  return { tried, problems, remark: 'with a tmpfs' };
}

/** Every campaign at three sizes. */
export function campaignsOf(size, random) {
  const pick = (smoke, quick, full) => ({ smoke, quick, full })[size];
  const campaign = (name, action, settings) => ({
    name,
    run: () => inTemporaryFolder((folder) => action(folder, { random, ...settings })),
  });
  const kill = (args) => (folder, settings) => interrupted(folder, args, ['SIGKILL'], settings);
  const stop = (args) => (folder, settings) => interrupted(folder, args, ['SIGINT', 'SIGTERM'], settings);
  return [
    campaign('SIGKILL, small trials', kill([...grid(pick(20, 60, 200)), ...pick(['--no-figures'], [], [])]), {
      count: pick(2, 20, 140),
    }),
    campaign('SIGKILL, one long training', kill(mnist(pick(20, 40, 80))), { count: pick(2, 8, 60) }),
    campaign('SIGINT and SIGTERM, small trials', stop(grid(pick(20, 40, 100))), { count: pick(2, 6, 20) }),
    campaign('SIGINT and SIGTERM, one long training', stop(mnist(pick(20, 40, 80))), {
      count: pick(2, 6, 20),
    }),
    campaign('damaged journals', damage, { count: pick(2, 20, 60) }),
    campaign('two processes', severalProcesses, { trials: pick(30, 200, 2000), processes: 2, kills: 0 }),
    campaign('eight processes', severalProcesses, {
      trials: pick(30, 200, 10_000),
      processes: pick(3, 8, 8),
      kills: 0,
    }),
    campaign('eight processes, some killed', severalProcesses, {
      trials: pick(30, 200, 2000),
      processes: pick(3, 8, 8),
      kills: pick(1, 4, 4),
    }),
    campaign('workers', workers, {
      kinds: pick(['throw'], ['throw', 'exit'], ['throw', 'exit', 'memory', 'hang']),
    }),
    campaign('disk', disk, { rounds: pick(1, 2, 8) }),
    campaign('two machines, one shared folder', farHosts, {
      args: grid(pick(12, 40, 80)),
      part: grid(4),
      count: pick(1, 4, 20),
      machines: 2,
    }),
    campaign('eight machines, one shared folder', farHosts, {
      args: grid(pick(12, 40, 80)),
      part: grid(4),
      count: pick(1, 1, 4),
      machines: pick(3, 8, 8),
    }),
    campaign('a disk whose calls fail', failingDisk, {
      args: grid(6, 3),
      part: grid(3, 3),
      count: pick(4, 20, 40),
    }),
  ];
}
