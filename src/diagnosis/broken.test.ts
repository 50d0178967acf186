import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readRecording } from '../trace/read-recording.ts';
import { broken, placeText, right, unpackRecordings, withMistake } from './broken.testing.ts';
import { checkRecording } from './check-recording.ts';

const kept = mkdtempSync(join(tmpdir(), 'fys-nn-broken-'));
const check = async (name: string) => checkRecording(await readRecording(join(kept, `${name}.json`)));
beforeAll(() => unpackRecordings(kept));
afterAll(() => rmSync(kept, { recursive: true }));

/** The recordings with one mistake: of programs with two, after the first fix. */
const single = broken.map(({ name, planted: { length } }) => (length === 1 ? name : `${name}.${length - 1}`));

/** What is rightly called wrong too: the same mistake in the next layer, where it is the derivative of another one. */
const rightly: Readonly<Record<string, readonly string[]>> = {
  derivative_of_layer_above: ['steps.0.layers.0.delta'],
};

test.each(withMistake(broken))('%s: where it is wrong, and why', async (name, planted) => {
  const { first, separate } = await check(name);
  const ids = first?.explanations.map(({ ids }) => ids.join(' and ')) ?? [];
  expect({
    place: first && placeText(first.quantity.batch, first.quantity.place),
    // Alone, or among causes that give the same numbers.
    cause: ids.some(planted.isCalled) ? planted.cause : ids,
  }).toEqual({ place: planted.place, cause: planted.isNamed ? planted.cause : [] });
  // Nothing else is called wrong in a program with one mistake.
  const others = separate.map(({ quantity: { batch, place } }) => placeText(batch, place));
  expect(single.includes(name) ? others : []).toEqual(rightly[name] ?? []);
  // More would be no help.
  expect(ids.slice(4)).toEqual([]);
});

describe('right programs', () => {
  test.each(right.map(({ name }) => name))('%s', async (name) => {
    const { first, separate } = await check(name);
    expect({ first, separate }).toEqual({ first: null, separate: [] });
  });
});
