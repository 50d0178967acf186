import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { preloading, startNode } from '../program.testing.ts';
import { built } from './far-hosts.testing.ts';
import { reportOn } from './report.ts';
import { readStore } from './store.ts';
import { surveyStore } from './survey.ts';

// A process that is killed in each call that changes a store: what it leaves does no harm, `store check` counts it, and the same
// again and `store gc` remove it. A script that uses the build does what a run does, and then tidies up.

let folder: string;
let script: string;
let expected: string[];
let runs = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-killed-'));
  script = join(folder, 'script.mjs');
  await writeFile(script, text);
  const { ended } = await inStore('undisturbed');
  expect(ended).toMatchObject({ status: 0, stderr: '' });
  expected = await filesOf('undisturbed');
  expect(expected).toEqual([
    'finals/pack-ID.jsonl',
    'finals/pack-ID.states',
    'journal-ID.jsonl',
    ...['0', '1'].map(() => 'weights/HASH.bin'),
  ]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const text = `
import { writeAttachment } from '${built('store/attachments.js')}';
import { openCheckpoints } from '${built('store/checkpoints.js')}';
import { collectGarbage } from '${built('store/collect-garbage.js')}';
import { noteFailure } from '${built('store/failures.js')}';
import { openFinalWriter } from '${built('store/final-packs.js')}';
import { openLease } from '${built('store/leases.js')}';
import { openJournal } from '${built('store/store.js')}';
import { createTrial, numerics } from '${built('trial/trial.js')}';
const store = process.argv[2];
const trials = ['a', 'b'].map((name) =>
  createTrial({ name, numerics, data: { dataset: 'franke' }, split: {}, model: { solver: 'sgd', epochs: 2 } }));
const curve = { loss: [1], second: [] };
const state = {
  epoch: 1, train: curve, test: curve, state: [], best: null,
  weights: [{ kernel: new Float64Array(9), bias: new Float64Array(3) }],
};
const lease = await openLease(store);
for (const { id, config } of trials) {
  await lease.claim(async () => [id]);
  const finals = openFinalWriter(store);
  const journal = await openJournal(store);
  await noteFailure(store, { id, at: '2025-01-01', attempts: 1, reason: 'a test' });
  const checkpoints = await openCheckpoints(store, { id, config }, { finals, stopRequested: () => false, every: 0 });
  await checkpoints.keep(state);
  await checkpoints.final.keep(state);
  await writeAttachment(store, { id }, 'weights', Buffer.from('numbers'));
  const rest = { status: 'done', divergedAt: null, metrics: {}, curves: {}, bootstrap: null, seconds: 1, at: '2025-01-01' };
  await journal.append({ id, config, ...rest });
  process.stdout.write(id + '\\n');
  await checkpoints.settle();
  await finals.close();
  await journal.close();
}
await lease.end();
await collectGarbage(store, { keepFinals: true });
`;

const simulation = `import '${pathToFileURL(resolve('bench/torture/disk-fault.js')).href}';`;

async function inStore(store: string, fault: object | null = null) {
  const env =
    fault === null ? process.env : { ...preloading(simulation), FYS_NN_DISK_FAULT: JSON.stringify(fault) };
  const { ended } = startNode([script, join(folder, store)], { cwd: folder, env });
  return { ended: await ended };
}

/** The names of the files in a store, without what is random. */
async function filesOf(store: string): Promise<string[]> {
  const entries = await readdir(join(folder, store), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, store).length + 1))
    .map((name) =>
      name.replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'ID').replaceAll(/[0-9a-f]{64}/g, 'HASH'),
    )
    .sort();
}

test.each([
  ['write', 'journal-', 2],
  ['sync', 'journal-', 1],
  ['write', 'checkpoints/', 1],
  ['rm', 'checkpoints/', 1],
  ['write', '.states', 2],
  ['open', '.jsonl', 1],
  ['write', 'finals/', 2],
  ['write', 'weights/', 1],
  ['rename', 'weights/', 2],
  ['write', 'leases/', 1],
  ['rename', 'leases/', 3],
  ['link', 'leases/', 2],
  ['write', 'failures', 1],
  // Those of gc.
  ['write', 'journal-', 3],
  ['rename', 'journal-', 1],
  ['rename', 'journal-', 2],
  ['rename', 'finals/', 1],
  ['rename', 'finals/', 2],
  ['rm', 'finals/', 1],
  ['rm', 'finals/', 4],
  ['rm', 'journal-', 1],
])('killed in %s of %s (call %d)', async (operation, path, from) => {
  const store = String(++runs);
  const { ended } = await inStore(store, { operation, path, from, code: 'kill' });
  expect(ended).toMatchObject({ signal: 'SIGKILL', stderr: '' });
  const acknowledged = ended.stdout.split('\n').filter((line) => line !== '');
  const { records, damaged } = await readStore(join(folder, store));
  expect(damaged).toEqual([]);
  for (const id of acknowledged) expect(records.has(id)).toBe(true);
  const before = (await filesOf(store)).filter((name) => name.startsWith('journal-'));
  if (before.length > 0) {
    const report = await reportOn(join(folder, store), await surveyStore(join(folder, store)));
    expect(report).toMatchObject({ sound: true, damagedFinals: [] });
    const temporary = (await filesOf(store)).filter((name) => name.endsWith('.tmp'));
    expect(report.leftovers).toBeGreaterThanOrEqual(temporary.length);
  }
  expect((await inStore(store)).ended).toMatchObject({ status: 0, stderr: '' });
  // The torn end of a line is set aside.
  const after = (await filesOf(store)).filter((name) => !name.startsWith('damaged-'));
  expect(after).toEqual(expected);
  expect((await readStore(join(folder, store))).records.size).toBe(2);
});
