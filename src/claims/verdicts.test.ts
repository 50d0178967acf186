import { beforeAll, describe, expect, test } from '@jest/globals';
import { experiments } from '../../experiments/index.ts';
import { runTrial } from '../trial/run-trial.ts';
import type { TrialRecord } from '../trial/trial.ts';
import type { Claim, ConclusionClaim, NumberClaim, Quantity } from './claims.ts';
import { quantityOf } from './quantity.ts';
import { codeReading, isJudged, planReadings, type Reading, singleChanges, textReading } from './readings.ts';
import { verify } from './verdicts.ts';

// Claims whose truth is known, on real but tiny trainings.

const sources = { dataDir: null };
const seeds = { franke: Array.from({ length: 12 }, (_, seed) => seed + 1), images: [1] };
const small = { epochs: [3], samples: [60] };
const quantity: Quantity = { experiment: 'ffnn', with: small, statistic: 'test_mse' };
const records = new Map<string, TrialRecord>();

function numberClaim(id: string, value: number, more: Partial<NumberClaim> = {}): NumberClaim {
  return { id, kind: 'number', where: 'here', says: id, ...quantity, value, significantDigits: 6, ...more };
}

async function judge(claims: readonly Claim[], readings: readonly Reading[] = [codeReading]) {
  const { planOf, plans } = await planReadings(claims, readings, experiments, seeds, sources);
  for (const { trial } of plans.flatMap(({ cells }) => cells)) {
    if (!records.has(trial.id)) records.set(trial.id, await runTrial(trial, sources));
  }
  return verify(claims, readings, planOf, records, { level: 0.99, seeds });
}

/** The seeds' values of the quantity. */
async function valuesOf(asked: Quantity, reading = codeReading): Promise<number[]> {
  const claim = { ...numberClaim('values', 1), ...asked };
  const { numbers } = await judge([claim], [reading]);
  return numbers[0].evidence[0].values as number[];
}

let interval: { low: number; high: number };
beforeAll(async () => {
  const { numbers } = await judge([numberClaim('interval', 1)]);
  interval = numbers[0].evidence[0].interval!;
});

const verdictOf = async (claim: Claim, readings?: readonly Reading[]) => {
  const { numbers, conclusions } = await judge([claim], readings);
  return [...numbers, ...conclusions][0].verdict;
};

