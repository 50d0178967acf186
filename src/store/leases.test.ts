import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { systemTimer, type Timer } from '../files/timer.ts';
import { type Lease, openLease } from './leases.ts';

let store: string;
beforeEach(async () => {
  store = await mkdtemp(join(tmpdir(), 'fys-nn-leases-'));
});
afterEach(() => rm(store, { recursive: true, force: true }));

/** Ten trials; whoever claims takes the first two that nobody holds. */
const trials = Array.from('abcdefghij');
async function claimTwo(lease: Lease): Promise<readonly string[]> {
  let mine: readonly string[] = [];
  await lease.claim(async (held) => {
    mine = trials.filter((id) => !held.has(id)).slice(0, 2);
    return mine;
  });
  return mine;
}

/** The lease of a process of this machine that is gone, made from that of a living one. */
async function writeDeadLease(ids: readonly string[]): Promise<void> {
  const [name] = await leaseNames();
  const living = JSON.parse(await readFile(join(store, 'leases', name), 'utf8'));
  const { pid } = spawnSync(process.execPath, ['--version']);
  await writeFile(join(store, 'leases', dead), JSON.stringify({ ...living, name: dead, pid, ids }));
}
const dead = `${randomUUID()}.json`;

/** A timer whose beats the test gives, and whose pauses it hears of. */
function timerOfTest(onPause: () => void = () => {}) {
  const beats: (() => Promise<void>)[] = [];
  const timer: Timer = {
    every: (_milliseconds, beat) => {
      beats.push(beat);
      return () => {};
    },
    pause: async (milliseconds) => {
      onPause();
      await systemTimer.pause(milliseconds);
    },
  };
  return { timer, beat: () => beats[0]() };
}

const lock = () => join(store, 'leases', 'lock');

/** What is in the folder of leases but the lock. */
const leaseNames = async () => (await readdir(join(store, 'leases'))).filter((name) => name !== 'lock');

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
  const name = `${randomUUID()}.json`;
  const file = join(store, 'leases', name);
  const far = JSON.stringify({ name, pid: 1, host: 'far away', ids: ['a', 'b', 'c'] });
  await writeFile(file, far);
  expect(await claimTwo(lease)).toEqual(['d', 'e']);
  await utimes(file, new Date(), new Date(Date.now() - 31_000));
  expect(await claimTwo(lease)).toEqual(['a', 'b']);
  // Nor does a wrong clock keep them for long.
  await writeFile(file, far);
  await utimes(file, new Date(), new Date('2100-01-01'));
  expect(await claimTwo(lease)).toEqual(['a', 'b']);
  await lease.end();
});

test('a lease shows signs of life', async () => {
  const { timer, beat } = timerOfTest();
  const lease = await openLease(store, timer);
  await claimTwo(lease);
  const [name] = await leaseNames();
  await utimes(join(store, 'leases', name), new Date(0), new Date(0));
  await beat();
  const other = await openLease(store);
  expect(await claimTwo(other)).toEqual(['c', 'd']);
  await Promise.all([lease.end(), other.end()]);
});

test('a lease without signs of life is taken for that of a dead process', async () => {
  const lease = await openLease(store, timerOfTest().timer);
  await claimTwo(lease);
  const [name] = await leaseNames();
  await utimes(join(store, 'leases', name), new Date(0), new Date(0));
  const other = await openLease(store);
  expect(await claimTwo(other)).toEqual(['a', 'b']);
  await Promise.all([lease.end(), other.end()]);
});

test('the lock of a process that is gone holds nobody up', async () => {
  const lease = await openLease(store);
  await writeDeadLease([]);
  await copyFile(join(store, 'leases', dead), lock());
  expect(await claimTwo(lease)).toEqual(['a', 'b']);
  await lease.end();
  expect(await readdir(join(store, 'leases'))).toEqual([]);
});

test('who loses the lock while choosing chooses again, from what others claimed meanwhile', async () => {
  const [one, other] = [await openLease(store), await openLease(store)];
  const choices: string[][] = [];
  await one.claim(async (held) => {
    choices.push(trials.filter((id) => !held.has(id)).slice(0, 2));
    if (choices.length === 1) {
      await rm(lock());
      expect(await claimTwo(other)).toEqual(['a', 'b']);
    }
    return choices.at(-1)!;
  });
  expect(choices).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ]);
  await Promise.all([one.end(), other.end()]);
  expect(await readdir(join(store, 'leases'))).toEqual([]);
});

