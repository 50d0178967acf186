import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { epochBudgets, keptOf } from './halving.ts';

test.each<[number, number, number, number | null, number[]]>([
  [90, 27, 3, null, [10, 30, 90]],
  [90, 27, 3, 1, [4, 10, 30, 90]],
  [100, 16, 3, null, [12, 34, 100]],
  [100, 16, 2, null, [25, 50, 100]],
  // Two settings are left for the last round, so no further one is needed.
  [100, 8, 3, 1, [34, 100]],
  [100, 27, 3, 34, [34, 100]],
  [100, 27, 3, 35, [100]],
  [2, 27, 3, null, [1, 2]],
  [1, 27, 3, null, [1]],
  [100, 2, 3, null, [100]],
])('%i epochs, %i settings, eta %i, at least %p epochs: %p', (epochs, settings, eta, minEpochs, budgets) => {
  expect(epochBudgets(epochs, settings, { eta, minEpochs })).toEqual(budgets);
});

test('budgets rise to all epochs, every round but the last stops settings, and all together cost less than all settings', () => {
  const whole = fc.integer({ min: 1, max: 10_000 });
  const choices = fc.record({ eta: fc.integer({ min: 2, max: 50 }), minEpochs: fc.option(whole) });
  fc.assert(
    fc.property(whole, whole, choices, (epochs, settings, { eta, minEpochs }) => {
      const budgets = epochBudgets(epochs, settings, { eta, minEpochs });
      expect(budgets.at(-1)).toBe(epochs);
      let [left, cost, before] = [settings, 0, 0];
      for (const [index, budget] of budgets.entries()) {
        expect(budget).toBeGreaterThan(before);
        if (index < budgets.length - 1) expect(budget).toBeGreaterThanOrEqual(minEpochs ?? 1);
        cost += left * (budget - before);
        before = budget;
        if (index === budgets.length - 1) break;
        expect(keptOf(left, eta)).toBeLessThan(left);
        left = keptOf(left, eta);
      }
      expect(left).toBeGreaterThanOrEqual(1);
      expect(cost).toBeLessThanOrEqual(epochs * settings);
      if (budgets.length > 1) expect(cost).toBeLessThan(epochs * settings);
    }),
  );
});
