import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { UserError } from '../../errors.ts';
import { removeDirectory } from '../../files/retry-while-busy.ts';
import { createTrial, type TrialConfig } from '../../trial/trial.ts';
import {
  prepareSubmission,
  readArrays,
  readOutcome,
  readSubmission,
  readTask,
  readTaskIds,
  submissionIds,
} from './submission.ts';

let root: string;
let folder: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'fys-nn-submission-'));
  folder = join(root, 'slurm', '20260102-030405-abcdef');
  await mkdir(join(folder, 'outcomes'), { recursive: true });
});
afterEach(() => removeDirectory(root));

const computing = {
  ...{ cpus: 1, keep: 'records', force: false, retries: 1, timeout: null, maxFailures: null },
  sources: { dataDir: null },
};
const whole = () => ({
  ...{ version: 1, id: basename(folder), by: { argv: ['ffnn'], directory: '/' }, lease: 'a' },
  ...{ tasks: 2, arraySize: 2, trials: 2, computing },
});
const write = (name: string, text: string) => writeFile(join(folder, name), text);
const errorOf = async (reading: Promise<unknown>): Promise<UserError> => {
  const error = await reading.then(
    () => null,
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(UserError);
  return error;
};

test('a task is told which finished trials its trials may continue', async () => {
  const trials = ['a', 'b'].map((name) => createTrial({ name } as unknown as TrialConfig));
  const places = [{ file: 'pack-1.states', at: 3, bytes: 4, epochs: 5 }];
  const prepared = await prepareSubmission(
    root,
    { ...whole(), version: 1, computing: { ...computing, keep: 'records' }, tasks: 1 },
    [{ trials, seconds: 1 }],
    '#!/bin/sh',
    { continuable: new Map([[trials[1].id, places]]) },
  );
  await removeDirectory(folder);
  await prepared.publish();
  const read = await readTask(folder, 0);
  expect(read).toEqual([{ ...trials[0] }, { ...trials[1], continuable: places }]);
});

test.each([
  ['computing', { computing: null }],
  ['computing.cpus', { computing: { ...computing, cpus: 'many' } }],
  ['arraySize', { tasks: 1e9, arraySize: 1 }],
  ['by.argv.1', { by: { argv: ['ffnn', null], directory: '/' } }],
  ['by.directory', { by: { argv: ['ffnn'] } }],
  ['id', { id: '20260102-030405-000000' }],
  ['version', { version: 2 }],
])('submission.json whose %s is wrong is refused with its name', async (entry, change) => {
  await write('submission.json', JSON.stringify(whole()));
  expect(await readSubmission(folder)).toEqual(whole());
  await write('submission.json', JSON.stringify({ ...whole(), ...change }));
  const { parts } = await errorOf(readSubmission(folder));
  expect(parts.what).toMatch(new RegExp(`^${entry} of .*submission.json is not`));
});

test.each(['', 'null', '[]', '{'])('submission.json that is %p is refused', async (text) => {
  await write('submission.json', text);
  expect((await errorOf(readSubmission(folder))).parts.what).toContain('submission.json');
});

test.each(['null', '{}', '[0]', '[0,"a"]', '[0,1e300]', '[0,9,4]', 'x'])(
  'tasks.index that is %p is refused',
  async (text) => {
    await write('tasks.jsonl', '{"task":0,"trials":[]}\n');
    await write('tasks.index', text);
    expect((await errorOf(readTask(folder, 0))).parts.what).toContain('tasks.index');
  },
);

test.each(['null', '{}', '{"trials":[null]}', '{"trials":[{"id":1}]}', '{"tri'])(
  'a task that is %p is refused with its line',
  async (line) => {
    await write('tasks.jsonl', `${line}\n`);
    await write('tasks.index', `[0,${line.length + 1}]`);
    for (const read of [() => readTask(folder, 0), () => readTaskIds(folder)])
      expect((await errorOf(read())).parts.what).toMatch(/^line 1 of .*tasks.jsonl/);
  },
);

test('notes of arrays and outcomes that are not what was written say nothing', async () => {
  await write(
    'arrays.jsonl',
    'null\n7\n{"array":0,"job":"5"}\n{"array":1,"job":{}}\n{"array":"x","job":null}\n',
  );
  expect(await readArrays(folder)).toEqual([{ array: 0, job: '5' }]);
  for (const text of ['null', '{}', '{"failures":[null],"unfinished":[]}']) {
    await write('outcomes/0.json', text);
    expect(await readOutcome(folder, 0)).toBe(null);
  }
});

test('a file in place of the folder of submissions is refused', async () => {
  const store = join(root, 'other');
  await mkdir(store);
  expect(await submissionIds(store)).toEqual([]);
  await writeFile(join(store, 'slurm'), '');
  expect((await errorOf(submissionIds(store))).parts.what).toContain('a file is where a folder is needed');
});
