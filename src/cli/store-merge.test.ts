import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { preloading, runProgram } from '../program.testing.ts';
import { writeAttachment } from '../store/attachments.ts';
import { recordOf, resultsIn, writeStore } from '../store/join.testing.ts';
import { openLease } from '../store/leases.ts';
import { callProgram } from './called.testing.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-join-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const path = (name: string) => join(directory, name);
const call = (...args: readonly string[]) => callProgram(['store', ...args], directory);
const [a, b] = ['a', 'b'].map((name) => recordOf(name));
const classifier = recordOf('c', {}, true);

/** Kills the process before or after the nth file of a pattern gets its final name. */
const killing = (pattern: string, when: 'before' | 'after', nth: number) =>
  preloading(`
    import fs from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    const { rename } = fs.promises;
    let count = 0;
    fs.promises.rename = async (from, to) => {
      const chosen = new RegExp(${JSON.stringify(pattern)}).test(to) && ++count === ${nth};
      if (chosen && ${when === 'before'}) process.kill(process.pid, 'SIGKILL');
      await rename(from, to);
      if (chosen) process.kill(process.pid, 'SIGKILL');
    };
    syncBuiltinESMExports();`);

/** Two stores, one of them with weights and outputs. */
async function writeSources(): Promise<void> {
  await writeStore(path('one'), [a, classifier]);
  await writeStore(path('two'), [b]);
  for (const kind of ['weights', 'outputs'] as const)
    await writeAttachment(path('one'), classifier, kind, Buffer.from('numbers'));
}

describe('store merge', () => {
  test('says what was added, and nothing with --quiet', async () => {
    await writeSources();
    const { status, stdout, stderr } = await call('merge', 'one', 'two', '--store', 'to');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toBe(
      'one: 2 records\ntwo: 1 record\n' +
        'to: 3 records, 1 file of weights and 1 file of test outputs added; 0 records are there already\n',
    );
    expect(await call('merge', 'one', 'two', '--store', 'to', '--quiet')).toEqual({
      status: 0,
      stdout: '',
      stderr: '',
    });
    expect((await call('check', '--store', 'to')).status).toBe(0);
  });

  test('conflicts end with 3, and are told with --quiet; as JSON too', async () => {
    await writeStore(path('one'), [a]);
    await writeStore(path('two'), [{ ...a, metrics: { test_mse: 0.6 } }, b]);
    const { status, stdout, stderr } = await call('merge', 'one', 'two', '--store', 'to', '--quiet');
    expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
    const where = `conflict: trial ${a.id.slice(0, 16)}: test_mse is 0.5 in one and 0.6 in two`;
    expect(stderr.replace(/\s+/g, ' ')).toBe(
      `${where} trials with two results are not added: the next run with --store to computes them again and decides `,
    );
    const json = await call('merge', 'one', 'two', '--store', 'to', '--json');
    expect(json).toMatchObject({ status: 3, stderr: '' });
    expect(JSON.parse(json.stdout)).toMatchObject({
      added: 0,
      present: 1,
      conflicts: [{ column: 'test_mse' }],
    });
  });

  test('damage ends with 1; missing weights are named with what computes them again', async () => {
    await writeStore(path('one'), [a, 'garbage\n', classifier]);
    const { status, stderr } = await call('merge', 'one', '--store', 'to');
    expect(status).toBe(1);
    expect(stderr.replace(/\s+/g, ' ')).toContain('damaged: one: journal-0.jsonl: line 2 is not a record');
    expect(stderr.replace(/\s+/g, ' ')).toContain(
      `no weights of 1 trial (${classifier.id.slice(0, 16)}): the command that ran them computes them again with --force`,
    );
  });

  test('works while another process computes into the store', async () => {
    await writeSources();
    const lease = await openLease(path('to'));
    await lease.claim(async () => [a.id]);
    expect((await call('merge', 'one', '--store', 'to')).status).toBe(0);
    await lease.end();
  });

  test.each([
    ['weights', 'before'],
    ['weights', 'after'],
    ['journal', 'before'],
    ['journal', 'after'],
  ] as const)(
    'a kill when %s are written (%s the name is final): the store is sound, and the next merge completes it',
    async (name, when) => {
      await writeSources();
      const args = ['store', 'merge', 'one', 'two', '--store', 'to'];
      const env = killing(`${name}.*\\.(bin|jsonl)$`, when, 1);
      expect((await runProgram(args, { cwd: directory, env })).signal).toBe('SIGKILL');
      const size = (await resultsIn(path('to'))).size;
      expect(size).toBe(name === 'journal' && when === 'after' ? 3 : 0);
      expect(await call('merge', 'one', 'two', '--store', 'to')).toMatchObject({ status: 0, stderr: '' });
      expect((await resultsIn(path('to'))).size).toBe(3);
      expect((await call('gc', '--store', 'to')).status).toBe(0);
      const left = (await readdir(path('to'), { recursive: true })).filter((file) => file.endsWith('.tmp'));
      expect(left).toEqual([]);
    },
  );

  test.each(['journal-', 'weights/'])(
    'a full disk when %s is written: nothing is half there',
    async (name) => {
      await writeSources();
      const module = `import '${pathToFileURL(resolve('bench/torture/disk-fault.js')).href}';`;
      const fault = { operation: 'write', path: name, code: 'ENOSPC' };
      const env = { ...preloading(module), FYS_NN_DISK_FAULT: JSON.stringify(fault) };
      const args = ['store', 'merge', 'one', 'two', '--store', 'to'];
      const { status, stderr } = await runProgram(args, { cwd: directory, env });
      expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(/the disk is full/) });
      expect((await resultsIn(path('to'))).size).toBe(0);
      const left = (await readdir(path('to'), { recursive: true })).filter((file) => file.endsWith('.tmp'));
      expect(left).toEqual([]);
    },
  );

  test('needs a store', async () => {
    const { status, stderr } = await call('merge');
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: expect.stringMatching(/store merge needs <dirs>/),
    });
  });
});
