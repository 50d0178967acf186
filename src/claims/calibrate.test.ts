import { beforeAll, describe, expect, test } from '@jest/globals';
import { createRng } from '../math/rng.ts';
import {
  type CalibrationNumber,
  type CalibrationRow,
  calibrate,
  summaryOf,
  wholeReport,
} from './calibrate.ts';
import type { NumberClaim } from './claims.ts';

// The short form of `fys-nn verify --calibrate`, on runs that are made up: errors of a figure that vary together.

const seeds = 22;
const looks = [8, 14];

function numbers(): CalibrationNumber[] {
  const rng = createRng(11, 'verdicts');
  const common = Array.from({ length: seeds }, () => rng.normal());
  return [1, 2, 3].map((cell): CalibrationNumber => {
    const level = 0.05 * 1.8 ** cell;
    const claim: NumberClaim = {
      ...{ id: `n${cell}`, kind: 'number', where: 'here', says: 'an error', figure: 'F' },
      ...{ experiment: 'ffnn', statistic: 'test_mse', value: level, significantDigits: 2 },
    };
    const values = common.map((shared) => level * Math.exp(0.1 * (0.8 * shared + 0.6 * rng.normal())));
    const others = new Map([['F from the other reading', values.slice(0, 5).map((value) => 3 * value)]]);
    return { claim, group: 'Errors', looks, values, others };
  });
}

describe('a calibration', () => {
  let rows: CalibrationRow[];
  const share = (reports: string, group = 'Errors') =>
    summaryOf(rows.find((row) => row.group === group && row.reports === reports)!, 0.95);

  beforeAll(async () => {
    rows = await calibrate(numbers(), { level: 0.95, planted: seeds });
  });

  test('honest reports are rarely contradicted', () => {
    expect(share('honest: another seed', wholeReport)).toMatchObject({ count: seeds });
    expect(share('honest: another seed', wholeReport).share).toBeLessThanOrEqual(0.14); // 5 % and 2.5 standard errors
  });

  test('planted errors are found, larger ones more often', () => {
    for (const unit of ['', ' on its scale']) {
      const found = [3, 4, 6, 8].map((k) => share(`one number shifted by ${k} sd of the runs${unit}`));
      expect(found.map(({ share }) => share)).toEqual(found.map(({ share }) => share).sort((a, b) => a - b));
      expect(found[2].share).toBeGreaterThan(0.9);
      expect(found[0].share).toBeLessThan(0.7);
      expect(found[0].count).toBe(seeds);
    }
    expect(share('one number replaced by its neighbour').share).toBeGreaterThan(0.8);
    expect(share('the two digits of one number swapped').share).toBeGreaterThan(0.3);
  });

  test('a figure of another reading is found, in the seeds that have it', () => {
    expect(share('F from the other reading', wholeReport)).toMatchObject({ count: 5, share: 1 });
  });
});

test('too few seeds for the last look are refused', async () => {
  const few = numbers().map((one) => ({ ...one, values: one.values.slice(0, 14) }));
  await expect(calibrate(few, { level: 0.95 })).rejects.toThrow(RangeError);
});
