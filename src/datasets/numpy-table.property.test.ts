import { readFileSync } from 'node:fs';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { decodeNpy } from '../files/npy-decode.ts';
import { parsePythonLiteral } from '../files/python-literal.ts';
import { fixedSeed, hostileText, valueOrRefusal } from '../hostile.testing.ts';
import { isText, type RawTable } from './raw-table.ts';
import { readTable } from './table-formats.ts';
import { terrain } from './terrain.ts';

const saved: Record<string, string> = JSON.parse(readFileSync('data/fixtures/npy/tables.json', 'utf8'));
const arrays: Record<string, { npy: string }> = JSON.parse(
  readFileSync('data/fixtures/npy/arrays.json', 'utf8'),
).arrays;
const tables = Object.values(saved).map((base64) => Buffer.from(base64, 'base64'));
const npys = Object.values(arrays).map(({ npy }) => Buffer.from(npy, 'base64'));

let folder: string;
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-numpy-property-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(bytes: Uint8Array): Promise<RawTable> {
  const path = join(folder, String(count++));
  await writeFile(path, bytes);
  return readTable(path, { decimalComma: false });
}

function checkTable({ rows, columns }: RawTable): void {
  expect(rows).toBeGreaterThan(0);
  expect(new Set(columns.map(({ name }) => name)).size).toBe(columns.length);
  for (const column of columns) {
    const values = isText(column) ? column.codes : column.numbers;
    expect(values).toHaveLength(rows);
    if (isText(column)) expect(Math.max(...values)).toBeLessThan(column.levels.length);
    else expect(values.every((value) => Number.isNaN(value) || Number.isFinite(value))).toBe(true);
  }
}

const change = fc.tuple(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), fc.nat(255));
const changed = (files: readonly Buffer[]) =>
  fc
    .tuple(fc.constantFrom(...files), fc.array(change, { minLength: 1, maxLength: 3 }), fc.boolean())
    .map(([good, changes, atStart]) => {
      const bytes = Buffer.from(good);
      const length = atStart ? Math.min(140, bytes.length) : bytes.length;
      for (const [place, value] of changes) bytes[Math.floor(place * length)] = value;
      return bytes;
    });
const runs = { seed: fixedSeed, numRuns: 400 };

test('changed archives and arrays: a table, or refused', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(changed(tables), changed(npys)), async (bytes) => {
      const outcome = await valueOrRefusal(() => read(bytes));
      if ('value' in outcome) checkTable(outcome.value);
    }),
    runs,
  );
});

test('arrays that are cut off anywhere are refused', async () => {
  for (const whole of npys) {
    for (let end = 0; end < whole.length; end += 7) {
      expect(await valueOrRefusal(() => decodeNpy(whole.subarray(0, end), 'it'))).toHaveProperty('refusal');
    }
  }
});

test('any members under any names, whole and damaged', async () => {
  const names = fc.oneof(
    fc.constantFrom(
      'X.npy',
      'y.npy',
      'x_train.npy',
      'y_train.npy',
      'feature_names.npy',
      '__proto__.npy',
      'a/b.npy',
    ),
    hostileText.map((text) => `${text.slice(0, 50)}.npy`),
  );
  const members = fc.array(fc.tuple(names, fc.oneof(fc.constantFrom(...npys), changed(npys))), {
    maxLength: 4,
  });
  await fc.assert(
    fc.asyncProperty(members, fc.constantFrom(0 as const, 6 as const), async (list, level) => {
      const outcome = await valueOrRefusal(() => read(zipSync(Object.fromEntries(list), { level })));
      if ('value' in outcome) checkTable(outcome.value);
    }),
    runs,
  );
});

test('a header is a literal of Python, or a SyntaxError', () => {
  fc.assert(
    fc.property(fc.oneof(hostileText, fc.string({ unit: 'grapheme-ascii' })), (text) => {
      for (const around of [text, `(${text})`, `{'descr': ${text}}`, `"${text}"`]) {
        try {
          parsePythonLiteral(around);
        } catch (error) {
          if (!(error instanceof SyntaxError)) throw error;
        }
      }
    }),
    { ...runs, numRuns: 2000 },
  );
});

test('a file of 10 GB is refused without being read, of every format', async () => {
  const asTable = (path: string): Promise<unknown> => readTable(path, { decimalComma: false });
  const asTerrain = (dataDir: string): Promise<unknown> =>
    terrain.resolve({ step: 'auto', band: 'only' }, { dataDir });
  const starts = [tables[0], npys[0], Buffer.from('PAR1'), Buffer.from('PK\x03\x04')].map(
    (start) => [start, asTable] as const,
  );
  for (const [start, action] of [...starts, [Buffer.from('II*\0'), asTerrain] as const]) {
    const path = join(folder, String(count++));
    await writeFile(path, start);
    await truncate(path, 1e10); // a sparse file
    const before = process.memoryUsage().arrayBuffers;
    expect(await valueOrRefusal<unknown>(() => action(path))).toMatchObject({
      refusal: { message: expect.stringContaining('more than 2147483648 bytes') },
    });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 24);
  }
});

test('a bomb is refused without being unpacked', async () => {
  const zeros = Buffer.from(zipSync({ 'X.npy': Buffer.alloc(2 ** 24) }, { level: 9 }));
  const small = Buffer.from(zeros);
  small.writeUInt32LE(1000, small.indexOf('PK\x01\x02') + 24); // its length, unpacked
  const before = process.memoryUsage().arrayBuffers;
  expect(await valueOrRefusal(() => read(small))).toMatchObject({
    refusal: { message: expect.stringContaining('unpacks to more than 1000 bytes') },
  });
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 22);
  expect(await valueOrRefusal(() => read(zeros))).toMatchObject({
    refusal: { message: expect.stringContaining('is no NumPy array') },
  });
});
