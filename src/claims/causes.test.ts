import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { experiments } from '../../experiments/index.ts';
import { ownCauses, withCauses } from './causes.ts';
import { type Claim, ownClaims, readClaims } from './claims.ts';
import { causesFile, causesJsonSchema } from './claims-schema.ts';
import { checkConditions } from './judge-conclusions.ts';
import { codeReading, planReadings, textReading } from './readings.ts';

test('every cause is that of existing claims or figures, and none has two', async () => {
  const { causes } = causesFile.parse(JSON.parse(await readFile(ownCauses, 'utf8')));
  const { claims } = await readClaims(ownClaims);
  const figures = claims.flatMap((claim) => (claim.kind === 'number' ? (claim.figure ?? []) : []));
  const known = new Set([...claims.map(({ id }) => id), ...figures]);
  const named = causes.flatMap((cause) => cause.claims);
  expect(named.filter((name) => !known.has(name))).toEqual([]);
  expect(named.filter((name, index) => named.indexOf(name) !== index)).toEqual([]);
});

test('the alternatives that causes were found by can be planned', async () => {
  const { claims } = await readClaims(join(ownCauses, '../alternatives.yaml'));
  await checkConditions(claims.filter((claim) => claim.kind === 'conclusion'));
  const { plans } = await planReadings(claims, [codeReading, textReading], experiments, () => [1], {
    dataDir: null,
  });
  expect(plans.length).toBeGreaterThan(4);
});

test('the schema of causes is the one that checks them: npm run schema', async () => {
  const committed = await readFile(join(ownCauses, '../causes.schema.json'), 'utf8');
  expect(JSON.parse(committed)).toEqual(JSON.parse(JSON.stringify(causesJsonSchema())));
});

test("a claim has its own cause, or else its figure's", () => {
  const claims = [
    { id: 'a', kind: 'number', figure: 'F' },
    { id: 'b', kind: 'number', figure: 'F' },
    { id: 'c', kind: 'conclusion' },
  ] as Claim[];
  const causes = [
    { claims: ['F'], text: 'the figure' },
    { claims: ['b'], text: 'the number', command: 'fys-nn ffnn' },
  ];
  expect(withCauses(claims, causes).map(({ cause }) => cause)).toEqual([
    { text: 'the figure' },
    { text: 'the number', command: 'fys-nn ffnn' },
    undefined,
  ]);
});
