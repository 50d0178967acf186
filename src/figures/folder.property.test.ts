import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import ffnn from '../../experiments/ffnn.ts';
import { type Plan, planExperiment } from '../experiment/plan.ts';
import { edgeNumber, fixedSeed, hostileText, valueOrRefusal } from '../hostile.testing.ts';
import { manifestPieces } from '../output/manifest.ts';
import { resultFiles } from '../output/result-files.ts';
import { writeRunFolder } from '../output/run-folder.ts';
import type { Records } from '../store/store.ts';
import { readResults } from './folder.ts';
import { draw } from './index.ts';
import { toSvg } from './render.ts';
import { resultsOf } from './results.ts';

let folder: string;
let good: string;
let plan: Plan;
let records: Records;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-folder-'));
  good = join(folder, 'good');
  const given = { seed: [1], samples: [20], epochs: [2], hidden: ['2'], learningRate: [0.1, 0.2] };
  plan = await planExperiment(ffnn, { variant: 'code', quick: false, given }, { dataDir: null });
  const curves = { train_mse: [0.5, 0.25], test_mse: [0.75, 0.5] };
  const numbers = { status: 'done', divergedAt: null, metrics: { test_mse: 0.5 }, bootstrap: null } as const;
  const when = { seconds: 0.001, at: '2025-01-01T00:00:00.000Z' };
  const known = plan.cells.map(
    ({ trial: { id, config } }) => [id, { id, config, ...numbers, curves, ...when }] as const,
  );
  records = new Map(known);
  const facts = {
    command: [],
    jobs: 1,
    computed: 2,
    fromStore: 0,
    failed: 0,
    startedAt: when.at,
    seconds: 1,
  };
  await writeRunFolder(
    good,
    resultFiles(plan, records, ['csv']),
    (files) => () => manifestPieces(plan, records, facts, files),
  );
});
afterAll(() => rm(folder, { recursive: true }));

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A copy of the good folder in which one file is another. */
async function changed(file: string, change: (text: string) => string): Promise<string> {
  const copy = join(folder, 'changed');
  await cp(good, copy, { recursive: true });
  await writeFile(join(copy, file), change(await readFile(join(good, file), 'utf8')));
  return copy;
}

const read = (path: string) => valueOrRefusal(() => readResults(path, [ffnn]));

test('what was written comes back', async () => {
  const { metrics: _known, ...shape } = resultsOf(plan, records).trials[0];
  const results = await readResults(good, [ffnn]);
  expect(results.trials).toHaveLength(2);
  expect(results.trials[0]).toMatchObject({ ...shape, metrics: { test_mse: 0.5 } });
  expect(results.trials[0].metrics.train_r2 ?? null).toBe(null);
});

test('a run from before there were some options, and the option formula had its name, is read as it was', async () => {
  const older = join(folder, 'older');
  await cp(good, older, { recursive: true });
  const text = await readFile(join(good, 'trials.csv'), 'utf8');
  const rows: string[][] = parse(text);
  const without = ['grid', 'init_weights'].map((name) => rows[0].indexOf(name));
  expect(without).not.toContain(-1);
  const before = stringify(rows.map((cells) => cells.filter((_, column) => !without.includes(column))))
    .replace(',formula,', ',target,')
    .replaceAll(',franke,0.25,', ',x*y,0.25,');
  await writeFile(join(older, 'trials.csv'), before);
  for (const file of ['manifest.json', 'datapackage.json']) {
    const written = await readFile(join(older, file), 'utf8');
    await writeFile(join(older, file), written.replaceAll(digest(text), digest(before)));
  }
  const { trials } = await readResults(older, [ffnn]);
  expect(trials.map(({ settings }) => settings.formula)).toEqual(['x*y', 'x*y']);
  expect(trials[0].settings).toMatchObject({ grid: 'none', initWeights: 'none', samples: 20 });
});

