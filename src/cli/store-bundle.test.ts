import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { preloading, runProgram } from '../program.testing.ts';
import { writeAttachment } from '../store/attachments.ts';
import { recordOf, resultsIn, writeStore } from '../store/join.testing.ts';
import { callProgram } from './called.testing.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-join-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const path = (name: string) => join(directory, name);
const call = (...args: readonly string[]) => callProgram(['store', ...args], directory);
const plain = (text: string): string => text.replace(/\s+/g, ' ').trim();
const [a, b] = ['a', 'b'].map((name) => recordOf(name));
const classifier = recordOf('c', {}, true);

async function writeSource(): Promise<void> {
  await writeStore(path('one'), [a, classifier], [b]);
  for (const kind of ['weights', 'outputs'] as const)
    await writeAttachment(path('one'), classifier, kind, Buffer.from('numbers'));
}

/** A results folder of a run with these trials, as far as a manifest says. */
async function writeRun(name: string, ids: readonly string[]): Promise<void> {
  await mkdir(path(name));
  const trials = { total: ids.length, done: ids.length, diverged: 0, ids };
  const run = { experiment: 'ffnn', variant: 'code', quick: false, title: 't', settings: {}, trials };
  await writeFile(
    join(path(name), 'manifest.json'),
    JSON.stringify({ ...run, versions: { 'fys-nn': '0.1.0' } }),
  );
}

describe('store export and import', () => {
  test('carry records, and weights if they are asked for', async () => {
    await writeSource();
    expect(await call('export', 'x.gz', '--store', 'one')).toEqual({
      status: 0,
      stdout: 'x.gz: 3 records\n',
      stderr: '',
    });
    const { status, stdout, stderr } = await call('import', 'x.gz', '--store', 'to');
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: 'to: 3 records added; 0 records are there already\n',
    });
    expect(plain(stderr)).toContain(`note: no weights of 1 trial (${classifier.id.slice(0, 16)})`);
    expect((await call('export', 'y.gz', '--store', 'one', '--weights')).stdout).toBe(
      'y.gz: 3 records, 1 file of weights and 1 file of test outputs\n',
    );
    const again = await call('import', 'y.gz', '--store', 'to', '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({
      added: 0,
      present: 3,
      attachments: { weights: 1, outputs: 1 },
    });
    expect((await call('check', '--store', 'to')).status).toBe(0);
    expect(await resultsIn(path('to'))).toEqual(await resultsIn(path('one')));
  });

  test('a file is replaced only with --force, and one that cannot be written says why', async () => {
    await writeSource();
    await writeFile(path('x.gz'), 'mine');
    const refused = await call('export', 'x.gz', '--store', 'one');
    expect(refused).toMatchObject({ status: 2, stderr: expect.stringContaining('already exists') });
    expect(await readFile(path('x.gz'), 'utf8')).toBe('mine');
    expect((await call('export', 'x.gz', '--store', 'one', '--force')).status).toBe(0);
    const nowhere = await call('export', 'absent/x.gz', '--store', 'one');
    expect(nowhere).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('absent/x.gz cannot be written'),
    });
    const nothing = await call('export', 'z.gz', '--store', 'nothing');
    expect(nothing).toMatchObject({ status: 2, stderr: expect.stringContaining('no records to export') });
    expect((await readdir(directory)).sort()).toEqual(['one', 'x.gz']);
  });

  test('damage ends with 1, a conflict with 3, a changed file with 2', async () => {
    await writeStore(path('one'), [a, 'garbage\n']);
    const exported = await call('export', 'x.gz', '--store', 'one');
    expect(exported).toMatchObject({ status: 1, stderr: expect.stringContaining('line 2 is not a record') });
    await writeStore(path('to'), [{ ...a, metrics: { test_mse: 0.6 } }]);
    const imported = await call('import', 'x.gz', '--store', 'to', '--quiet');
    expect({ ...imported, stderr: plain(imported.stderr) }).toEqual({
      ...{ status: 3, stdout: '' },
      stderr: `conflict: trial ${a.id.slice(0, 16)}: test_mse is 0.6 in to (kept) and 0.5 in x.gz`,
    });
    await writeFile(path('x.gz'), (await readFile(path('x.gz'))).subarray(0, -9));
    expect(await call('import', 'x.gz', '--store', 'new')).toMatchObject({ status: 2 });
    expect(await readdir(directory)).not.toContain('new');
  });

  test('a dry run checks the file and writes nothing', async () => {
    await writeSource();
    await call('export', 'x.gz', '--store', 'one', '--weights');
    expect((await call('import', 'x.gz', '--store', 'to', '--dry-run')).stdout).toBe(
      'to: 3 records, 1 file of weights and 1 file of test outputs would be added; 0 records are there already\n',
    );
    expect(await readdir(directory)).not.toContain('to');
  });

  test('the trials of a results folder; those without a record make it incomplete', async () => {
    await writeSource();
    await writeRun('run', [a.id]);
    expect(await call('export', 'x.gz', '--store', 'one', '--of', 'run')).toMatchObject({
      ...{ status: 0, stdout: 'x.gz: 1 record\n' },
    });
    await writeRun('more', [a.id, recordOf('absent').id]);
    const more = await call('export', 'y.gz', '--store', 'one', '--of', 'more');
    expect(more).toMatchObject({ status: 4, stderr: 'note: one has no record of 1 trial of more\n' });
    await writeRun('none', [recordOf('absent').id]);
    expect(await call('export', 'z.gz', '--store', 'one', '--of', 'none')).toMatchObject({ status: 2 });
    expect(await call('export', 'z.gz', '--store', 'one', '--of', 'nowhere')).toMatchObject({ status: 2 });
  });

  test.each([
    ['export', 'x.gz', 'ENOSPC'],
    ['import', 'journal-', 'ENOSPC'],
    ['import', 'weights/', 'EDQUOT'],
  ])('a disk that is full during %s of %s (%s)', async (command, part, code) => {
    await writeSource();
    if (command === 'import') await call('export', 'x.gz', '--store', 'one', '--weights');
    const module = `import '${pathToFileURL(resolve('bench/torture/disk-fault.js')).href}';`;
    const fault = { operation: 'write', path: part, code };
    const env = { ...preloading(module), FYS_NN_DISK_FAULT: JSON.stringify(fault) };
    const args = ['store', command, 'x.gz', '--store', command === 'import' ? 'to' : 'one'];
    const { status, stderr } = await runProgram(args, { cwd: directory, env });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringMatching(/the disk is full|the disk quota is used up/),
    });
    const names = await readdir(directory, { recursive: true });
    expect(names.filter((name) => /\.tmp$|^to\/journal-/.test(name))).toEqual([]);
    if (command === 'import') expect((await call('import', 'x.gz', '--store', 'to')).status).toBe(0);
  });
});
