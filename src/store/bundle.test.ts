import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGzip, gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fixedSeed, valueOrRefusal } from '../hostile.testing.ts';
import { hashOfId } from '../trial/id.ts';
import { readAttachment, writeAttachment } from './attachments.ts';
import { bundleFormat, exportBundle, partBytes } from './bundle.ts';
import { importInto, verifyBundle } from './import.ts';
import { filesOf, recordOf, resultsIn, writeStore } from './join.testing.ts';
import { encodeLine } from './journal.ts';
import { openStore, readStore } from './store.ts';

let folder: string;
let file: string;
let to: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-bundle-'));
  [file, to] = [join(folder, 'trials.jsonl.gz'), join(folder, 'to')];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const path = (name: string) => join(folder, name);
const exported = async (store: string, withFiles = true, out = file) =>
  exportBundle(await openStore(store), out, withFiles);
const imported = async () => importInto(to, file, await verifyBundle(file));
const refusal = async (): Promise<string> => {
  const outcome = await valueOrRefusal(imported);
  if ('value' in outcome) throw new Error('was imported');
  expect(existsSync(to)).toBe(false);
  return outcome.refusal.message;
};
const linesOf = async () =>
  gunzipSync(await readFile(file))
    .toString()
    .trimEnd()
    .split('\n');
/** Writes a file of these lines with the last line that fits them. */
const writeLines = (lines: readonly string[], attachments = 0) => {
  const text = lines.map((line) => `${line}\n`).join('');
  const records = lines.filter((line) => line.startsWith('{"store"')).length;
  const sha256 = createHash('sha256').update(text).digest('hex');
  return writeFile(file, gzipSync(`${text}${JSON.stringify({ records, attachments, sha256 })}\n`));
};

const records = ['a', 'b', 'c'].map((name) => recordOf(name));
const classifier = recordOf('classifier', {}, true);
const lineOf = (record = classifier) => encodeLine(record).trimEnd();
const header = JSON.stringify({ format: bundleFormat });

test('what is exported and imported is the same, and exported again it has the same bytes', async () => {
  const record = fc.record({
    name: fc.string({ maxLength: 5 }),
    mse: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
    seconds: fc.double({ min: 0, max: 1e6, noNaN: true }),
  });
  let number = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(record, { maxLength: 8 }), { minLength: 1, maxLength: 3 }),
      async (parts) => {
        const names = new Set<string>();
        const journals = parts.map((lines) =>
          lines.flatMap(({ name, mse, seconds }) => {
            if (names.has(name)) return [];
            names.add(name);
            return [recordOf(name, { metrics: { test_mse: mse }, seconds })];
          }),
        );
        const from = await writeStore(path(`from-${number}`), ...journals);
        [file, to] = [path(`${number}.gz`), path(`to-${number++}`)];
        expect((await exported(from)).records).toBe(names.size);
        expect(await imported()).toMatchObject({ added: names.size, conflicts: [], damaged: [] });
        expect((await readStore(to)).records.size).toBe(names.size);
        expect(await resultsIn(to)).toEqual(await resultsIn(from));
        const before = await readFile(file);
        await exported(to, true, path('again'));
        expect((await readFile(path('again'))).equals(before)).toBe(true);
      },
    ),
    { seed: fixedSeed, numRuns: 10 },
  );
});

test('the bytes are those that they were: the format, its compression, no time of writing', async () => {
  await exported(await writeStore(path('from'), records));
  const digest = createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
  await exported(await writeStore(path('other'), [...records].reverse()), false, path('again'));
  expect(
    createHash('sha256')
      .update(await readFile(path('again')))
      .digest('hex'),
  ).toBe(digest);
  // gzip, without a name, a time and flags.
  expect((await readFile(file)).subarray(0, 8).toString('hex')).toBe('1f8b080000000000');
  expect(await linesOf()).toEqual([
    header,
    ...[...records].sort((a, b) => (a.id < b.id ? -1 : 1)).map(lineOf),
    expect.stringMatching(/^{"records":3,"attachments":0,"sha256":"[0-9a-f]{64}"}$/),
  ]);
});

