import { expect, test } from '@jest/globals';
import { experiments } from '../../experiments/index.ts';
import { planExperiment } from '../experiment/plan.ts';
import { pageFooter } from './footer.ts';

test('MNIST is credited for its own contents only', async () => {
  const mnist = experiments.find(({ name }) => name === 'mnist')!;
  const plan = await planExperiment(mnist, { variant: 'code', quick: true, given: {} }, { dataDir: null });
  expect(pageFooter([plan]).markup).toContain('The images are MNIST, by Y. LeCun');
  const cells = plan.cells.map((cell) => {
    const { config } = cell.trial;
    const data = { ...config.data, sha256: '0'.repeat(64) } as typeof config.data;
    return { ...cell, trial: { ...cell.trial, config: { ...config, data } } };
  });
  const other = pageFooter([{ ...plan, cells }]).markup;
  expect(other).toContain('were read from other files');
  expect(other).not.toContain('LeCun');
});
