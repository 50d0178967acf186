// What trials cost in file-system calls: of short, medium and long ones.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requestsOf, traceCalls } from './trace-calls.js';

const program = fileURLToPath(new URL('../../bin/fys-nn.js', import.meta.url));

/** Trials of these lengths, and how many are run: the difference is what more trials cost. */
const kinds = [
  { name: 'tiny', settings: ['--samples', '20', '--epochs', '1', '--hidden', '2'], counts: [100, 500] },
  { name: 'short', settings: ['--samples', '1000', '--epochs', '300'], counts: [8, 24] },
  { name: 'long', settings: ['--samples', '1000', '--epochs', '10000'], counts: [1, 2] },
];

/** Per kind of trial: its seconds, its calls by part of the store, and what the process needs besides; null without strace. */
export async function measureOperations(quick) {
  const results = [];
  for (const { name, settings, counts } of kinds) {
    const used = quick && counts[0] > 4 ? counts.map((count) => Math.ceil(count / 4)) : counts;
    const runs = [];
    for (const count of used) {
      const run = await tracedRun(['--seed', `1..${count}`, ...settings]);
      if (run === null) return null;
      runs.push(run);
    }
    const more = used[1] - used[0] || 1;
    results.push({
      name,
      trials: used[1],
      secondsOfTrial: runs[1].seconds / used[1],
      perTrial: difference(runs[1].calls, runs[0].calls, more),
      calls: runs[1].calls,
    });
  }
  return results;
}

async function tracedRun(args) {
  const folder = mkdtempSync(join(tmpdir(), 'fys-nn-scale-'));
  const store = join(folder, 'trials');
  const calls = await traceCalls(
    [program, 'ffnn', ...args, '--jobs', '1', '--quiet', '--store', store, '--shard', '1/1'],
    store,
  );
  const seconds = calls === null ? 0 : secondsIn(store);
  rmSync(folder, { recursive: true });
  return calls === null ? null : { calls, seconds };
}

/** The seconds of all records of a store. */
export function secondsIn(store) {
  const journals = readdirSync(store).filter((name) => name.endsWith('.jsonl'));
  const text = journals.map((name) => readFileSync(join(store, name), 'utf8')).join('');
  return [...text.matchAll(/"seconds":([0-9.eE+-]+)/g)].reduce(
    (sum, [, seconds]) => sum + Number(seconds),
    0,
  );
}

/** (more - less) / count of each part: requests to a metadata server, syncs, writes and bytes. */
function difference(more, less, count) {
  const parts = Object.keys(more).filter((part) => part !== 'program');
  return Object.fromEntries(
    parts.map((part) => {
      const change = (of) => (of(more[part] ?? {}) - of(less[part] ?? {})) / count;
      return [
        part,
        {
          requests: change(requestsOf),
          syncs: change(({ sync = 0 }) => sync),
          bytes: change(({ bytes = 0 }) => bytes),
        },
      ];
    }),
  );
}