describe('a number', () => {
  test('holds at its own median, and inside the interval', async () => {
    const values = (await valuesOf(quantity)).sort((a, b) => a - b);
    expect(await verdictOf(numberClaim('median', values[6]))).toBe('holds');
    expect(await verdictOf(numberClaim('inside', interval.high * 0.9999))).toBe('holds');
  });

  test('shifted by one unit of its last digit beyond the interval is contradicted', async () => {
    const digits = 3;
    const unit = 10 ** (Math.floor(Math.log10(interval.high)) + 1 - digits);
    const last = Math.floor(interval.high / unit + 0.5) * unit;
    expect(await verdictOf(numberClaim('edge', last, { significantDigits: digits }))).toBe('holds');
    expect(await verdictOf(numberClaim('beyond', last + unit, { significantDigits: digits }))).toBe(
      'contradicted',
    );
  });

  test('that is impossible is contradicted', async () => {
    expect(await verdictOf(numberClaim('impossible', -1))).toBe('contradicted');
  });

  test('is judged under the reading it names only', async () => {
    const text = await valuesOf(quantity, textReading);
    const code = await valuesOf(quantity);
    expect(text).not.toEqual(code);
    const { numbers } = await judge(
      [numberClaim('text', text[0], { variant: 'text' })],
      [codeReading, textReading],
    );
    expect(numbers[0].evidence.map(({ reading }) => reading.name)).toEqual(['text']);
    expect(numbers[0].verdict).toBe('holds');
  });

  test('that holds under one reading only is underspecified, and says which', async () => {
    // Untrained, a network is as wrong as the targets are large; the report's wording subtracts their mean.
    const flat = { ...small, learningRate: [1e-9], noise: [0], target: ['2+0*x'] };
    const untrained = { ...quantity, with: flat };
    const value = (await valuesOf(untrained, textReading))[0];
    const claim = { ...numberClaim('untrained', value), ...untrained };
    const { numbers } = await judge([claim], [codeReading, textReading]);
    expect(numbers[0]).toMatchObject({ verdict: 'underspecified', holdsUnder: ['text'] });
  });

  test('with a record missing is not run, never a pass', async () => {
    const claims = [numberClaim('one', 0.1)];
    const { planOf, plans } = await planReadings(claims, [codeReading], experiments, seeds, sources);
    const some = new Map([...records].filter(([id]) => id !== plans[0].cells[3].trial.id));
    const { numbers } = await verify(claims, [codeReading], planOf, some, { level: 0.99, seeds });
    expect(numbers[0].verdict).toBe('not run');
    expect(numbers[0].evidence[0].p).toBeNull();
  });

  describe('that runs do not have, since they diverge,', () => {
    const published = (learningRate: number): NumberClaim => ({
      ...numberClaim('wild', 0.1, { figure: 'F' }),
      with: { ...small, learningRate: [learningRate] },
    });

    test('is contradicted where all of them do, alone and in its figure', async () => {
      const { numbers, figures } = await judge([published(1e300)]);
      expect(numbers[0].evidence[0]).toMatchObject({ values: Array(12).fill(Infinity), finite: 0 });
      expect([numbers[0].verdict, figures[0].verdict]).toEqual(['contradicted', 'contradicted']);
    });

    test('depends on the seed where some do', async () => {
      const { numbers, figures } = await judge([published(1.2)]);
      expect(numbers[0].evidence[0].finite).toBe(5 / 12);
      expect([numbers[0].verdict, figures[0].verdict]).toEqual([
        'depends on the seed',
        'depends on the seed',
      ]);
    });
  });

  test('with too few seeds is not run', async () => {
    const few = { franke: [1, 2], images: [1] };
    const claims = [numberClaim('few', 0.1)];
    const { planOf } = await planReadings(claims, [codeReading], experiments, few, sources);
    const { numbers } = await verify(claims, [codeReading], planOf, records, { level: 0.99, seeds: few });
    expect(numbers[0].verdict).toBe('not run');
  });
});

describe('a figure', () => {
  test('of numbers that hold one by one can be contradicted as a whole', async () => {
    // The numbers of one run rise and fall together over the seeds; published as if some had risen and some fallen.
    const asked = ['train_mse', 'test_mse'].flatMap((statistic) =>
      [1, 2, 3].map((epoch): Quantity => ({ ...quantity, statistic, curve: { epoch } })),
    );
    const claims = [];
    for (const [index, one] of asked.entries()) {
      const sorted = (await valuesOf(one)).sort((a, b) => a - b);
      const id = `number-${index}`;
      claims.push({ ...numberClaim(id, sorted[index % 2 === 0 ? 1 : 10]), ...one, figure: 'seesaw' });
    }
    const { numbers, figures } = await judge(claims);
    expect(new Set(numbers.map(({ verdict }) => verdict))).toEqual(new Set(['holds']));
    expect(figures[0].verdict).toBe('contradicted');
  });
});

