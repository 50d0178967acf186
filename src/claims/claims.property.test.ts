import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { experiments } from '../../experiments/index.ts';
import {
  edgeNumber,
  fixedSeed,
  hostileJson,
  hostileText,
  mutated,
  valueOrRefusal,
} from '../hostile.testing.ts';
import { readClaims } from './claims.ts';
import { readExpectation } from './expectation.ts';
import { checkConditions } from './judge-conclusions.ts';
import { codeReading, planReadings, textReading } from './readings.ts';

let file: string;
beforeAll(async () => {
  file = join(await mkdtemp(join(tmpdir(), 'fys-nn-claims-')), 'claims.json');
});
afterAll(() => rm(join(file, '..'), { recursive: true }));

const quantity = { experiment: 'ffnn', with: { epochs: [2], samples: [40] }, statistic: 'test_mse' };
const number = {
  ...{ id: 'a', kind: 'number', where: 'Figure 1', figure: 'Figure 1', says: 'a number' },
  ...{ ...quantity, select: { seed: [1, 2] }, take: 'min', value: 0.1, significantDigits: 2 },
};
const conclusion = {
  ...{ id: 'b', kind: 'conclusion', where: 'page 2', says: 'it learns', holds: 'late <= early' },
  for: { momentum: [0], lambda: [0] },
  quantities: { late: quantity, early: { ...quantity, statistic: 'train_mse', curve: { epoch: 1 } } },
};
const good = { report: { title: 'a report' }, claims: [number, conclusion] };

/** All that `verify` does with a file of claims before anything is trained. */
async function planned(text: string | Uint8Array) {
  await writeFile(file, text);
  return valueOrRefusal(async () => {
    const { claims } = await readClaims(file);
    await checkConditions(claims.filter((claim) => claim.kind === 'conclusion'));
    const seeds = { franke: [1, 2, 3], images: [1] };
    return planReadings(claims, [codeReading, textReading], experiments, seeds, { dataDir: null });
  });
}

const withClaim = (claim: object) => planned(JSON.stringify({ ...good, claims: [claim] }));

test('claims that are nearly right are planned or refused', async () => {
  expect(await planned(JSON.stringify(good))).toHaveProperty('value');
  await fc.assert(
    fc.asyncProperty(mutated(good), async (content) => {
      await planned(JSON.stringify(content) ?? '');
    }),
    { seed: fixedSeed, numRuns: 400 },
  );
});

test('so is any setting, in with, select and for', async () => {
  const names = [
    'hidden',
    'epochs',
    'samples',
    'testSize',
    'formula',
    'schedule',
    'batchSize',
    'net',
    'activationPool',
  ];
  const value = fc.oneof(edgeNumber, hostileText, fc.constantFrom('none', 'all', 'franke', 40, 5));
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('with', 'select', 'for'),
      fc.constantFrom(...names, 'minHiddenLayers', 'maxHiddenLayers', 'maxNodes', 'seed', 'degree'),
      value,
      fc.constantFrom('ffnn', 'randomnet', 'grid-search ols'),
      async (place, name, setting, experiment) => {
        const settings = { [name]: [setting] };
        await withClaim(
          place === 'for'
            ? { ...conclusion, for: settings }
            : { ...number, experiment, [place]: { ...quantity.with, ...settings } },
        );
      },
    ),
    { seed: fixedSeed, numRuns: 400 },
  );
});

test('any other JSON and any bytes are refused', async () => {
  const content = fc.oneof(
    hostileJson.map((value) => JSON.stringify(value)),
    fc.uint8Array({ maxLength: 60 }),
  );
  await fc.assert(
    fc.asyncProperty(content, async (bytes) => expect(await planned(bytes)).toHaveProperty('refusal')),
    { seed: fixedSeed, numRuns: 200 },
  );
});

describe('refused, naming the claim or the place', () => {
  const many = Array.from({ length: 1000 }, (_, i) => i);
  test.each<[string, object, string]>([
    ['a width that is a number', { ...number, with: { hidden: [5] } }, 'with.hidden'],
    ['a formula that is a number', { ...number, with: { formula: [7] } }, 'with.formula'],
    ['a number that is text', { ...number, with: { epochs: ['5'] } }, 'with.epochs'],
    ['10^15 epochs', { ...number, with: { epochs: [1e15] } }, 'with.epochs'],
    [
      '10^9 layers',
      { ...number, experiment: 'randomnet', with: { maxHiddenLayers: [1e9] } },
      'maxHiddenLayers',
    ],
    ['half a seed', { ...number, select: { seed: 0.5 } }, 'select.seed'],
    ['10^6 combinations', { ...conclusion, for: { seed: many, noise: many } }, 'claim b: for'],
    ['a conclusion about nothing', { ...conclusion, holds: '1 < 2', quantities: {} }, 'quantity'],
    ['a name that clears the screen', { ...number, figure: '\u001b[2J' }, 'control characters'],
  ])('%s', async (_name, claim, message) => {
    expect(await withClaim(claim)).toMatchObject({ refusal: { message: expect.stringContaining(message) } });
  });

  test.each([
    '',
    '{"report":{"title":"t"},"claims":',
    '{"report":{"title":"t"},"claims":[{"kind":"number","id":',
  ])('a million brackets after %j', async (start) => {
    const end = start === '' ? '' : start.includes('kind') ? '}]}' : '}';
    expect(await planned(start + '['.repeat(1e6) + ']'.repeat(1e6) + end)).toHaveProperty('refusal');
  });

  test.each(['/dev/zero', '/', '/nowhere'])('%s', async (path) => {
    expect(await valueOrRefusal(() => readClaims(path))).toHaveProperty('refusal');
    expect(await valueOrRefusal(() => readExpectation(path))).toHaveProperty('refusal');
  });
});

test('an expectation is verdicts by claim, or refused', async () => {
  const verdict = fc.constantFrom('holds', 'contradicted', 'not run');
  const reading = fc.oneof(fc.constantFrom('code', 'text'), hostileText);
  const entry = fc.oneof(verdict, fc.dictionary(reading, fc.oneof(verdict, hostileJson)), hostileJson);
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.dictionary(hostileText, entry), hostileJson), async (content) => {
      await writeFile(file, JSON.stringify(content));
      const outcome = await valueOrRefusal(() => readExpectation(file));
      if ('value' in outcome) expect(outcome.value).toBeInstanceOf(Map);
    }),
    { seed: fixedSeed, numRuns: 300 },
  );
  await writeFile(file, '{"a": "holds", "b": {"code": "holds", "text": "contradicted"}}');
  expect([...(await readExpectation(file))]).toEqual([
    ['a', 'holds'],
    ['b', { code: 'holds', text: 'contradicted' }],
  ]);
  for (const text of [
    '["holds"]',
    '{"a":{}}',
    '{"a":{"code":"x"}}',
    '{"a":{"report":"holds"}}',
    '{"a":["holds"]}',
    `{"a":${'['.repeat(1e6)}${']'.repeat(1e6)}}`,
    '{"__proto__":"x"}',
  ]) {
    await writeFile(file, text);
    expect(await valueOrRefusal(() => readExpectation(file))).toHaveProperty('refusal');
  }
});
