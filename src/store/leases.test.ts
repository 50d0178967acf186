import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
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

/** A timer whose time and beats the test gives, and whose pauses it hears of. */
function timerOfTest(onPause: () => void = () => {}) {
  const beats: (() => Promise<void>)[] = [];
  let time = 0;
  const timer: Timer = {
    now: () => time,
    every: (_milliseconds, beat) => {
      beats.push(beat);
      return () => {};
    },
    pause: async (milliseconds) => {
      onPause();
      await systemTimer.pause(Math.min(milliseconds, 20));
    },
  };
  const pass = (seconds: number): void => {
    time += 1000 * seconds;
  };
  return { timer, beat: () => beats[0](), pass };
}

/** A timer for which each pause takes nine seconds. */
function fastTimer(): Timer {
  const { timer, pass } = timerOfTest(() => pass(9));
  return timer;
}

/** Claims again and again while 36 seconds pass. */
async function claimForLong(lease: Lease, pass: (seconds: number) => void): Promise<readonly string[]> {
  for (let i = 0; i < 4; i++) {
    await claimTwo(lease);
    pass(9);
  }
  return claimTwo(lease);
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

/** Writes the lease of a process on another machine, whose clock may be wrong. */
async function writeFarLease(name: string, time = new Date()): Promise<void> {
  const file = join(store, 'leases', name);
  await writeFile(file, JSON.stringify({ name, pid: process.pid, host: 'far away', ids: ['a', 'b', 'c'] }));
  await utimes(file, time, time);
}
const hours = (count: number): Date => new Date(Date.now() + count * 3_600_000);

describe.each([0, -1, 1, 1e6])('a machine whose clock is %i hours off', (off) => {
  test('keeps its trials while it is seen to live, and loses them when it was silent for the limit', async () => {
    const { timer, pass } = timerOfTest();
    const lease = await openLease(store, timer);
    const name = `${randomUUID()}.json`;
    await writeFarLease(name, hours(off));
    for (let i = 0; i < 8; i++) {
      expect(await claimTwo(lease)).toEqual(['d', 'e']);
      pass(9);
      await writeFarLease(name, hours(off + i / 100));
    }
    expect(await claimForLong(lease, pass)).toEqual(['a', 'b']);
    expect(await leaseNames()).not.toContain(name);
    await lease.end();
  });
});

test('who was suspended has not seen whether others were silent', async () => {
  const { timer, pass } = timerOfTest();
  const lease = await openLease(store, timer);
  await writeFarLease(`${randomUUID()}.json`);
  expect(await claimTwo(lease)).toEqual(['d', 'e']);
  pass(3600);
  expect(await claimTwo(lease)).toEqual(['d', 'e']);
  expect(await claimForLong(lease, pass)).toEqual(['a', 'b']);
  await lease.end();
});

test('a process of the same number on another machine says nothing of a lease', async () => {
  const lease = await openLease(store);
  const { pid } = spawnSync(process.execPath, ['--version']);
  const [own] = await leaseNames();
  const { host } = JSON.parse(await readFile(join(store, 'leases', own), 'utf8'));
  // Copied machines and containers have the same name; the first process namespace has the same number on all machines.
  const boot = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/;
  if (process.platform === 'linux') expect(host).toMatch(boot);
  const name = `${randomUUID()}.json`;
  const far = { name, pid, host: `${host}`.replace(boot, randomUUID()), ids: ['a', 'b'] };
  await writeFile(join(store, 'leases', name), JSON.stringify(far));
  if (process.platform === 'linux') expect(await claimTwo(lease)).toEqual(['c', 'd']);
  await lease.end();
});

test('a lease shows signs of life', async () => {
  const [one, two] = [timerOfTest(), timerOfTest()];
  const [lease, other] = [await openLease(store, one.timer), await openLease(store, two.timer)];
  await claimTwo(lease);
  for (let i = 0; i < 8; i++) {
    expect(await claimTwo(other)).toEqual(['c', 'd']);
    two.pass(9);
    await one.beat();
  }
  await Promise.all([lease.end(), other.end()]);
});

test('a lease without signs of life is taken for that of a dead process', async () => {
  const { timer, pass } = timerOfTest();
  const [lease, other] = [await openLease(store, timerOfTest().timer), await openLease(store, timer)];
  await claimTwo(lease);
  expect(await claimForLong(other, pass)).toEqual(['a', 'b']);
  await Promise.all([lease.end(), other.end()]);
});

describe('before others are to be kept out', () => {
  test('it is known of each whether it lives', async () => {
    const gone = `${randomUUID()}.json`;
    const lease = await openLease(store, fastTimer());
    await writeFarLease(gone, hours(-1));
    await lease.watchOthers();
    let count: number | undefined;
    await lease.claim(async (_held, others) => {
      count = others;
      return [];
    });
    expect(count).toBe(0);
    await lease.end();
  });

  test.each([-1, 0, 1])('one that lives is found, with a clock that is %i hours off', async (off) => {
    const far = `${randomUUID()}.json`;
    const { timer, pass } = timerOfTest(() => pass(9));
    const pause: Timer['pause'] = async (milliseconds) => {
      await writeFarLease(far, hours(off + 1 / 360));
      await timer.pause(milliseconds);
    };
    const lease = await openLease(store, { ...timer, pause });
    await writeFarLease(far, hours(off));
    await lease.watchOthers();
    let count: number | undefined;
    await lease.claim(async (_held, others) => {
      count = others;
      return [];
    });
    expect(count).toBe(1);
    await lease.end();
  });
});

test('a lock that was made though the file server says that it exists is its own', async () => {
  const lease = await openLease(store, fastTimer());
  const [name] = await leaseNames();
  await copyFile(join(store, 'leases', name), lock());
  expect(await claimTwo(lease)).toEqual(['a', 'b']);
  await lease.end();
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
  const lease = await openLease(store, fastTimer());
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
  const { timer, pass } = timerOfTest();
  const lease = await openLease(store, timer);
  await writeFile(join(store, 'leases', dead), `{"name":"${dead}","pid":1,"ids":{"__proto__":1}`);
  expect(await claimTwo(lease)).toEqual(['a', 'b']);
  expect(await leaseNames()).toContain(dead);
  expect(await claimForLong(lease, pass)).toEqual(['a', 'b']);
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

test('trials that are held without a choice are held at once, whoever has the lock', async () => {
  const [one, other] = [await openLease(store), await openLease(store)];
  let held: ReadonlySet<string> = new Set();
  await one.claim(async () => {
    await other.hold(['x', 'y']);
    return [];
  });
  await one.claim(async (ids) => {
    held = ids;
    return [];
  });
  expect([...held].sort()).toEqual(['x', 'y']);
});
