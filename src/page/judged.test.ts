import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { choices } from '../claims/choices.ts';
import { madeVerification } from '../claims/made-verification.testing.ts';
import { readingWith } from '../claims/readings.ts';
import type { Verification } from '../claims/verdicts.ts';
import { verificationJson } from '../claims/verification-files.ts';
import { readVerdicts } from './judged.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-judged-'));
  await mkdir(join(folder, 'verify'));
});
afterEach(() => rm(folder, { recursive: true }));

let verification: Verification;
beforeAll(async () => {
  verification = await madeVerification();
});

const isWholeReading = ({ changed }: { changed: readonly unknown[] }) => changed.length === 0;

const write = (text: string) => writeFile(join(folder, 'verify', 'verify.json'), text);

test('what verify leaves is read as it was', async () => {
  await write(verificationJson(verification, []));
  const read = await readVerdicts([join(folder, 'verify')], false);
  const plain = (value: object) =>
    JSON.parse(
      JSON.stringify(value, (key, part) =>
        key === 'claim' ? undefined : Number.isFinite(part) || typeof part !== 'number' ? part : String(part),
      ),
    );
  expect(plain(read!)).toMatchObject(plain({ ...verification, quick: false }));
});

test('a reading that changes one choice is not one of the whole report', async () => {
  const [choice] = choices;
  const changed = readingWith([choice]);
  const readings = [...verification.readings, changed] as Verification['readings'];
  await write(verificationJson({ ...verification, readings }, []));
  const read = await readVerdicts([join(folder, 'verify')], false);
  expect(read!.readings.map(isWholeReading)).toEqual([true, true, false]);
});

test.each(['', '{', '[]', '{"level": 1}', '{"__proto__": null}'])('%j is no verdict', async (text) => {
  await write(text);
  expect(await readVerdicts([join(folder, 'verify')], false)).toBeNull();
});

test.each<[string, string | RegExp, string]>([
  ['another verdict than verify has', '"contradicted"', '"<b>proven</b>"'],
  ['a number beyond all numbers', '"value": 0.05', '"value": 1e999'],
  ['a range that is text', /"low": [\d.]+/, '"low": "<b>"'],
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