test("a lock is its holder's for as long as that one shows signs of life", async () => {
  let waited = () => {};
  const looked = new Promise<void>((resolve) => {
    let pauses = 0;
    waited = () => void (++pauses === 3 && resolve());
  });
  const { timer, beat } = timerOfTest();
  const [one, other] = [await openLease(store, timer), await openLease(store, timerOfTest(waited).timer)];
  const order: string[] = [];
  let waiting: Promise<void> | undefined;
  await one.claim(async () => {
    // The lease is then a file of its own, and the lock no second name of it.
    await beat();
    await utimes(lock(), new Date(0), new Date(0));
    waiting = other.claim(async () => {
      order.push('other');
      return [];
    });
    await looked;
    order.push('one');
    return [];
  });
  await waiting;
  expect(order).toEqual(['one', 'other']);
  await Promise.all([one.end(), other.end()]);
});

test('a damaged lock is removed when its time is up', async () => {
  const lease = await openLease(store);
  for (const damaged of [
    '',
    '\0\0\0\0',
    `{"name":"${dead}","pid":1,"ho`,
    `{"name":"${dead}","name":"../x.json"}`,
  ]) {
    await writeFile(lock(), damaged);
    await utimes(lock(), new Date(0), new Date(0));
    expect(await claimTwo(lease)).toEqual(['a', 'b']);
  }
  await lease.end();
});

test.each(['{"name":"my-project","pid":1,"host":"x","ids":[]}', 'locked', '{'.repeat(2 ** 21)])(
  'a file in the place of the lock that is none is kept: a clear error (%#)',
  async (text) => {
    const lease = await openLease(store);
    await writeFile(lock(), text);
    await utimes(lock(), new Date(0), new Date(0));
    await expect(claimTwo(lease)).rejects.toThrow(/lock" is in the way/);
    expect(await readFile(lock(), 'utf8')).toBe(text);
    await lease.end();
  },
);

test('a folder in the place of the lock is kept, and one in the place of a lease is no lease', async () => {
  const lease = await openLease(store);
  await mkdir(join(store, 'leases', `${randomUUID()}.json`));
  expect(await claimTwo(lease)).toEqual(['a', 'b']);
  await mkdir(lock());
  await utimes(lock(), new Date(0), new Date(0));
  await expect(claimTwo(lease)).rejects.toThrow(/lock" is in the way/);
  await lease.end();
});

test("files that are no leases by name and by content hold nothing, count as nobody's and stay", async () => {
  const lease = await openLease(store);
  const [name] = await leaseNames();
  const living = await readFile(join(store, 'leases', name), 'utf8');
  const files: [string, string][] = [
    ['settings.json', '{"pid":1,"host":"x","ids":["a"]}'],
    ['copy.json', living],
    [`${randomUUID()}.json`, living],
    [`${randomUUID()}.json`, '{"pid":1,"ids":{"__proto__":1}'],
    [`${randomUUID()}.json.bak`, living],
  ];
  for (const [file, text] of files) {
    await writeFile(join(store, 'leases', file), text);
    await utimes(join(store, 'leases', file), new Date(0), new Date(0));
  }
  let count: number | undefined;
  await lease.claim(async (held, others) => {
    expect([...held]).toEqual([]);
    count = others;
    return [];
  });
  expect(count).toBe(0);
  for (const [file, text] of files) expect(await readFile(join(store, 'leases', file), 'utf8')).toBe(text);
  await lease.end();
});

test('a damaged lease holds nothing, and goes when its time is up', async () => {
  const lease = await openLease(store);
  await writeFile(join(store, 'leases', dead), `{"name":"${dead}","pid":1,"ids":{"__proto__":1}`);
  expect(await claimTwo(lease)).toEqual(['a', 'b']);
  expect(await leaseNames()).toContain(dead);
  await utimes(join(store, 'leases', dead), new Date(0), new Date(0));
  expect(await claimTwo(lease)).toEqual(['a', 'b']);
  expect(await leaseNames()).not.toContain(dead);
  await lease.end();
});

test('a store that vanishes is a clear error', async () => {
  const lease = await openLease(store);
  await rm(store, { recursive: true });
  await expect(claimTwo(lease)).rejects.toThrow(/trial store .* cannot be used: there is no such/);
  await mkdir(store);
  await lease.end();
});
