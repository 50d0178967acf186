import { expect, test } from '@jest/globals';
import { experiments } from '../../experiments/index.ts';
import { describeData } from '../datasets/index.ts';
import { planExperiment } from '../experiment/plan.ts';
import { pageFooter } from './footer.ts';

test('MNIST is credited for its own contents only', async () => {
  const mnist = experiments.find(({ name }) => name === 'mnist')!;
  const plan = await planExperiment(mnist, { variant: 'code', quick: true, given: {} }, { dataDir: null });
  expect(pageFooter([plan]).markup).toContain('Data: MNIST. Source: Y. LeCun');
  const [{ columns, classes }] = plan.data;
  const config = { dataset: 'images', sha256: '0'.repeat(64), transpose: false } as const;
  const data = [describeData(config, { columns, classes }, 'letters')];
  const other = pageFooter([{ ...plan, data }]).markup;
  expect(other).toContain('Data: images &quot;letters&quot; (sha256:000000000000). SHA-256');
  expect(other).not.toContain('LeCun');
});