describe('a conclusion', () => {
  const conclusion = (holds: string, more: Partial<ConclusionClaim> = {}): ConclusionClaim => ({
    id: 'c',
    kind: 'conclusion',
    where: 'here',
    says: holds,
    quantities: { train: { ...quantity, statistic: 'train_mse' }, test: quantity },
    holds,
    ...more,
  });

  test.each([
    ['train > 0', 'holds'],
    ['train < 0', 'contradicted'],
    ['train > 0 and test > 1000', 'contradicted'],
  ])('%s: %s', async (holds, verdict) => {
    expect(await verdictOf(conclusion(holds))).toBe(verdict);
  });

  test('that half of the seeds have depends on the seed', async () => {
    const values = (await valuesOf(quantity)).sort((a, b) => a - b);
    const { conclusions } = await judge([conclusion(`test < ${values[6]}`)]);
    expect(conclusions[0].verdict).toBe('depends on the seed');
    expect(conclusions[0].evidence[0].share).toBe(0.5);
    expect(conclusions[0].evidence[0].interval!.low).toBeLessThan(0.3);
    expect(conclusions[0].evidence[0].interval!.high).toBeGreaterThan(0.7);
  });

  test('with `for` must hold in every cell', async () => {
    const grid = { ...quantity, with: { ...small, learningRate: [1e-9, 1e-3] } };
    const quantities = { end: grid, start: { ...grid, curve: { epoch: 1 } } as Quantity };
    const learns = { quantities, for: { learningRate: [1e-3] } };
    expect(await verdictOf(conclusion('end < start - 1e-6', learns))).toBe('holds');
    const both = { quantities, for: { learningRate: [1e-9, 1e-3] } };
    expect(await verdictOf(conclusion('end < start - 1e-6', both))).toBe('contradicted');
  });

  test('a diverged run is infinitely bad', async () => {
    const wild = { ...quantity, with: { ...small, learningRate: [1e6] } };
    const quantities = { wild, tame: quantity };
    expect(await verdictOf(conclusion('wild > 10 * tame', { quantities }))).toBe('holds');
  });
});

describe('claims that cannot be judged', () => {
  test.each<[string, Partial<NumberClaim>, RegExp]>([
    ['an unknown experiment', { experiment: 'ffn' }, /did you mean ffnn/],
    ['an unknown statistic', { statistic: 'test_mes' }, /unknown statistic test_mes.*did you mean test_mse/s],
    ['an option of another experiment', { select: { net: 1 } }, /ffnn has no option net/],
    ['`with` of another experiment', { with: { net: [1] } }, /no option net/],
    ['a cell that is not there', { select: { learningRate: 0.5 } }, /no cell of ffnn/],
    ['several cells for one', { with: { ...small, learningRate: [0.1, 0.2] } }, /2 cells/],
    ['a curve of what has none', { statistic: 'best_epoch', curve: 'mean' }, /has no curve/],
    ['a setting out of range', { with: { learningRate: [-1] } }, /learningRate/],
  ])('%s', async (_name, more, pattern) => {
    await expect(judge([numberClaim('bad', 1, more)])).rejects.toThrow(pattern);
  });
});

test('single changes are every value of the wording and of what is left open, each with its experiments', () => {
  const names = singleChanges(experiments).map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining([
      'basis product',
      'center columns',
      'batches permutation',
      'split canonical',
      'penalize kernels',
      'epochs 100',
    ]),
  );
  const basis = singleChanges(experiments).find(({ name }) => name === 'basis product')!;
  expect([...basis.experiments!]).toEqual(['grid-search ols', 'grid-search ridge']);
});

test('another library is asked under the whole readings, not under every changed choice', () => {
  const claim = numberClaim('theirs', 1, {
    with: { reference: ['none', 'tfjs'] },
    select: { reference: 'tfjs' },
  });
  const change = singleChanges(experiments).find(({ name }) => name === 'batches permutation')!;
  expect([codeReading, textReading, change].map((reading) => isJudged(claim, reading))).toEqual([
    true,
    true,
    false,
  ]);
  expect(isJudged(numberClaim('ours', 1), change)).toBe(true);
});

test('a quantity by another statistic reads the cell that is best by it', async () => {
  const best: Quantity = {
    ...quantity,
    with: { ...small, hidden: ['4', '8-4'] },
    take: 'min',
    by: 'test_mse',
    statistic: 'hidden_layers',
  };
  const layers = await valuesOf(best);
  const single = await valuesOf({
    ...best,
    select: { hidden: '4' },
    statistic: 'test_mse',
    take: 'only',
    by: undefined,
  });
  const double = await valuesOf({
    ...best,
    select: { hidden: '8-4' },
    statistic: 'test_mse',
    take: 'only',
    by: undefined,
  });
  expect(layers).toEqual(single.map((value, seed) => (value < double[seed] ? 1 : 2)));
  expect(quantityOf(best, [], records)).toBeNull();
});
