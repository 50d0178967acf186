import { expect, test } from '@jest/globals';
import { solvers } from './index.ts';
import type { Solver } from './solver.ts';

const entries: [string, Solver][] = Object.entries(solvers).map(([name, entry]) => [
  name,
  entry as unknown as Solver,
]);
const byEpochs = entries.filter(([, { reads }]) => reads.includes('epochs'));
const withoutStopping = byEpochs.filter(([, { reads }]) => !reads.includes('earlyStopping'));

test('networks by other libraries have no early stopping', () => {
  expect(withoutStopping.map(([name]) => name).sort()).toEqual(['sklearn-mlp', 'tfjs', 'torch']);
});

test.each(withoutStopping)('%s refuses early stopping instead of running all epochs', (name, { check }) => {
  const settings = { solver: 'sgd', reference: name, dropout: '0', epochs: 10 };
  expect(() => check?.({ ...settings, earlyStopping: 5 })).toThrow(
    `{reference} ${name} cannot fit {earlyStopping} 5`,
  );
  for (const earlyStopping of ['none', null])
    expect(() => check?.({ ...settings, earlyStopping })).not.toThrow();
});
