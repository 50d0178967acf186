import { beforeAll, describe, expect, test } from '@jest/globals';
import { experiments } from '../../experiments/index.ts';
import type { Experiment } from '../experiment/define.ts';
import { runTrial } from '../trial/run-trial.ts';
import type { TrialRecord } from '../trial/trial.ts';
import { choices } from './choices.ts';
import type { Claim, ConclusionClaim, NumberClaim, Quantity } from './claims.ts';
import type { NumberFinding } from './judge-numbers.ts';
import { quantityOf } from './quantity.ts';
import { codeReading, isJudged, planReadings, type Reading, singleChanges, textReading } from './readings.ts';
import { recoveringChoices, verify, withoutChoices } from './verdicts.ts';
import { verificationMarkdown } from './verification-markdown.ts';

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
  return verify(claims, readings, planOf, records, { level: 0.95, seeds });
}

/** The seeds' values of the quantity. */
async function valuesOf(asked: Quantity, reading = codeReading): Promise<number[]> {
  const claim = { ...numberClaim('values', 1), ...asked };
  const { numbers } = await judge([claim], [reading]);
  return numbers[0].evidence[0].values as number[];
}

let found: NumberFinding;
beforeAll(async () => {
  const { numbers } = await judge([numberClaim('interval', 1)]);
  found = numbers[0].evidence[0].found!;
});

const verdictOf = async (claim: Claim, readings?: readonly Reading[]) => {
  const { numbers, conclusions } = await judge([claim], readings);
  return [...numbers, ...conclusions][0].verdict;
};

describe('a number', () => {
  test('is typical at the median of the runs and within their central 95 %, unusual outside', async () => {
    const values = (await valuesOf(quantity)).sort((a, b) => a - b);
    expect(await verdictOf(numberClaim('median', values[6]))).toBe('typical');
    const { numbers } = await judge([
      numberClaim('inside', found.interval.high * 0.999),
      numberClaim('outside', found.interval.high * 1.001),
    ]);
    expect(numbers.map(({ verdict }) => verdict)).toEqual(['typical', 'unusual']);
  });

  test('is contradicted from its resolution on, with all values that its rounding allows', async () => {
    const readingError = 0.01;
    const options = { readingError, significantDigits: undefined };
    const at = (value: number) => verdictOf(numberClaim('edge', value, options));
    expect(await at(found.undetected.high + readingError * 0.99)).not.toBe('contradicted');
    expect(await at(found.undetected.high + readingError * 1.01)).toBe('contradicted');
    const { numbers } = await judge([numberClaim('wide', 1, options)]);
    const { resolution, undetected } = numbers[0].evidence[0].found!;
    const center = Math.sqrt(undetected.low * undetected.high); // on a logarithmic scale
    expect(resolution).toBeCloseTo(
      Math.min(undetected.high - center, center - undetected.low) + readingError,
      6,
    );
  });

  test('has z, the distance in standard deviations on the scale, and a percentile', async () => {
    const values = await valuesOf(quantity);
    const logs = values.map(Math.log);
    const mean = logs.reduce((sum, x) => sum + x) / logs.length;
    const deviation = Math.sqrt(logs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (logs.length - 1));
    const published = Math.exp(mean + 2 * deviation);
    const { numbers } = await judge([numberClaim('two', published)]);
    expect(numbers[0].evidence[0].found).toMatchObject({ scale: 'log', method: 'normal' });
    expect(numbers[0].evidence[0].found!.z).toBeCloseTo(2, 4);
    const below = values.filter((value) => value < published).length;
    expect(numbers[0].evidence[0].found!.percentile).toBeCloseTo((100 * below) / 12, 10);
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
    expect(numbers[0].verdict).toBe('typical');
  });

  test('that one reading contradicts and the other does not is underspecified, and says which', async () => {
    // Untrained, a network is as wrong as the targets are large; the report's wording subtracts their mean.
    const flat = { ...small, samples: [400], learningRate: [1e-9], formula: ['2+0*x'] };
    const untrained = { ...quantity, with: flat };
    const value = (await valuesOf(untrained, textReading)).sort((a, b) => a - b)[6];
    const claim = { ...numberClaim('untrained', value), ...untrained };
    const { numbers } = await judge([claim], [codeReading, textReading]);
    expect(numbers[0]).toMatchObject({ verdict: 'underspecified', holdsUnder: ['text'] });
  });

  test('with a record missing is not run, never a pass', async () => {
    const claims = [numberClaim('one', 0.1)];
    const { planOf, plans } = await planReadings(claims, [codeReading], experiments, seeds, sources);
    const some = new Map([...records].filter(([id]) => id !== plans[0].cells[3].trial.id));
    const { numbers } = await verify(claims, [codeReading], planOf, some, { level: 0.95, seeds });
    expect(numbers[0].verdict).toBe('not run');
    expect(numbers[0].evidence[0].found).toBeNull();
  });

  describe('that runs do not have, since they diverge,', () => {
    const published = (learningRate: number): NumberClaim => ({
      ...numberClaim('wild', 0.1, { figure: 'F' }),
      with: { ...small, learningRate: [learningRate] },
    });

    test('is contradicted where all of twelve do, alone and in its figure', async () => {
      const { numbers, figures } = await judge([published(1e300)]);
      expect(numbers[0].evidence[0].values).toEqual(Array(12).fill(Infinity));
      expect([numbers[0].verdict, figures[0].verdict]).toEqual(['contradicted', 'contradicted']);
    });
  });

  test.each([[[1]], [[1, 2]]])('with the runs of seeds %j is undecided, whatever it is', async (few) => {
    const own = { franke: few, images: [1] };
    const claims = [numberClaim('fair', (await valuesOf(quantity))[0]), numberClaim('far', 1e6)];
    const { planOf } = await planReadings(claims, [codeReading], experiments, own, sources);
    const { numbers } = await verify(claims, [codeReading], planOf, records, { level: 0.95, seeds: own });
    expect(numbers.map(({ verdict }) => verdict)).toEqual(['undecided', 'undecided']);
  });
});

