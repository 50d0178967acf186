import { createHash } from 'node:crypto';
import { appendFile, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fixedSeed, valueOrRefusal } from '../hostile.testing.ts';
import { hashOfId } from '../trial/id.ts';
import type { TrialRecord } from '../trial/trial.ts';
import { readAttachment, writeAttachment } from './attachments.ts';
import { findFinals } from './final-care.ts';
import { filesOf, recordOf, resultsIn, writeStore } from './join.testing.ts';
import { encodeLine, resultText } from './journal.ts';
import { gatherFor, mergeInto } from './merge.ts';

let folder: string;
let to: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-merge-'));
  to = join(folder, 'to');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const path = (name: string) => join(folder, name);
const merge = async (...sources: readonly string[]) => mergeInto(to, await gatherFor(to, sources));
const refused = async (...sources: readonly string[]): Promise<string> => {
  const outcome = await valueOrRefusal(() => merge(...sources));
  if ('value' in outcome) throw new Error('was merged');
  return outcome.refusal.message;
};

const [a, b, c] = ['a', 'b', 'c'].map((name) => recordOf(name));
const later = { at: '2026-01-01T00:00:00.000Z', seconds: 7 };

test('each record that is lacked comes into one journal; sources stay as they are; twice changes nothing', async () => {
  const sources = [await writeStore(path('1'), [a], [b]), await writeStore(path('2'), [b, c])];
  const before = await Promise.all(sources.map(filesOf));
  expect(await merge(...sources)).toMatchObject({ added: 3, present: 0, conflicts: [], damaged: [] });
  const merged = await filesOf(to);
  expect(merged.size).toBe(1);
  expect([...(await resultsIn(to)).keys()]).toEqual([a, b, c].map(({ id }) => id).sort());
  expect(await merge(...sources)).toMatchObject({ added: 0, present: 3 });
  expect(await filesOf(to)).toEqual(merged);
  expect(await Promise.all(sources.map(filesOf))).toEqual(before);
});

test('random stores in random parts, merged in any order, in one step or several, give the same results', async () => {
  let number = 0;
  const record = fc.record({
    name: fc.integer({ min: 0, max: 11 }),
    seconds: fc.double({ min: 0, max: 9, noNaN: true }),
    at: fc.constantFrom('2024-01-01T00:00:00.000Z', later.at),
  });
  const stores = fc.array(fc.array(fc.array(record, { maxLength: 5 }), { minLength: 1, maxLength: 3 }), {
    minLength: 1,
    maxLength: 4,
  });
  await fc.assert(
    fc.asyncProperty(stores, fc.infiniteStream(fc.nat()), fc.boolean(), async (parts, order, atOnce) => {
      to = path(`to-${number}`);
      const sources: string[] = [];
      const expected = new Map<string, string>();
      for (const journals of parts) {
        const records = journals.map((lines) =>
          lines.map(({ name, ...rest }) => recordOf(`${name}`, { metrics: { test_mse: name }, ...rest })),
        );
        for (const one of records.flat()) expected.set(one.id, resultText(one));
        sources.push(await writeStore(path(`${number++}`), ...records));
      }
      const keyed = sources.map((source) => ({ source, key: order.next().value as number }));
      const shuffled = keyed.sort((x, y) => x.key - y.key).map(({ source }) => source);
      if (atOnce) await merge(...shuffled);
      else for (const source of shuffled) await merge(source);
      expect(await resultsIn(to)).toEqual(new Map([...expected].sort(([x], [y]) => (x < y ? -1 : 1))));
    }),
    { seed: fixedSeed, numRuns: 40 },
  );
});

test('other numbers are a conflict: what the store has stays, and of two sources it gets neither', async () => {
  await writeStore(to, [a]);
  const other = (record: TrialRecord, mse: number) => ({ ...record, ...later, metrics: { test_mse: mse } });
  const one = await writeStore(path('1'), [other(a, 0.6), b, c]);
  const two = await writeStore(path('2'), [
    { ...b, curves: { test_mse: [1, 2, 0.1 + 0.2] } },
    { ...c, ...later },
  ]);
  const before = (await resultsIn(to)).get(a.id);
  const { added, conflicts } = await merge(one, two);
  expect(added).toBe(1);
  expect(conflicts).toEqual([
    {
      ...{ id: a.id, column: 'test_mse', keepsFirst: true },
      values: [
        { store: to, value: 0.5 },
        { store: one, value: 0.6 },
      ],
    },
    {
      ...{ id: b.id, column: 'curves.test_mse.1', keepsFirst: false },
      values: [
        { store: one, value: null },
        { store: two, value: 2 },
      ],
    },
  ]);
  const results = await resultsIn(to);
  expect(results.get(a.id)).toBe(before);
  expect([...results.keys()].sort()).toEqual([a.id, c.id].sort());
});

test('a diverged trial and a finished one conflict by their status', async () => {
  const one = await writeStore(path('1'), [a]);
  const two = await writeStore(path('2'), [
    { ...a, status: 'diverged', divergedAt: 2, metrics: { test_mse: null } },
  ]);
  expect((await merge(one, two)).conflicts).toMatchObject([{ column: 'status' }]);
});

