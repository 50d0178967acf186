import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startNode } from '../program.testing.ts';
import { built, type Host, hostEnvironment } from './far-hosts.testing.ts';
import { reportOn } from './report.ts';
import { readStore } from './store.ts';
import { surveyStore } from './survey.ts';

// Processes on machines that share a store and see late what the others do: scripts that use the build.

let folder: string;
let shared: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-far-'));
  shared = join(folder, 'shared');
  await mkdir(join(shared, 'store'), { recursive: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const prelude = `
import { createInterface } from 'node:readline';
import { openJournal, openStore } from '${built('store/store.js')}';
import { collectGarbage } from '${built('store/collect-garbage.js')}';
import { repairStore } from '${built('store/repair.js')}';
import { createTrial, numerics } from '${built('trial/trial.js')}';
const store = process.argv[2];
const record = (name) => {
  const config = { name, numerics, data: { dataset: 'franke' } };
  const rest = { status: 'done', divergedAt: null, metrics: { test_mse: 0.5 }, curves: {}, bootstrap: null, seconds: 1 };
  return { id: createTrial(config).id, config, ...rest, at: new Date().toISOString() };
};
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const say = (text) => process.stdout.write(text + '\\n');
/** Waits for a word from the test. */
const told = () => lines.next();
`;

/** Runs a script on a machine. `said` resolves once it has printed a word. */
async function onHost(host: Host, script: string) {
  const file = join(folder, `${host.name}.mjs`);
  await writeFile(file, `${prelude}${script}\nprocess.stdin.destroy();\n`);
  const env = await hostEnvironment(shared, host);
  const { child, ended } = startNode([file, join(shared, 'store')], { cwd: folder, env });
  let text = '';
  const waiting: (() => void)[] = [];
  child.stdout.on('data', (piece: string) => {
    text += piece;
    for (const look of waiting) look();
  });
  const said = (word: string): Promise<void> =>
    new Promise((done, failed) => {
      const look = () => text.split('\n').includes(word) && done();
      waiting.push(look);
      look();
      void ended.then(({ stderr }) => failed(new Error(`it never said ${word}: ${stderr}`)));
    });
  return { said, tell: () => child.stdin.write('\n'), ended };
}

const late: Pick<Host, 'delay' | 'asks'> = { delay: 60_000, asks: 'never' };

test.each(['repairStore(store, false, { onWait })', 'collectGarbage(store, { onWait })'])(
  '%s loses nothing of a process on another machine that lost its lease and sees the old names',
  async (tidy) => {
    // It begins to write, is taken for dead, and writes on while the other tidies up, and after.
    const writer = await onHost(
      { name: 'writer', clock: -3_600_000, ...late },
      `const journal = await openJournal(store);
      for (const name of ['first', 'second', 'third']) {
        await journal.append(record(name));
        say(name);
        await told();
      }
      await journal.close();`,
    );
    await writer.said('first');
    await writeFile(join(shared, 'store', 'journal-x.jsonl'), '{"store":2,"id":"damaged\n');
    const other = await onHost(
      { name: 'other', clock: 3_600_000, speed: 90, ...late },
      `await openStore(store);
      const onWait = () => say('waiting');
      await ${tidy};
      say('tidy');`,
    );
    // The rest of the test would prove nothing if the journal were left alone.
    await other.said('waiting');
    writer.tell();
    await writer.said('second');
    await other.said('tidy');
    writer.tell();
    await writer.said('third');
    writer.tell();
    expect(await writer.ended).toMatchObject({ status: 0, stderr: '' });
    const { records } = await readStore(join(shared, 'store'));
    const names = [...records.values()].map(({ config }) => (config as unknown as { name: string }).name);
    expect(names.sort()).toEqual(['first', 'second', 'third']);
  },
);

test('many writers on several machines, and one that watches them: nothing is lost or looks damaged', async () => {
  const writers = 6;
  const write = (host: string) => `
    const journals = await Promise.all(Array.from({ length: ${writers} }, () => openJournal(store)));
    await Promise.all(journals.map(async (journal, writer) => {
      for (let i = 0; i < 20; i++) await journal.append(record('${host} ' + writer + ' ' + i));
      await journal.close();
    }));`;
  const watcher = await onHost(
    { name: 'watcher', delay: 300, asks: 'never' },
    `const seen = await openStore(store);
    say('watching');
    for (;;) {
      await seen.refresh();
      const ids = [...seen.ids()];
      if (!ids.every((id) => seen.has(id)) || seen.problems.length > 0) say('damaged');
      if (ids.length === ${2 * writers * 20}) break;
    }
    say('all');`,
  );
  await watcher.said('watching');
  // What a client of NFS leaves where a file was removed that it had open.
  await writeFile(join(shared, 'store', '.nfs000000000012ab340000001c'), 'garbage\n');
  const hosts = ['a', 'b'].map((name) => onHost({ name, delay: 300, asks: 'open' }, write(name)));
  for (const host of hosts) expect(await (await host).ended).toMatchObject({ status: 0, stderr: '' });
  await watcher.said('all');
  expect((await watcher.ended).stdout).toBe('watching\nall\n');
  expect(await readdir(join(shared, 'store'))).toHaveLength(2 * writers + 1);
});

test('leases that are replaced while they are read do not end a run', async () => {
  const claim = `
    const { openLease } = await import('${built('store/leases.js')}');
    const lease = await openLease(store);
    for (let i = 0; i < 40; i++) await lease.claim(async () => [String(i)]);
    await lease.end();`;
  const hosts = ['a', 'b'].map((name) => onHost({ name, staleEvery: 3, delay: 200, asks: 'never' }, claim));
  for (const host of hosts) expect(await (await host).ended).toMatchObject({ status: 0, stderr: '' });
});

test.each([2, 3, 5])(
  'one change in %d that a file server carries out twice: no error, and nothing is lost',
  async (repeats) => {
    const script = `
      const { openLease } = await import('${built('store/leases.js')}');
      const { openFinalWriter } = await import('${built('store/final-packs.js')}');
      const { writeAttachment } = await import('${built('store/attachments.js')}');
      const lease = await openLease(store);
      const finals = openFinalWriter(store);
      for (let i = 0; i < 8; i++) {
        const journal = await openJournal(store);
        await lease.claim(async () => [String(i)]);
        await writeAttachment(store, record(String(i)), 'weights', Buffer.from('numbers'));
        await journal.append(record(String(i)));
        await finals.append('0'.repeat(64), i + 1, Buffer.from('state'));
        await journal.close();
      }
      await finals.close();
      await lease.end();
      await repairStore(store);
      await collectGarbage(store, { keepFinals: true, delay: 0 });`;
    const { ended } = await onHost({ name: 'a', repeats }, script);
    expect(await ended).toMatchObject({ status: 0, stderr: '' });
    const found = await surveyStore(join(shared, 'store'));
    expect(await reportOn(join(shared, 'store'), found)).toMatchObject({
      sound: true,
      records: 8,
      journals: 1,
    });
    expect(found.attachments.get('weights')!.whole.size).toBe(8);
    const left = await readdir(join(shared, 'store'), { recursive: true });
    expect(left.filter((name) => name.endsWith('.tmp'))).toEqual([]);
  },
);

test('an append that is cut off by a kill, a full disk or a quota damages nothing that others append', async () => {
  const hosts = (['kill', 'ENOSPC', 'EDQUOT', null] as const).map((code) => {
    const name = `host-${code}`;
    const script = `
      const journal = await openJournal(store);
      for (let i = 0; i < 10; i++) {
        const appended = await journal.append(record('${name} ' + i)).then(() => true, ({ message }) => console.error(message));
        if (appended) say('${name} ' + i);
      }
      await journal.close();`;
    return onHost({ name, ...(code === null ? {} : { append: { at: 4, code } }) }, script);
  });
  const ended = await Promise.all(hosts.map(async (host) => (await host).ended));
  expect(ended.map(({ status }) => status)).toEqual([null, 0, 0, 0]);
  expect(ended.map(({ stderr }) => /disk is full|quota is used up|^$/.exec(stderr)?.[0])).toEqual([
    '',
    'disk is full',
    'quota is used up',
    '',
  ]);
  const said = ended.flatMap(({ stdout }) => stdout.split('\n').filter((line) => line !== ''));
  expect(said).toHaveLength(3 + 9 + 9 + 10);
  const { records, damaged } = await readStore(join(shared, 'store'));
  expect(damaged).toEqual([]);
  const names = [...records.values()].map(({ config }) => (config as unknown as { name: string }).name);
  expect(names.sort()).toEqual(said.sort());
  expect(await reportOn(join(shared, 'store'), await surveyStore(join(shared, 'store')))).toMatchObject({
    sound: true,
    torn: 3,
  });
});
