import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { ConclusionClaim, NumberClaim } from '../claims/claims.ts';
import type { NumberFinding } from '../claims/judge-numbers.ts';
import { codeReading } from '../claims/readings.ts';
import type { Verification } from '../claims/verdicts.ts';
import { verificationJson } from '../claims/verification-files.ts';
import { readVerdicts } from './judged.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-judged-'));
  await mkdir(join(folder, 'verify'));
});
afterEach(() => rm(folder, { recursive: true }));

const number = { id: 'n', kind: 'number', where: 'Figure 5', says: 'final MSE', value: 0.05 } as NumberClaim;
const conclusion = { id: 'c', kind: 'conclusion', where: 'Results', says: 'decay hurts' } as ConclusionClaim;
const found: NumberFinding = {
  ...{ method: 'normal', scale: 'log', median: 0.05, z: 0.1, percentile: 50, p: 0.5, adjusted: 1 },
  ...{ resolution: 0.1, resolutionZ: 5 },
  interval: { low: 0.01, high: 0.09 },
  undetected: { low: 0.001, high: 0.2 },
};
const notRun = { share: null, interval: null, unpaired: null, effect: null, moreSeeds: null, bestCell: null };
const verification: Verification = {
  level: 0.99,
  seeds: { franke: [1, 2, 3], images: [1] },
  readings: [codeReading],
  numbers: [
    {
      subject: number,
      verdict: 'typical',
      byReading: {},
      holdsUnder: ['code'],
      evidence: [
        {
          claim: number,
          reading: codeReading,
          values: [0.06, 0.04, 0.05],
          found,
          verdict: 'typical',
        },
      ],
    },
  ],
  figures: [
    {
      subject: 'Figure 5',
      verdict: 'contradicted',
      byReading: {},
      holdsUnder: [],
      evidence: [
        {
          figure: 'Figure 5',
          reading: codeReading,
          numbers: 2,
          p: 0.001,
          adjusted: 0.002,
          verdict: 'contradicted',
        },
      ],
    },
  ],
  conclusions: [
    {
      subject: conclusion,
      verdict: 'not run',
      byReading: {},
      holdsUnder: [],
      evidence: [
        { claim: conclusion, reading: codeReading, holds: [null, true, true], ...notRun, verdict: 'not run' },
      ],
    },
  ],
};

const write = (text: string) => writeFile(join(folder, 'verify', 'verify.json'), text);

test('what verify leaves is read as rows for the page', async () => {
  await write(verificationJson(verification, []));
  expect(await readVerdicts([join(folder, 'verify')], false)).toEqual({
    quick: false,
    level: 0.99,
    seeds: { franke: [1, 2, 3], images: [1] },
    numbers: [
      {
        id: 'n',
        where: 'Figure 5',
        says: 'final MSE',
        published: '0.05',
        ours: '0.05',
        interval: '0.01 to 0.09',
        verdict: 'typical',
        reading: 'code',
      },
    ],
    figures: [{ figure: 'Figure 5', numbers: 2, p: '0.002', verdict: 'contradicted', reading: '' }],
    conclusions: [{ id: 'c', says: 'decay hurts', share: null, low: null, high: null, verdict: 'not run' }],
  });
});

test('diverged runs are counted, and leave the interval without an end', async () => {
  const [judged] = verification.numbers;
  const values = [0.06, Number.POSITIVE_INFINITY, 0.05];
  const interval = { low: 0, high: Number.POSITIVE_INFINITY };
  const evidence = [{ ...judged.evidence[0], values, found: { ...found, interval } }];
  await write(verificationJson({ ...verification, numbers: [{ ...judged, evidence }] }, []));
  expect((await readVerdicts([join(folder, 'verify')], false))!.numbers[0]).toMatchObject({
    ours: '1 of 3 diverged',
    interval: '0 to infinity',
  });
});

test('numbers that were not run have no median; all readings under which one holds are named', async () => {
  const [judged] = verification.numbers;
  const evidence = [{ ...judged.evidence[0], values: [0.06, null, 0.05], found: null }];
  const holdsUnder = ['code', 'text, degree 5'];
  const numbers = [{ ...judged, evidence, holdsUnder }];
  await write(verificationJson({ ...verification, numbers }, []));
  expect((await readVerdicts([join(folder, 'verify')], false))!.numbers[0]).toMatchObject({
    ours: 'not run',
    reading: 'code; text, degree 5',
  });
});

test.each(['', '{', '[]', '{"level": 1}', '{"__proto__": null}'])('%j is no verdict', async (text) => {
  await write(text);
  expect(await readVerdicts([join(folder, 'verify')], false)).toBeNull();
});

test.each<[string, string | RegExp, string]>([
  ['another verdict than verify has', '"contradicted"', '"<b>proven</b>"'],
  ['a number beyond all numbers', '"value": 0.05', '"value": 1e999'],
  ['a range that is text', '"low": 0.01', '"low": "<b>"'],
  ['no evidence', /"evidence": \[.*?\n {6}\]/s, '"evidence": []'],
])('%s is none that can be read', async (_name, from, to) => {
  await write(verificationJson(verification, []).replace(from, to));
  expect(await readVerdicts([join(folder, 'verify')], false)).toBeNull();
});

test('a folder without verdicts has none', async () => {
  expect(await readVerdicts([join(folder, 'nowhere')], false)).toBeNull();
});

test('a page of a quick run has verdicts from few seeds only, another page the first that there are', async () => {
  const quick = join(folder, 'verify-quick');
  const full = join(folder, 'verify');
  await mkdir(quick);
  await write(verificationJson(verification, [], false));
  await writeFile(join(quick, 'verify.json'), verificationJson(verification, [], true));
  expect((await readVerdicts([full, quick], true))?.quick).toBe(true);
  expect((await readVerdicts([full, quick], false))?.quick).toBe(false);
  expect((await readVerdicts([quick], false))?.quick).toBe(true);
  expect(await readVerdicts([full], true)).toBeNull();
});