test('trials that differ in their seeds alone share their row', async () => {
  const before = await readFile(join(good, 'trials.csv'), 'utf8');
  const [header, first, second] = before.split('\n').map((line) => line.split(','));
  const other = [second[0], ...first.slice(1)];
  other[header.indexOf('seed')] = '2';
  const after = `${[header, first, other].map((cells) => cells.join()).join('\n')}\n`;
  const seeds = await changed('trials.csv', () => after);
  const manifest = await readFile(join(seeds, 'manifest.json'), 'utf8');
  await writeFile(join(seeds, 'manifest.json'), manifest.replaceAll(digest(before), digest(after)));
  const { trials } = await readResults(seeds, [ffnn]);
  expect(trials[1].settings).toEqual({ ...trials[0].settings, seed: 2 });
  expect(trials[1].row).toBe(trials[0].row);
  const unlike = (await readResults(good, [ffnn])).trials;
  expect(unlike[1].row).not.toBe(unlike[0].row);
});

describe('from a spreadsheet or an editor', () => {
  test.each<[string, (text: string) => string]>([
    ['lines that end in CR LF', (text) => text.replaceAll('\n', '\r\n')],
    ['a byte-order mark', (text) => `\ufeff${text}`],
    ['a quoted header', (text) => text.replace(/^[a-z]+/, '"$&"')],
    ['everything quoted', (text) => text.replace(/[^,\n]+/g, '"$&"')],
  ])('%s', async (_name, change) => {
    const before = await readResults(good, [ffnn]);
    for (const file of ['trials.csv', 'curves.csv']) {
      expect(await read(await changed(file, change))).toEqual({ value: before });
    }
  });
});

describe('refused, with file and record', () => {
  const place = (file: string, record: number, column: string) =>
    `${join(folder, 'changed', file)}, record ${record}: ${column} has a value that no run writes`;

  test.each<[string, string, string]>([
    ['1,_,proto__,666', 'split', '"_"'],
    ['1,train,accuracy,666', 'metric', '"accuracy"'],
    ['1,test,__proto__,666', 'metric', '"__proto__"'],
    ['-5,test,mse,1', 'epoch', '"-5"'],
    ['length,test,mse,1', 'epoch', '"length"'],
    ['1.5,test,mse,1', 'epoch', '"1.5"'],
    ['4e9,test,mse,1', 'epoch', '"4e9"'],
    ['1,test,mse,1e999', 'value', '"1e999"'],
    ['1,test,mse,0x10', 'value', '"0x10"'],
  ])('curves.csv with %s', async (end, column, received) => {
    const row = (text: string) => text.split('\n')[1].split(',').slice(0, -4).join(',');
    const path = await changed('curves.csv', (text) => `${text}${row(text)},${end}\n`);
    const { message } = ((await read(path)) as { refusal: Error }).refusal;
    expect(message).toContain(place('curves.csv', 10, column));
    expect(message).toContain(`received: ${received}`);
  });

  test.each([
    ['hidden', '-3'],
    ['kernel_init', 'xavier'],
    ['seed', '1.5'],
    ['test_mse', 'half'],
    ['formula', 'x\u0001'],
    ['formula', '\ufffex'],
    ['schedule', '\u001b]0;x\u0007'],
    ['formula', 'x+'.repeat(500)],
  ])('trials.csv with another %s', async (column, value) => {
    const path = await changed('trials.csv', (text) => {
      const rows = parse(text);
      rows[2][rows[0].indexOf(column)] = value;
      return stringify(rows, { quoted: true });
    });
    const { message } = ((await read(path)) as { refusal: Error }).refusal;
    expect(message).toContain(place('trials.csv', 3, column));
    expect(message).not.toContain('--');
  });
});

test('with any text or number in any cell it is drawn or refused', async () => {
  const cell = fc.oneof(hostileText, edgeNumber.map(String));
  const where = fc.tuple(fc.constantFrom('trials.csv', 'curves.csv', 'manifest.json'), fc.nat(), fc.nat());
  await fc.assert(
    fc.asyncProperty(where, cell, async ([file, r, c], text) => {
      const path = await changed(file, (before) => {
        if (file.endsWith('.json')) return before.replace(/"[^"]*"(?=,?\n)/, JSON.stringify(text));
        const rows = parse(before);
        const row = rows[r % rows.length];
        row[c % row.length] = text;
        return stringify(rows, { quoted: true });
      });
      const outcome = await read(path);
      if (!('value' in outcome)) return;
      for (const { spec } of draw(outcome.value)) expect(await toSvg(spec)).toContain('</svg>');
    }),
    { seed: fixedSeed, numRuns: 100 },
  );
});
