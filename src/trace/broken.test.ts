import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { broken, type Planted, placeText, right, unpackRecordings, withMistake } from './broken.testing.ts';
import { checkRecording } from './check-recording.ts';
import { readRecording } from './read-recording.ts';

const kept = mkdtempSync(join(tmpdir(), 'fys-nn-broken-'));
const check = async (name: string) => checkRecording(await readRecording(join(kept, `${name}.json`)));
beforeAll(() => unpackRecordings(kept));
afterAll(() => rmSync(kept, { recursive: true }));

const judged: { readonly name: string; readonly planted: Planted; readonly ids: string[] }[] = [];

test.each(withMistake(broken))('%s: the place where it is wrong', async (name, planted) => {
  const { first } = await check(name);
  expect(first && placeText(first.quantity.batch, first.quantity.place)).toBe(planted.place);
  judged.push({ name, planted, ids: first!.explanations.map(({ ids }) => ids.join(' and ')) });
});

test('the cause of a few at least, and hardly ever a wrong one alone', () => {
  const named = judged.filter(({ ids }) => ids.length > 0);
  const wrong = named.filter(({ planted, ids }) => !ids.some((id) => planted.isCalled(id)));
  expect(wrong.slice(5)).toEqual([]);
  expect(named.length - wrong.length).toBeGreaterThan(10);
});

describe('right programs', () => {
  test.each(right.map(({ name }) => name))('%s', async (name) => {
    const { first, separate } = await check(name);
    expect({ first, separate }).toEqual({ first: null, separate: [] });
  });
});
