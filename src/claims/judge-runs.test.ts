import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { UserError } from '../errors.ts';
import { createRng } from '../math/rng.ts';
import type { Claim, Metrics } from './claims.ts';
import { judgeRuns } from './judge-runs.ts';
import { claimKinds } from './kinds/index.ts';
import { moreSeedsFor } from './more-runs.ts';
import { openRuns } from './runs-file.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-runs-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

async function judge(content: string | Uint8Array, claims: readonly unknown[], metrics?: Metrics) {
  const path = join(directory, 'runs.csv');
  await writeFile(path, content);
  const subject = { claims: claims as Claim[], metrics };
  return await judgeRuns(subject, await openRuns(path), 0.95, 'fys-nn verify');
}

/** The error for a file, without its path. */
async function problem(
  content: string | Uint8Array,
  claims: readonly unknown[] = [number()],
  metrics?: Metrics,
) {
  try {
    await judge(content, claims, metrics);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message.replaceAll(`${directory}/`, '');
  }
  throw new Error('no error');
}

function number(given: object = {}) {
  return {
    ...{ id: 'n', kind: 'number', where: 'Table 1', says: 'loss', experiment: '' },
    ...{ statistic: 'loss', value: 1, significantDigits: 3, ...given },
  };
}

/** Twelve runs of two cells whose loss is about 1 and about 2. */
const losses = [0.97, 1.02, 1.01, 0.99, 1.05, 0.96, 1.03, 0.98, 1.0, 1.04, 0.95, 1.01];
const rows = losses.flatMap((loss, i) => [`${i + 1},0.1,${loss}`, `${i + 1},0.01,${2 * loss}`]);
const table = (header = 'seed,lr,loss', lines: readonly string[] = rows) =>
  `${[header, ...lines].join('\n')}\n`;
const slow = { select: { lr: 0.01 } };
const fast = { select: { lr: 0.1 } };

async function values(content: string | Uint8Array, given: object = fast, metrics?: Metrics) {
  const { verification } = await judge(content, [number(given)], metrics);
  return verification.numbers[0].evidence[0].values;
}

test('numbers and conclusions are judged by the rows of their cells', async () => {
  const { verification, notes } = await judge(table(), [
    number({ id: 'right', ...fast, value: 1.01 }),
    number({ id: 'swapped', ...slow, value: 1.01 }),
    {
      ...{ id: 'faster', kind: 'conclusion', where: 'text', says: 'a higher rate is better', holds: 'a < b' },
      quantities: {
        a: { experiment: '', statistic: 'loss', ...fast },
        b: { experiment: '', statistic: 'loss', ...slow },
      },
    },
  ]);
  expect(verification.numbers.map(({ verdict }) => verdict)).toEqual(['typical', 'contradicted']);
  expect(verification.conclusions[0]).toMatchObject({ verdict: 'holds', byReading: { runs: 'holds' } });
  expect(verification.seeds).toEqual({ 'runs.csv': [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] });
  expect(notes).toEqual([expect.stringContaining('loss is no metric that fys-nn knows')]);
});