test('Python reads it in five lines', async () => {
  await exported(await writeStore(path('from'), records));
  const program = [
    'import gzip, json',
    `with gzip.open("trials.jsonl.gz", "rt") as file:`,
    '    lines = [json.loads(line) for line in file]',
    'records = [line["record"] for line in lines if "record" in line]',
    'print([record["metrics"]["test_mse"] for record in records])',
  ];
  const python = ['python3', '/usr/bin/python3'].find((one) => {
    try {
      execFileSync(one, ['--version'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  });
  if (python === undefined) return;
  expect(execFileSync(python, ['-c', program.join('\n')], { cwd: folder }).toString()).toBe(
    '[0.5, 0.5, 0.5]\n',
  );
});

test('attachments of any size come along; without them, what is missing is named', async () => {
  const from = await writeStore(path('from'), [classifier, ...records]);
  const large = Buffer.alloc(2 * partBytes, 'a weight ');
  await writeAttachment(from, classifier, 'weights', large);
  await writeAttachment(from, classifier, 'outputs', Buffer.from('1'));
  await writeAttachment(from, records[0], 'model', Buffer.alloc(partBytes + 1, '{'));
  const other = recordOf('not in a journal');
  await writeAttachment(from, other, 'model', Buffer.from('{'));
  expect(await exported(from, false)).toMatchObject({
    records: 4,
    attachments: { weights: 0, outputs: 0, model: 0 },
  });
  const missing = { weights: [classifier.id], outputs: [classifier.id], model: [] };
  expect(await imported()).toMatchObject({ added: 4, missing });
  await exported(from);
  const attachments = { weights: 1, outputs: 1, model: 1 };
  expect(await imported()).toMatchObject({
    added: 0,
    present: 4,
    attachments,
    missing: { weights: [], outputs: [] },
  });
  expect(Buffer.from((await readAttachment(to, classifier, 'weights'))!).equals(large)).toBe(true);
  const before = await filesOf(to);
  expect(await imported()).toMatchObject({
    attachments: { weights: 0, outputs: 0, model: 0 },
    conflicts: [],
  });
  expect(await filesOf(to)).toEqual(before);
});

test('conflicts are named, and nothing is overwritten', async () => {
  const other = { ...records[0], metrics: { test_mse: 0.25 } };
  const from = await writeStore(path('from'), [other, classifier, records[1]]);
  await writeStore(to, [records[0], classifier]);
  await writeAttachment(from, classifier, 'weights', Buffer.from('1'));
  await writeAttachment(from, other, 'model', Buffer.from('1'));
  await writeAttachment(to, classifier, 'weights', Buffer.from('2'));
  await exported(from);
  const { added, conflicts } = await imported();
  expect(added).toBe(1);
  expect(conflicts).toMatchObject([
    {
      id: other.id,
      column: 'test_mse',
      values: [
        { store: to, value: 0.5 },
        { store: file, value: 0.25 },
      ],
    },
    { id: classifier.id, column: 'weights' },
  ]);
  expect(Buffer.from((await readAttachment(to, classifier, 'weights'))!).toString()).toBe('2');
  expect(await readAttachment(to, other, 'model')).toBeNull();
  expect(await resultsIn(to)).toEqual(
    await resultsIn(await writeStore(path('expected'), [...records.slice(0, 2), classifier])),
  );
});

test('damaged records are left out and named; damaged weights too', async () => {
  const from = await writeStore(path('from'), [encodeLine(records[0]).replace('0.5', '0.6'), classifier]);
  expect(await exported(from)).toMatchObject({
    records: 1,
    missing: { weights: [classifier.id] },
    damaged: ['journal-0.jsonl: line 1 was changed after it was written'],
  });
});

describe('refused before anything is imported', () => {
  const writeGood = async () => {
    const from = await writeStore(path('from'), [classifier, ...records]);
    await writeAttachment(from, classifier, 'weights', Buffer.from('numbers'));
    await exported(from);
  };

  test('any byte changed, removed or added, packed or not', async () => {
    await writeGood();
    const good = await readFile(file);
    const text = gunzipSync(good);
    const change = fc.record({
      at: fc.nat(),
      kind: fc.constantFrom('changed', 'removed', 'added', 'cut off'),
      byte: fc.integer({ min: 1, max: 255 }),
      isPacked: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ at, kind, byte, isPacked }) => {
        const bytes = isPacked ? good : text;
        // The header of gzip has a few bytes that mean nothing.
        const place = isPacked ? 10 + (at % (bytes.length - 10)) : at % bytes.length;
        const middle = {
          changed: [bytes[place] ^ byte],
          removed: [],
          added: [byte ^ 0xff, bytes[place]],
          'cut off': [],
        };
        const rest = kind === 'cut off' ? [] : [bytes.subarray(place + 1)];
        const made = Buffer.concat([bytes.subarray(0, place), Buffer.from(middle[kind]), ...rest]);
        await writeFile(file, isPacked ? made : gzipSync(made));
        const outcome = await valueOrRefusal(() => verifyBundle(file));
        if ('value' in outcome) expect(gunzipSync(made).equals(text)).toBe(true);
      }),
      { seed: fixedSeed, numRuns: 80 },
    );
  });

  test('and the line is named', async () => {
    await writeGood();
    const lines = await linesOf();
    const changed = lines.map((line, index) => (index === 2 ? line.replace('0.5', '0.6') : line));
    await writeFile(file, gzipSync(`${changed.join('\n')}\n`));
    expect(await refusal()).toMatch(/line 3 was changed after it was written/);
    await writeFile(file, gzipSync(`${lines.slice(0, 3).join('\n')}\n`));
    expect(await refusal()).toMatch(/it is cut off after line 3/);
    await writeFile(file, gzipSync(`${lines.join('\n')}\n${lines[1]}\n`));
    expect(await refusal()).toMatch(/line 8 comes after the last line/);
    await writeFile(file, gzipSync(`${lines.filter((line) => line !== lineOf(records[0])).join('\n')}\n`));
    expect(await refusal()).toMatch(/does not fit the lines before it/);
  });

  const part = (change: object = {}) => {
    const content = Buffer.from('numbers');
    const sha256 = createHash('sha256').update(content).digest('hex');
    const rest = { bytes: content.length, sha256, part: 0, base64: content.toString('base64') };
    return JSON.stringify({ attachment: 'weights', id: hashOfId(classifier.id), ...rest, ...change });
  };
  test('such a part is imported, if nothing is wrong with it', async () => {
    await writeLines([header, lineOf(), part()], 1);
    expect(await imported()).toMatchObject({ added: 1, attachments: { weights: 1 } });
  });

  test.each([
    ['a path as an id', { id: '../../../../tmp/x' }],
    ['a path as a kind', { attachment: '../x' }],
    ['a kind that objects inherit', { attachment: 'constructor' }],
    ['an id that no record has', { id: '0'.repeat(64) }],
    ['a second part without a first', { part: 1 }],
    ['no bytes', { bytes: 0, base64: '' }],
    ['fewer bytes than it says', { bytes: 8 }],
    ['more bytes than it says', { bytes: 6 }],
    ['more than a disk can hold', { bytes: 2 ** 60 }],
    ['another digest', { sha256: '0'.repeat(64) }],
  ])('an attachment with %s', async (_, change) => {
    await writeLines([header, lineOf(), part(change)], 1);
    expect(await refusal()).toMatch(/line 3/);
  });

  test('attachments in another order, or twice', async () => {
    await writeLines([header, lineOf(), part(), part()], 2);
    expect(await refusal()).toMatch(/line 4/);
    await writeLines([header, lineOf(), part({ attachment: 'outputs' }), part()], 2);
    expect(await refusal()).toMatch(/line 4/);
    await writeLines([header, part(), lineOf()], 1);
    expect(await refusal()).toMatch(/line 2/);
  });

  test('records in another order, twice, of another id, or of other versions of the store', async () => {
    const [first, second] = [...records]
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .map((record) => lineOf(record));
    await writeLines([header, second, first]);
    expect(await refusal()).toMatch(/line 3 is not in its place/);
    await writeLines([header, first, first]);
    expect(await refusal()).toMatch(/line 3 is not in its place/);
    const text = JSON.stringify({ ...(JSON.parse(first) as { record: object }).record, seconds: 9 });
    const hash = '0'.repeat(64);
    const check = createHash('sha256').update(hash).update(text).digest('hex').slice(0, 16);
    await writeLines([header, `{"store":2,"id":"${hash}","check":"${check}","record":${text}}`]);
    expect(await refusal()).toMatch(/line 2 was changed/);
    for (const version of [1, 3]) {
      await writeLines([header, first.replace('"store":2', `"store":${version}`)]);
      expect(await refusal()).toMatch(/line 2/);
    }
  });

  test.each([
    ['a later version', 'fys-nn-trials/2', /another version/],
    ['another format', 'fys-nn-trace/3', /not a file of records/],
    ['no format', 7, /not a file of records/],
  ])('%s', async (_, format, words) => {
    await writeLines([JSON.stringify({ format })]);
    expect(await refusal()).toMatch(words);
  });

  test('what is no file of records', async () => {
    for (const bytes of [
      '',
      '\n',
      'x',
      '{"a":1}\n',
      'house,price\n1,2\n',
      gzipSync(''),
      Buffer.from([0x1f, 0x8b]),
    ]) {
      await writeFile(file, bytes);
      expect(await refusal()).toMatch(/not a file of records|cut off|damaged/);
    }
    await rm(file);
    expect(await refusal()).toMatch(/there is no such file/);
    file = folder;
    expect(await refusal()).toMatch(/it is a folder/);
  });

  test('a line that unpacks to more than any record', async () => {
    for (const begin of ['', `${header}\n${lineOf().slice(0, 200)}`]) {
      const zip = createGzip();
      const packed = (async () => {
        const pieces: Buffer[] = [];
        for await (const piece of zip) pieces.push(piece);
        return Buffer.concat(pieces);
      })();
      zip.write(begin);
      for (let mebibytes = 0; mebibytes < 33; mebibytes++) zip.write(Buffer.alloc(2 ** 20));
      zip.end();
      await writeFile(file, await packed);
      expect(await refusal()).toMatch(/is (?:longer than any that fys-nn writes|not a file of records)/);
    }
  });
});

test('a store of nothing has a file of nothing', async () => {
  await exported(await writeStore(path('from'), []));
  expect(await imported()).toMatchObject({ added: 0, present: 0 });
  expect(await readdir(to)).toEqual([]);
});
