import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fixedSeed, hostileJson } from '../hostile.testing.ts';
import type { TrialRecord } from '../trial/trial.ts';
import { createBatchPacker, createPackedRecords, createPacker, unpackBatch } from './packed-records.ts';

const part = { id: 'id', config: {} as TrialRecord['config'] };
/** What a line of a journal says of a record. */
const asInJournal = (record: TrialRecord) => JSON.parse(JSON.stringify(record)) as TrialRecord;

const number = fc.oneof(fc.double(), fc.constant(null), fc.integer());
const names = fc.constantFrom('train_mse', 'test_mse', '1', 'a "name"');
const record = fc.record({
  ...{ id: fc.constant(part.id), config: fc.constant(part.config) },
  status: fc.constantFrom('done', 'diverged'),
  divergedAt: fc.option(fc.nat()),
  metrics: fc.dictionary(names, number),
  curves: fc.dictionary(names, fc.array(number, { maxLength: 4 })),
  bootstrap: fc.oneof(fc.constant(null), fc.dictionary(names, fc.dictionary(names, number)), hostileJson),
  seconds: fc.double({ noNaN: true, noDefaultInfinity: true }),
  at: fc.oneof(
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    fc.constantFrom('', '2026-01-01'),
  ),
}) as fc.Arbitrary<unknown> as fc.Arbitrary<TrialRecord>;

function packBatch(records: readonly TrialRecord[]) {
  const packer = createBatchPacker();
  for (const one of records) packer.add(one);
  return packer.take();
}

test('a record that is kept as numbers is what its line in a journal says', () => {
  let kept = 0;
  fc.assert(
    fc.property(fc.array(record, { maxLength: 5 }), (records) => {
      const packed = createPackedRecords();
      const packs = [unpackBatch(packBatch(records)), records.map(asInJournal).map(createPacker())];
      for (const [round, batch] of packs.entries()) {
        for (const [index, one] of batch.entries()) packed.set(10 * round + index, one);
        for (const [index, one] of records.entries()) {
          if (!packed.has(10 * round + index)) continue;
          expect(packed.complete({ ...part }, 10 * round + index)).toEqual(asInJournal(one));
          kept++;
        }
      }
    }),
    { seed: fixedSeed, numRuns: 300 },
  );
  expect(kept).toBeGreaterThan(300);
});

test('what is nested deeply or has a name that objects treat in another way is not kept', () => {
  const pack = createPacker();
  const good = { ...part, status: 'done', metrics: {}, seconds: 1, at: new Date(0).toISOString() };
  const nested = JSON.parse(`${'['.repeat(1000)}{}${']'.repeat(1000)}`);
  const named = JSON.parse('{"__proto__": 1}');
  const record = (bootstrap: unknown) => ({ ...good, bootstrap }) as unknown as TrialRecord;
  expect(pack(record({ mse: 1 }))).not.toBeNull();
  for (const bootstrap of [nested, named]) expect(pack(record(bootstrap))).toBeNull();
});

test('memory is bounded: what no longer fits is not kept', () => {
  const packed = createPackedRecords();
  const numbers = new Float64Array(2 ** 21);
  for (let number = 0; number < 3; number++) packed.set(number, { template: '{"curve":[]}', numbers });
  expect([0, 1, 2].map(packed.has)).toEqual([true, true, false]);
  packed.clear();
  expect(packed.has(0)).toBe(false);
});