test('damaged lines are named and left out; a torn last line is ignored; foreign files are named', async () => {
  const changed = encodeLine(b).replace('0.5', '0.6');
  const source = await writeStore(path('1'), [a, 'garbage\n', changed, encodeLine(c).slice(0, -9)]);
  await writeFile(join(source, 'journal-other.jsonl'), '{"a": 1}\n');
  const { added, damaged, sources } = await merge(source);
  expect(added).toBe(1);
  expect(damaged).toEqual([
    `${source}: journal-0.jsonl: line 2 is not a record`,
    `${source}: journal-0.jsonl: line 3 was changed after it was written`,
  ]);
  expect(sources).toMatchObject([{ records: 1, foreign: ['journal-other.jsonl'] }]);
});

test('a good record takes the place of one that is damaged in the store', async () => {
  await writeStore(to, [encodeLine(a).replace('0.5', '0.6')]);
  const merged = await merge(await writeStore(path('1'), [a]));
  expect(merged).toMatchObject({ added: 1, damaged: [expect.stringContaining('was changed')] });
});

test('what is no store, of a newer version, or the store itself is refused before anything is written', async () => {
  const good = await writeStore(path('1'), [a]);
  const newer = await writeStore(path('newer'), [
    encodeLine(b).replace('"store":2', '"store":3').replace('0.5', '0.7'),
  ]);
  await mkdir(path('empty'));
  await writeFile(path('file'), '');
  await symlink(good, path('link'));
  expect(await refused(good, newer)).toMatch(/newer version/);
  expect(await refused(good, path('empty'))).toMatch(/no trial store here/);
  expect(await refused(good, path('absent'))).toMatch(/no trial store here/);
  expect(await refused(good, path('file'))).toMatch(/a file is where a folder is needed/);
  expect(await readdir(folder)).not.toContain('to');
  to = path('link');
  expect(await refused(good)).toMatch(/into itself/);
  to = join(good, 'inner');
  expect(await refused(good)).toMatch(/must not change/);
  expect(await readdir(good)).toEqual(['journal-0.jsonl']);
});

test('a store may be in the one that it is merged into, and be named twice', async () => {
  const inner = await writeStore(join(to, 'shard'), [a]);
  expect(await merge(inner, `${inner}/`)).toMatchObject({ added: 1, sources: [{ records: 1 }] });
});

test('attachments come along; damaged and missing ones are named; what the store has stays', async () => {
  const [x, y, z] = ['x', 'y', 'z'].map((name) => recordOf(name, {}, true));
  const source = await writeStore(path('1'), [x, y, z]);
  const other = recordOf('not in any journal', {}, true);
  for (const { id } of [x, y, other]) {
    await writeAttachment(source, { id }, 'weights', Buffer.from(`weights ${id}`));
    await writeAttachment(source, { id }, 'outputs', Buffer.from(`outputs ${id}`));
  }
  await writeAttachment(source, x, 'model', Buffer.from('mine'));
  await appendFile(join(source, 'outputs', `${hashOfId(y.id)}.bin`), 'x');
  await writeAttachment(to, x, 'weights', Buffer.from('others'));
  await writeAttachment(to, x, 'model', Buffer.from('others'));
  const merged = await merge(source);
  expect(merged).toMatchObject({ added: 3, attachments: { weights: 1, outputs: 1, model: 0 } });
  expect(merged.missing).toEqual({
    weights: [z.id],
    outputs: expect.arrayContaining([y.id, z.id]),
    model: [],
  });
  expect(merged.damaged).toEqual([
    `${source}: outputs/${hashOfId(y.id)}.bin was changed after it was written`,
  ]);
  expect(merged.conflicts).toMatchObject([{ id: x.id, column: 'weights', keepsFirst: true }]);
  expect(Buffer.from((await readAttachment(to, x, 'weights'))!).toString()).toBe('others');
  expect(Buffer.from((await readAttachment(to, y, 'weights'))!).toString()).toBe(`weights ${y.id}`);
  expect(await readdir(join(to, 'weights'))).not.toContain(`${hashOfId(other.id)}.bin`);
});

test('final checkpoints come along, if they are whole', async () => {
  const source = await writeStore(path('1'), [a]);
  const family = '0'.repeat(64);
  const text = Buffer.from(`{"version":4,"id":"${family}"}`);
  const body = Buffer.concat([Buffer.alloc(4), text]);
  await mkdir(join(source, 'finals', family), { recursive: true });
  const state = Buffer.concat([createHash('sha256').update(body).digest(), body]);
  await writeFile(join(source, 'finals', family, '5.state'), state);
  await writeFile(join(source, 'finals', family, '6.state'), state.subarray(1));
  expect(await merge(source)).toMatchObject({ finals: 1 });
  expect(await findFinals(to)).toMatchObject({ whole: 1, bytes: state.length, damaged: [] });
  expect(await merge(source)).toMatchObject({ finals: 0 });
});

test('a dry run writes nothing and says the same', async () => {
  const source = await writeStore(path('1'), [a, b]);
  expect(await mergeInto(to, await gatherFor(to, [source]), true)).toMatchObject({ added: 2, present: 0 });
  expect(await readdir(folder)).toEqual(['1']);
});

test('a source that is tidied up meanwhile: nothing is merged, and the reason is said', async () => {
  const source = await writeStore(path('1'), [a, b], [c]);
  const gathered = await gatherFor(to, [source]);
  await writeFile(join(source, 'journal-0.jsonl'), `${encodeLine(a)}garbage\n`);
  await expect(mergeInto(to, gathered)).rejects.toThrow(/was changed while it was read/);
  expect((await readdir(to)).filter((name) => name.startsWith('journal-'))).toEqual([]);
});