test('the same table in other forms gives the same values', async () => {
  const expected = losses;
  const comma = (text: string) => text.replaceAll('.', ',');
  const semicolons = table().replaceAll(',', ';');
  const forms: Record<string, string | Uint8Array> = {
    plain: table(),
    bom: `\ufeff${table()}`,
    crlf: table().replaceAll('\n', '\r\n'),
    cr: table().replaceAll('\n', '\r'),
    'no last line end': table().trimEnd(),
    quoted: table().replaceAll(/[^,\n]+/g, '"$&"'),
    semicolons,
    'decimal commas': comma(semicolons),
    tabs: table().replaceAll(',', '\t'),
    gzip: gzipSync(table()),
    'empty lines': `${table()}\n,,\n\n`,
    'row numbers': table(
      ',seed,lr,loss',
      rows.map((row, i) => `${i},${row}`),
    ),
    'rows in another order': table('seed,lr,loss', [...rows].reverse()),
    'other columns': table(
      'loss,host,lr,seed',
      rows.map((row, i) => [...row.split(',').reverse()].join(`,h${i},`).replace(/,h\d+,(?=\d+$)/, ',')),
    ),
    'run instead of seed': table('Run,lr,loss'),
    'other notation of numbers': table(
      'seed,LR,Loss',
      rows.map((row) => row.replace(',0.1,', ',1e-1,').replace(/^(\d+)/, '$1.0')),
    ),
    status: table(
      'seed,lr,loss,status',
      rows.map((row) => `${row},done`),
    ),
    'spaces around cells': table().replaceAll(',', ' , '),
  };
  for (const [name, content] of Object.entries(forms)) {
    expect({ name, values: await values(content) }).toEqual({ name, values: expected });
  }
});

test('empty cells, absent rows and rows that were not run leave a run out', async () => {
  const without = [...losses.slice(0, 3), ...losses.slice(4)];
  expect(
    await values(
      table(
        'seed,lr,loss',
        rows.map((row) => row.replace(/^4,0.1,.*/, '4,0.1,')),
      ),
    ),
  ).toEqual(without);
  expect(
    await values(
      table(
        'seed,lr,loss',
        rows.filter((row) => !row.startsWith('4,')),
      ),
    ),
  ).toEqual(without);
  const ended = rows.map((row) => `${row},${row.startsWith('4,') ? 'not run' : 'done'}`);
  expect(await values(table('seed,lr,loss,status', ended))).toEqual(without);
});

test('the lowest of all cells needs all cells', async () => {
  const best = { take: 'min', select: {} };
  expect(await values(table(), best)).toEqual(losses);
  expect(await values(table('seed,lr,loss', rows.slice(0, -1)), best)).toEqual(losses.slice(0, -1));
});