describe('a figure', () => {
  const rates = [0.0001, 0.001, 0.01, 0.1];
  const cells = rates.flatMap((learningRate) =>
    ['test_mse', 'bootstrap_r2'].map(
      (statistic): Quantity => ({
        ...quantity,
        with: { epochs: [20], samples: [200], learningRate: rates },
        select: { learningRate },
        statistic,
      }),
    ),
  );
  /** The numbers of the run of one more seed, as two digits. */
  async function published(): Promise<NumberClaim[]> {
    const claims = cells.map((cell, i) => ({ ...numberClaim(`cell-${i}`, 0), ...cell, figure: 'F' }));
    const other = { franke: [50], images: [1] };
    const { planOf, plans } = await planReadings(claims, [codeReading], experiments, other, sources);
    const own = new Map<string, TrialRecord>();
    for (const { trial } of plans.flatMap((plan) => plan.cells)) {
      own.set(trial.id, await runTrial(trial, sources));
    }
    return claims.map((claim) => {
      const [one] = [...planOf(codeReading, claim).bySeed.values()];
      return { ...claim, value: quantityOf(claim, one, own)!, significantDigits: 2 };
    });
  }

  test('of one more run is typical, and no number of it contradicted', async () => {
    const { numbers, figures } = await judge(await published());
    expect(figures[0].verdict).toBe('typical');
    for (const { verdict } of numbers) expect(verdict).not.toBe('contradicted');
  });

  test('with one number far off is contradicted, and that number alone is named', async () => {
    const claims = await published();
    const changed = claims.map((claim, i) => (i === 4 ? { ...claim, value: 20 * claim.value } : claim));
    const { numbers, figures } = await judge(changed);
    expect(figures[0].verdict).toBe('contradicted');
    const named = numbers.filter(({ verdict }) => verdict === 'contradicted');
    expect(named.map(({ subject }) => subject.id)).toEqual(['cell-4']);
  });

  test('with its numbers shuffled over its cells is contradicted', async () => {
    const claims = await published();
    const shuffled = claims.map((claim, i) => ({ ...claim, value: claims[(i + 6) % 8].value }));
    expect((await judge(shuffled)).figures[0].verdict).toBe('contradicted');
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

  test('that half of twelve seeds have depends on the seed; of three quarters it says how many more would settle it', async () => {
    const values = (await valuesOf(quantity)).sort((a, b) => a - b);
    const { conclusions } = await judge([conclusion(`test < ${values[6]}`)]);
    expect(conclusions[0].verdict).toBe('depends on the seed');
    const { conclusions: most } = await judge([conclusion(`test < ${values[9]}`)]);
    expect(most[0].verdict).toBe('undecided');
    expect(most[0].evidence[0].share).toBe(0.75);
    expect(most[0].evidence[0].moreSeeds).toBeGreaterThan(0);
  });

  test('has an effect, and the share between independent runs', async () => {
    const { conclusions } = await judge([conclusion('train < test')]);
    const [{ holds, unpaired, effect }] = conclusions[0].evidence;
    const test = await valuesOf(quantity);
    const train = await valuesOf({ ...quantity, statistic: 'train_mse' });
    expect(holds).toEqual(test.map((value, seed) => train[seed] < value));
    const pairs = test.flatMap((value, i) => train.flatMap((other, j) => (i === j ? [] : [other < value])));
    expect(unpaired).toBeCloseTo(pairs.filter(Boolean).length / pairs.length, 12);
    const differences = test.map((value, seed) => value - train[seed]).sort((a, b) => a - b);
    expect(effect!.median).toBeCloseTo((differences[5] + differences[6]) / 2, 12);
    expect(effect!.inSpreads).not.toBeNull();
  });

  test('that holds by less than a tenth of the spread is negligible', async () => {
    const close = { ...quantity, with: { ...small, learningRate: [1e-3, 1.001e-3] } };
    const quantities = {
      slow: { ...close, select: { learningRate: 1e-3 } },
      fast: { ...close, select: { learningRate: 1.001e-3 } },
    };
    expect(await verdictOf(conclusion('fast < slow', { quantities }))).toBe('holds, but negligible');
    expect(await verdictOf(conclusion('fast < 1.1 * slow', { quantities }))).toBe('holds');
  });

  test('of one seed is undecided, even if it is true there', async () => {
    const one = { franke: [1], images: [1] };
    const claims = [conclusion('train > 0')];
    const { planOf } = await planReadings(claims, [codeReading], experiments, one, sources);
    const { conclusions } = await verify(claims, [codeReading], planOf, records, { level: 0.95, seeds: one });
    expect(conclusions[0].verdict).toBe('undecided');
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

test('single changes are the choices that can affect the experiments', () => {
  const names = (list: readonly Experiment[]) => singleChanges(list).map(({ name }) => name);
  expect(names(experiments)).toEqual(choices.map(({ name }) => name));
  expect(names(experiments.filter(({ name }) => name === 'mnist'))).toEqual([
    'batches permutation',
    'split canonical',
  ]);
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

test('choices that recover a claim are named where no reading of the report does; libraries are left out', async () => {
  const constant = { ...small, samples: [400], formula: ['2+0*x'], learningRate: [1e-9] };
  const exact = { readingError: 0.004, significantDigits: undefined };
  const centred = numberClaim('centred', 0.04, { with: constant, ...exact });
  const holds = 'test < 1';
  const tiny = { ...quantity, with: constant };
  const conclusion: ConclusionClaim = {
    ...{ id: 'small', kind: 'conclusion', where: 'here', says: 'it is small', holds },
    quantities: { test: tiny },
  };
  const theirs = numberClaim('theirs', 1, { with: { ...small, reference: ['none'] } });
  const change = singleChanges(experiments).find(({ name }) => name === 'centerTargets yes')!;
  const changed = await judge([centred, conclusion, theirs], [codeReading, change]);
  expect(changed.numbers.map(({ verdict }) => verdict)[0]).toBe('contradicted');
  for (const judged of [changed.numbers[0], changed.conclusions[0]]) {
    expect(recoveringChoices(judged)).toEqual(['centerTargets yes']);
  }
  expect(withoutChoices(changed)).toEqual(['theirs']);
  const text = verificationMarkdown(changed, []);
  expect(text).toContain('Claims about other libraries are not judged with a choice changed: theirs.');
  expect(text).toMatch(/stands only with one choice[\s\S]*centred[\s\S]*it is small[\s\S]*centerTargets yes/);
  expect(verificationMarkdown(await judge([centred]), [])).not.toContain('other libraries');
});
