// Several machines compute one plan in one folder of a network. Each sees late what the others do, has another time, and may be
// suspended for longer than its lease, or killed. Meanwhile, another machine tidies up, repairs and merges.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { csvDigest, idsIn, isClear, run, start } from './program.js';

const preload = new URL('far-host.js', import.meta.url).href;
/** Time passes this much faster, so that a lease of 30 s is lost after 3 s. */
const speed = 10;
const hour = 3_600_000;

/** The environment of a simulated machine; see far-host.js. */
export const onHost = (settings) => ({
  NODE_OPTIONS: `--import=${preload}`,
  FYS_NN_HOST: JSON.stringify({ speed, ...settings }),
});

/** The trials of which a run has said that their records are on disk. */
const acknowledged = (stderr) =>
  stderr
    .split('\n')
    .filter((line) => /"event":"(done|diverged)"/.test(line))
    .map((line) => JSON.parse(line))
    .filter(({ found }) => !found)
    .map(({ id }) => id.slice(1));

/** Runs `args` on several machines, `count` times with other delays and disturbances. `part` is a smaller plan of the same. */
export async function farHosts(folder, { args, part, count, machines, random }) {
  const pick = (values) => values[Math.floor(random() * values.length)];
  const problems = [];
  let tried = 0;
  let duplicates = 0;
  let failures = 0;
  const reasons = new Set();
  await run(folder, [...args, '--store', 'store-good', '--out', 'out-good', '--quiet']);
  await run(folder, [...part, '--store', 'store-part', '--out', 'out-part', '--quiet']);
  const good = csvDigest(join(folder, 'out-good'));
  const trials = idsIn(join(folder, 'store-good')).length;
  for (let round = 0; round < count; round++) {
    const notes = join(folder, 'notes');
    const shared = join(folder, 'shared');
    for (const path of [notes, shared]) {
      rmSync(path, { recursive: true, force: true });
      mkdirSync(path);
    }
    const delay = pick([0, 500, 2000]);
    const disk = {
      folder: shared,
      notes,
      delay,
      asks: pick(['open', 'never']),
      stamps: pick(['server', 'client']),
    };
    const hostOf = (index) => ({
      ...disk,
      name: `host-${index}`,
      clock: [0, hour, -hour][index % 3],
      latency: pick([0, 5]),
      staleEvery: pick([7, 1e9]),
      repeats: pick([3, 20, 1e9]),
    });
    /** The disk fails in the middle of an append, or the machine does; not every time, or the command never ends. */
    const appendOf = (attempt) =>
      attempt < 3 && random() < 0.5
        ? { at: 1 + Math.floor(8 * random()), code: pick(['kill', 'ENOSPC', 'EDQUOT']) }
        : undefined;
    const describe = JSON.stringify({ delay, asks: disk.asks, stamps: disk.stamps });
    const say = (text) => problems.push(`round ${round} ${describe}: ${text}`);
    const done = new Set();
    const running = new Map();
    /** Computes the plan on a machine. After a kill, or an error that costs only time, the command is repeated. */
    const compute = async (index) => {
      const host = hostOf(index);
      const out = join(folder, `out-${index}`);
      rmSync(out, { recursive: true, force: true });
      for (let attempt = 0; attempt < 12; attempt++) {
        const one = start(
          folder,
          [
            ...args,
            '--store',
            'shared/store',
            '--out',
            `out-${index}`,
            '--no-figures',
            '--progress',
            'ndjson',
            '--jobs',
            '2',
          ],
          { environment: onHost({ ...host, append: appendOf(attempt) }) },
        );
        running.set(index, one.child);
        const outcome = await one.ended;
        running.delete(index);
        for (const id of acknowledged(outcome.stderr)) done.add(id);
        if (outcome.status === 0) {
          if (csvDigest(out) !== good) say(`${host.name}: different bytes`);
          return;
        }
        if (outcome.signal === 'SIGKILL') continue;
        failures++;
        const error =
          /"event":"error".*"what":"([^"]*)/.exec(outcome.stderr)?.[1] ??
          /"text":"error: trial \w+ failed: (.*?)\\n/.exec(outcome.stderr)?.[1];
        if (outcome.status !== 1 || error === undefined)
          say(`${host.name}: exit ${outcome.status}: ${outcome.stderr}`);
        else reasons.add(error);
      }
      say(`${host.name} has not finished`);
    };
    const disturbances = {
      suspend: async () => {
        const [child] = [...running.values()].sort(() => random() - 0.5);
        if (child === undefined) return;
        child.kill('SIGSTOP');
        await pause(4000 + 2000 * random());
        child.kill('SIGCONT');
      },
      kill: async () => [...running.values()].sort(() => random() - 0.5)[0]?.kill('SIGKILL'),
      tidy: () => care('gc'),
      repair: () => care('repair'),
      merge: () => care('merge', 'store-part'),
    };
    const care = async (command, ...more) => {
      const environment = onHost({ ...hostOf(machines), name: 'host-of-care' });
      const outcome = await run(folder, ['store', command, ...more, '--store', 'shared/store'], {
        environment,
      });
      if (outcome.status !== 0 && !isClear(outcome))
        say(`store ${command}: ${outcome.status}: ${outcome.stderr}`);
    };
    let over = false;
    const disturb = async () => {
      const order = Object.keys(disturbances).sort(() => random() - 0.5);
      for (let i = 0; !over; i++) {
        await pause(300 + 700 * random());
        if (running.size === 0) continue;
        await disturbances[order[i % order.length]]();
        tried++;
      }
    };
    const disturbing = disturb();
    await Promise.all(Array.from({ length: machines }, (_, index) => compute(index)));
    over = true;
    await disturbing;
    const ids = idsIn(join(shared, 'store'));
    const stored = new Set(ids);
    for (const id of done) if (!stored.has(id)) say(`trial ${id} was lost after it was said to be on disk`);
    if (stored.size !== trials) say(`${stored.size} of ${trials} trials in the store`);
    duplicates += ids.length - stored.size;
    const check = await run(folder, ['store', 'check', '--store', 'shared/store']);
    if (check.status !== 0) say(`store check: ${check.stdout}${check.stderr}`);
  }
  const cost = `${count} rounds of ${trials} trials on ${machines} machines; ${duplicates} records twice, ${failures} commands repeated${failures > 0 ? `: ${[...reasons].join('; ')}` : ''}`;
  return { tried, problems, remark: cost };
}