test('a diverged run has the worst value, which the name of the metric or the claims know', async () => {
  const mse = table('seed,lr,mse', rows.with(0, '1,0.1,diverged').with(2, '2,0.1,inf'));
  expect((await values(mse, { ...fast, statistic: 'mse' })).slice(0, 3)).toEqual([
    Infinity,
    Infinity,
    losses[2],
  ]);
  const r2 = table(
    'seed,lr,test_r2,status',
    rows.map((row, i) => `${row.replace(/[\d.]+$/, '0.9')},${i === 0 ? 'diverged' : ''}`),
  );
  expect((await values(r2, { ...fast, statistic: 'test_r2' }))[0]).toBe(-Infinity);
  const loss = table('seed,lr,loss', rows.with(0, '1,0.1,diverged'));
  expect(await problem(loss)).toMatch(
    /line 2 is of a run that diverged[\s\S]*"metrics": \{"loss": \{"better"/,
  );
  expect((await values(loss, fast, { loss: { better: 'lower' } }))[0]).toBe(Infinity);
});

test('runs of one seed decide nothing', async () => {
  const { verification } = await judge(table('seed,lr,loss', rows.slice(0, 2)), [
    number(fast),
    {
      ...number(),
      id: 'c',
      kind: 'conclusion',
      holds: 'a > 0',
      quantities: { a: { experiment: '', statistic: 'loss', ...fast } },
    },
  ]);
  expect(verification.numbers[0].verdict).toBe('undecided');
  expect(verification.conclusions[0].verdict).toBe('undecided');
});

test('the best cell of a grid is judged among all cells', async () => {
  const expand = (best: object) =>
    claimKinds['best cell'].expand(
      {
        ...{ id: 'best', kind: 'best cell', where: 'text', says: 'the best', experiment: '' },
        ...{ statistic: 'loss', best: best as Record<string, string> },
      },
      () => 'lower',
    );
  const word = async (best: object) => (await judge(table(), expand(best))).verification.conclusions[0];
  expect(await word({ lr: 0.1 })).toMatchObject({ verdict: 'holds', evidence: [{ bestCell: { cells: 2 } }] });
  expect(await word({ lr: 0.01 })).toMatchObject({ verdict: 'contradicted' });
  expect((await word({ lr: 0.01 })).evidence[0].bestCell).toMatchObject({ best: { lr: '0.1' }, tied: 1 });
});

test('claims without rows are not run, and a note says why', async () => {
  const { verification, notes } = await judge(table(), [number({ select: { lr: 0.3 } })]);
  expect(verification.numbers[0].verdict).toBe('not run');
  expect(notes).toContain('not run: n: no row has lr 0.3; there are 0.01, 0.1');
});

test('numbers of a figure whose runs differ are not taken for the same runs', async () => {
  const figure = { figure: 'Figure 1' };
  const { verification, notes } = await judge(table('seed,lr,loss', rows.slice(1, -1)), [
    number({ id: 'a', ...fast, ...figure }),
    number({ id: 'b', ...slow, ...figure, value: 2 }),
  ]);
  expect(verification.numbers.map(({ evidence }) => evidence[0].values.length)).toEqual([11, 11]);
  expect(verification.figures[0].evidence[0].numbers).toBe(2);
  expect(notes).toContain('of 12 runs, fewer have a value for a 11, b 11');
});

test('columns with the name of a metric have its scale; others follow their values or the claims', async () => {
  const scaleOf = async (column: string, cells: readonly number[], metrics?: Metrics) => {
    const lines = cells.map((cell, i) => `${i},${cell}`);
    const claims = [number({ statistic: column, value: cells[0] })];
    const { verification } = await judge(table(`seed,${column}`, lines), claims, metrics);
    return verification.numbers[0].evidence[0].found?.scale;
  };
  const shares = [0.91, 0.93, 0.92, 0.94, 0.9, 0.95];
  expect(await scaleOf('accuracy', shares)).toBe('logit');
  expect(await scaleOf('Val Accuracy', shares)).toBe('logit');
  expect(
    await scaleOf(
      'accuracy',
      shares.map((share) => 100 * share),
    ),
  ).toBe('log');
  expect(await scaleOf('R2 score', shares)).toBe('-log(1 - x)');
  expect(await scaleOf('f1', shares)).toBe('log');
  expect(await scaleOf('f1', shares, { f1: { scale: 'logit' } })).toBe('logit');
  expect(await scaleOf('reward', [-1, 2, 3, 1, 2, 0.5])).toBe('the value itself');
});

test.each([
  ['', /is empty/],
  ['\n\n', /is empty/],
  ['seed,lr,loss\n', /no row/],
  ['lr,loss\n0.1,1\n', /no column that tells runs apart/],
  ['seed,loss,loss\n1,1,1\n', /two columns of the same name/],
  ['seed,lr,loss\n1,0.1\n', /line 2 has too few cells/],
  ['seed,lr,loss\n\n1,0.1,1,5\n', /line 3 has too many cells/],
  [
    'seed,lr,note,loss\n1,0.1,"two\nlines",1\n2,0.1,,x\n',
    /line 4 has no number in column loss[\s\S]*received: "x"/,
  ],
  ['seed,lr,loss\n1,0.1,nan\n', /line 2[\s\S]*write diverged if/],
  ['seed,lr,loss\n1,0.1,"0,93"\n', /write 0.93, or separate/],
  ['seed,lr,loss\n1,0.1,93 %\n', /write 0.93, without/],
  ['seed,lr,loss\n1,0.1,1e999\n', /give a number below/],
  ['seed,lr,loss\n1,0.1,0x10\n', /no number in column loss/],
  ['seed,lr,loss\n,0.1,1\n', /line 2 has no seed/],
  ['seed,lr,loss,status\n1,0.1,1,perhaps\n', /another word in column status/],
  ['seed;lr;loss\n1;0,1;1,5\n2;0,1;1.5\n', /line 3 has a decimal point/],
  ['seed,lr,loss\n1,0.1,1\n1,0.1,2\n', /lines 2 and 3 give the same cell of seed 1 twice/],
  [
    'seed,lr,batch,loss\n1,0.1,5,1\n1,0.1,10,2\n',
    /does not fit the claims: [\s\S]*selects both lines 2 and 3[\s\S]*differ in batch[\s\S]*"batch": "5"/,
  ],
  ['seed,lr,los\n1,0.1,1\n', /no column of this name[\s\S]*did you mean los\?/],
  [Buffer.from('\ufeffseed,lr,loss\n1,0.1,1\n', 'utf16le'), /in the encoding UTF-16[\s\S]*as UTF-8/],
  [Buffer.from('seed,lr,loss\n1,0.1,1\n', 'utf16le'), /in the encoding UTF-16/],
  ['seed,lr,Loss,LOSS\n1,0.1,1,2\n', /statistic: several columns [\s\S]*one of Loss, LOSS/],
  ['seed,rate,loss\n1,0.1,1\n', /claim n: select[\s\S]*no column/],
  ['seed,lr,loss\n1,0.1,"1\n', /quoted cell that is never closed/],
  [gzipSync('seed,lr,loss\n1,0.1,1\n').subarray(0, 30), /gzip, and damaged/],
])('refuses %j', async (content, expected) => {
  expect(await problem(content, [number(fast)])).toMatch(expected);
});

test('the same row twice is found where several cells give one number, and cells that differ are not the same', async () => {
  const mean = number({ take: 'mean' });
  expect(await problem(table('seed,lr,loss', [...rows, '3,0.1,7']), [mean])).toMatch(
    /lines 6 and 26 .*twice/,
  );
  const claims = [mean];
  const { verification } = await judge(
    table('seed,lr,batch,loss', ['1,0.1,5,1', '1,0.1,10,3', '2,0.1,5,1', '2,0.1,10,5']),
    claims,
  );
  expect(verification.numbers[0].evidence[0].values).toEqual([2, 3]);
});

describe('the cells of a grid', () => {
  const grid = (cellsOf: (seed: number) => readonly number[], seeds = 12) =>
    table(
      'seed,cell,loss',
      Array.from({ length: seeds }, (_, seed) =>
        cellsOf(seed).map((cell) => `${seed},${cell},${1 + cell + losses[seed % 12]}`),
      ).flat(),
    );
  const all = number({ take: 'mean' });
  const listed = number({ take: 'min', select: { cell: [0, 1, 2, 7, 99] } });

  test.each([all, listed, number({ select: { cell: [2, 7] } })])(
    'that differ between runs are refused',
    async (claim) => {
      expect(
        await problem(
          grid((seed) => [0, 1, seed % 2 === 0 ? 2 : 7]),
          [claim],
        ),
      ).toMatch(/different cells: only 6 of 12 runs have the cell cell 2 \(seed 0, 2, 4, 6, 8, and 1 more\)/);
    },
  );

  test.each([all, listed])(
    'are those of most runs: a stray is left out, and a run that lacks one',
    async (claim) => {
      const whole = await judge(
        grid(() => [0, 1, 2]),
        [claim],
      );
      const stray = await judge(
        grid((seed) => (seed === 1 ? [0, 1, 2, 99] : [0, 1, 2])),
        [claim],
      );
      const valuesIn = ({ verification }: typeof whole) => verification.numbers[0].evidence[0].values;
      expect(valuesIn(stray)).toEqual(valuesIn(whole));
      expect(stray.notes).toContain('left out: only 1 of 12 runs has the cell cell 99 (seed 1)');
      const short = await judge(
        grid((seed) => (seed === 1 ? [0, 1] : seed === 3 ? [0, 1, 7] : [0, 1, 2])),
        [claim],
      );
      expect(valuesIn(short)).toEqual(valuesIn(whole).filter((_, seed) => seed !== 1 && seed !== 3));
    },
  );

  test('written differently are the same', async () => {
    const content = grid(() => [0, 1, 2]).replaceAll(/^(\d*[02468]),1,/gm, '$1,1.0,');
    const judged = await judge(content, [listed]);
    expect(judged.verification.numbers[0].evidence[0].values).toHaveLength(12);
  });

  test('may lie on computers that differ between runs', async () => {
    const hosts = grid(() => [0, 1, 2]).replaceAll(
      /^(\d+),(\d),/gm,
      (_, seed, cell) => `${seed},${cell}-${Number(seed) % 3 === 0},`,
    );
    const { verification, notes } = await judge(hosts, [all]);
    expect(verification.numbers[0].evidence[0].values).toHaveLength(12);
    expect(notes.join()).not.toContain('left out');
  });
});

test('claims about several experiments need a column of experiments', async () => {
  const claims = ['ols', 'ridge'].map((experiment) => number({ id: experiment, ...fast, experiment }));
  expect(await problem(table(), claims)).toMatch(
    /several experiments[\s\S]*a column experiment with ols, ridge/,
  );
  const named = [...rows.map((row) => `${row},ols`), ...rows.map((row) => `${row}1,ridge`)];
  const { verification } = await judge(table('seed,lr,loss,experiment', named), claims);
  expect(verification.numbers.map(({ evidence }) => evidence[0].values.length)).toEqual([12, 12]);
});

test('bounds in the claims hold for every run', async () => {
  expect(await problem(table(), [number(fast)], { loss: { low: 0, high: 1 } })).toMatch(
    /line 4 has a number in column loss[\s\S]*from 0 to 1/,
  );
  expect(await problem(table(), [number(fast)], { lost: { better: 'lower' } })).toMatch(
    /did you mean loss\?/,
  );
});

test('any file is judged or refused with a reason', async () => {
  const cell = fc.oneof(
    fc.double().map(String),
    fc.constantFrom(
      '',
      '1',
      '0.1',
      'inf',
      '-inf',
      'NaN',
      'diverged',
      'NA',
      '"',
      ';',
      '\t',
      '\r',
      '\u0000',
      '\u202e',
      '1,5',
      'é',
    ),
    fc.string({ maxLength: 5 }),
  );
  const lines = fc.array(fc.array(cell, { minLength: 1, maxLength: 5 }), { maxLength: 8 });
  const header = fc.constantFrom(
    'seed,lr,loss',
    'seed;lr;loss',
    'lr,loss',
    'seed,lr,loss,status',
    '\ufeffrun\tlr\tloss',
    '',
  );
  await fc.assert(
    fc.asyncProperty(header, lines, async (first, cells) => {
      const separator = first.includes(';') ? ';' : first.includes('\t') ? '\t' : ',';
      const content = [first, ...cells.map((row) => row.join(separator))].join('\n');
      try {
        const { verification } = await judge(content, [number(fast)]);
        expect(verification.numbers).toHaveLength(1);
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
      }
    }),
    { numRuns: 300, seed: 1 },
  );
});

test('an undecided number says how many more seeds it needs, and these settle it', async () => {
  const rng = createRng(3, 'data');
  const spread = Array.from({ length: 60 }, (_, i) => `${i + 1},${Math.exp(0.35 * rng.normal())}`);
  const judged = async (seeds: number) => {
    const { verification } = await judge(table('seed,loss', spread.slice(0, seeds)), [number()]);
    return verification.numbers[0].evidence[0];
  };
  const few = await judged(4);
  expect(few.verdict).toBe('undecided');
  const more = moreSeedsFor(few)!;
  expect(more).toBeGreaterThan(0);
  expect(more).toBeLessThan(50);
  const enough = await judged(4 + 4 * more);
  expect(enough.verdict).toBe('typical');
  expect(moreSeedsFor(enough)).toBeNull();
});
