import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openLease } from './leases.ts';

let store: string;
beforeEach(async () => {
  store = await mkdtemp(join(tmpdir(), 'fys-nn-leases-'));
});
afterEach(() => rm(store, { recursive: true, force: true }));

/** Ten trials; whoever claims takes the first two that nobody holds. */
const trials = Array.from('abcdefghij');
async function claimTwo(lease: Awaited<ReturnType<typeof openLease>>): Promise<readonly string[]> {
  let mine: readonly string[] = [];
  await lease.claim(async (held) => {
    mine = trials.filter((id) => !held.has(id)).slice(0, 2);
    return mine;
  });
  return mine;
}

/** The lease of a process of this machine that is gone, made from that of a living one. */
async function writeDeadLease(ids: readonly string[]): Promise<void> {
  const [name] = await readdir(join(store, 'leases'));
  const living = JSON.parse(await readFile(join(store, 'leases', name), 'utf8'));
  const { pid } = spawnSync(process.execPath, ['--version']);
  await writeFile(
    join(store, 'leases', 'dead.json'),
    JSON.stringify({ ...living, name: 'dead.json', pid, ids }),
  );
}

test('no two leases hold one trial, whoever asks at once', async () => {
  const leases = await Promise.all(Array.from({ length: 5 }, () => openLease(store)));
  const claims = await Promise.all(leases.map(claimTwo));
  expect(claims.flat().sort()).toEqual(trials);
  await Promise.all(leases.map((lease) => lease.end()));
  expect(await readdir(join(store, 'leases'))).toEqual([]);
});

test('a claim takes the place of the one before, and the end gives all back', async () => {
  const [one, other] = [await openLease(store), await openLease(store)];
  expect(await claimTwo(one)).toEqual(['a', 'b']);
  expect(await claimTwo(other)).toEqual(['c', 'd']);
  expect(await claimTwo(one)).toEqual(['a', 'b']);
  await one.end();
  expect(await claimTwo(other)).toEqual(['a', 'b']);
  await other.end();
});

test('trials of a process that is gone are taken over at once', async () => {
  const lease = await openLease(store);
  await writeDeadLease(['a', 'b', 'c']);
  expect(await claimTwo(lease)).toEqual(['a', 'b']);
  await lease.end();
  expect(await readdir(join(store, 'leases'))).toEqual([]);
});

test('trials of another machine are taken over when it has shown no sign of life for the limit', async () => {
  const lease = await openLease(store);
  const file = join(store, 'leases', 'far.json');
  await writeFile(file, JSON.stringify({ pid: 1, host: 'far away', ids: ['a', 'b', 'c'] }));
  expect(await claimTwo(lease)).toEqual(['d', 'e']);
  await utimes(file, new Date(), new Date(Date.now() - 31_000));
  expect(await claimTwo(lease)).toEqual(['a', 'b']);
  // Nor does a wrong clock keep them for long.
  await writeFile(file, JSON.stringify({ pid: 1, host: 'far away', ids: ['a', 'b', 'c'] }));
  await utimes(file, new Date(), new Date('2100-01-01'));
  expect(await claimTwo(lease)).toEqual(['a', 'b']);
  await lease.end();
});

test('a lease shows signs of life', async () => {
  const lease = await openLease(store, { heartbeat: 20, limit: 30_000 });
  await claimTwo(lease);
  const [name] = await readdir(join(store, 'leases'));
  const file = join(store, 'leases', name);
  await utimes(file, new Date(0), new Date(0));
  const other = await openLease(store);
  let mine: readonly string[] = [];
  for (let i = 0; i < 500 && mine[0] !== 'c'; i++) {
    await sleep(10);
    mine = await claimTwo(other);
  }
  expect(mine).toEqual(['c', 'd']);
  await Promise.all([lease.end(), other.end()]);
});

test('the lock of a process that is gone holds nobody up', async () => {
  const lease = await openLease(store);
  await writeDeadLease([]);
  await copyFile(join(store, 'leases', 'dead.json'), join(store, 'lock'));
  expect(await claimTwo(lease)).toEqual(['a', 'b']);
  await lease.end();
  expect(await readdir(store)).toEqual(['leases']);
});

test('who loses the lock while choosing chooses again, from what others claimed meanwhile', async () => {
  const [one, other] = [await openLease(store), await openLease(store)];
  const choices: string[][] = [];
  await one.claim(async (held) => {
    choices.push(trials.filter((id) => !held.has(id)).slice(0, 2));
    if (choices.length === 1) {
      await rm(join(store, 'lock'));
      expect(await claimTwo(other)).toEqual(['a', 'b']);
    }
    return choices.at(-1)!;
  });
  expect(choices).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ]);
  await Promise.all([one.end(), other.end()]);
  expect(await readdir(store)).toEqual(['leases']);
});

test("a lock is its holder's for as long as that one shows signs of life", async () => {
  const [one, other] = [await openLease(store, { heartbeat: 20, limit: 30_000 }), await openLease(store)];
  const [lock, order] = [join(store, 'lock'), [] as string[]];
  let waiting: Promise<void> | undefined;
  await one.claim(async () => {
    const { ino } = await stat(lock);
    const leases = async () =>
      Promise.all((await readdir(join(store, 'leases'))).map((name) => stat(join(store, 'leases', name))));
    // Until the lease has been renewed, and the lock is a file of its own.
    while ((await leases()).some((lease) => lease.ino === ino)) await sleep(10);
    await utimes(lock, new Date(0), new Date(0));
    waiting = other.claim(async () => {
      order.push('other');
      return [];
    });
    await sleep(200);
    order.push('one');
    return [];
  });
  await waiting;
  expect(order).toEqual(['one', 'other']);
  await Promise.all([one.end(), other.end()]);
});

test('a damaged lock is removed when its time is up', async () => {
  const lease = await openLease(store);
  await writeFile(join(store, 'lock'), '{"name":"../lock","pid":1,"host":"x","ids":[]}');
  await utimes(join(store, 'lock'), new Date(0), new Date(0));
  expect(await claimTwo(lease)).toEqual(['a', 'b']);
  await lease.end();
});

test('a damaged lease holds nothing; a store that vanishes is a clear error', async () => {
  const lease = await openLease(store);
  await writeFile(join(store, 'leases', 'x.json'), '{"pid":1,"ids":{"__proto__":1}');
  expect(await claimTwo(lease)).toEqual(['a', 'b']);
  await rm(store, { recursive: true });
  await expect(claimTwo(lease)).rejects.toThrow(/trial store .* cannot be used: there is no such/);
  await mkdir(store);
  await lease.end();
});
