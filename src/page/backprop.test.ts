import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CheckResult } from '../diagnosis/check-result.ts';
import { equationOf } from '../diagnosis/equations.ts';
import { part, row, symbol } from '../diagnosis/formula.ts';
import { fixedSeed, hostileText } from '../hostile.testing.ts';
import { multiply } from '../trace/number-array.ts';
import { placesOf } from '../trace/quantities.ts';
import type { Rules } from '../trace/rules.ts';
import { checked, madeResult, madeResultNames, sizedExercise } from './backprop.testing.ts';
import { backpropPage } from './backprop.ts';
import { mathML } from './backprop-mathml.ts';
import { spansOf } from './backprop-spans.ts';

const submission = { file: 'mine.json', command: 'fys-nn trace check mine.json --html mine.html' };
const textOf = (page: string) =>
  page
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&#39;', "'")
    .replace(/\s+/g, ' ');

/** Whether every element is closed in order, apart from those that have no end. */
function isNested(page: string): boolean {
  const open: string[] = [];
  for (const [, slash, name, self] of page.matchAll(/<(\/?)([a-zA-Z0-9]+)[^>]*?(\/?)>/g)) {
    if (self === '/' || ['meta', 'link', 'html'].includes(name)) continue;
    if (slash === '') open.push(name);
    else if (open.pop() !== name) return false;
  }
  return open.length === 0;
}

test('a doubted part of a doubted part has no frame of its own', () => {
  const formula = part('step', row(symbol('v'), part('momentum', symbol('μ'))));
  expect(mathML(formula, ['step', 'momentum']).markup.match(/class="doubted"/g)).toHaveLength(1);
});

describe.each(madeResultNames)('the page of %s', (name) => {
  const result = madeResult(name);
  const page = backpropPage(result, submission);

  test('is one small file without a script, whose elements are nested', () => {
    expect(Buffer.byteLength(page)).toBeLessThan(300e3);
    expect(page).not.toMatch(/<script|\son[a-z]+=|javascript:|NaN(?!<)|undefined|\[object/);
    expect(page.match(/(?:src|href)="(?!#|data:)[^"]*"/g)).toBeNull();
    expect(isNested(page)).toBe(true);
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of page.matchAll(/aria-labelledby="([^" ]*)/g)) expect(ids).toContain(id);
  });

  test('says in one sentence what was found', () => {
    const text = textOf(page);
    if (name === 'right')
      expect(text).toMatch(/All 2,694 recorded numbers are the same .* to at least 16 digits\./);
    else {
      const { place, batch } = result.first!.quantity;
      expect(text).toMatch(`The first difference is in the ${place.quantity} of layer ${place.layer} (`);
      expect(text).toMatch(`in step ${batch.step} (epoch ${batch.epoch}, batch ${batch.batch}).`);
      expect(text).toContain('✗');
    }
  });

  test('names the mistakes that give the numbers, or says that none is known', () => {
    if (result.first === null) return;
    const text = textOf(page).toLowerCase();
    for (const { title } of result.first.explanations) expect(text).toContain(title.toLowerCase());
    if (result.first.explanations.length === 0)
      expect(text).toContain('no known mistake reproduces these numbers');
  });
});

test('the first difference is lit once, and what was not recorded is marked', () => {
  const page = backpropPage(madeResult('weights only'), submission);
  expect(page.match(/class="lit first"/g)).toHaveLength(1);
  expect(page).toMatch(/class="lit absent"/);
  expect(textOf(page)).toContain('did not record kernel_gradient of layer 0 (hidden)');
  expect(textOf(page)).toContain('so the ratio of the changes is 2.');
});

describe('the part of an equation that the diagnosis is about', () => {
  const exercise = sizedExercise([2, 5, 1], ['sigmoid', 'linear']);
  const twice = (right: Rules): Partial<Rules> => ({
    hiddenDelta: (step, layer) => multiply(right.hiddenDelta(step, layer), right.derivative(step, layer)),
  });
  const framed = (page: string) =>
    [...page.matchAll(/<mrow class="doubted">(.*?)<\/math>/g)].map(([, rest]) => textOf(rest));

  test('is framed', () => {
    const page = backpropPage(checked(exercise, twice), submission);
    expect(framed(page)).toHaveLength(1);
    expect(framed(page)[0]).toMatch(/^ f ′ .* z 0/);
  });

  test('is framed in an equation of its own if only later quantities were recorded', () => {
    const page = backpropPage(checked(exercise, twice, ['kernel', 'bias']), submission);
    expect(textOf(page)).toMatch(
      /The delta of layer 0 \(hidden\), which (?:the diagnosis|one of the diagnoses) is about/,
    );
    expect(framed(page)[0]).toMatch(/^ f ′ .* z 0/);
  });
});

test('arrays are shown as the file has them', () => {
  const page = textOf(backpropPage(madeResult('softmax'), submission));
  expect(page).toContain('delta of layer 1 (output) (3, 5)');
});

test('a hundred hidden layers and hundreds of steps are a page that fits', () => {
  const sizes = [3, ...Array.from({ length: 100 }, () => 3), 1];
  const result = checked(sizedExercise(sizes, ['tanh', 'linear'], { name: 'deep' }, 3), (right) => ({
    loss: (step) => ({ shape: [], values: right.loss(step).values.map((value) => 2 * value) }),
  }));
  const page = backpropPage(result, submission);
  expect(page.length).toBeLessThan(300e3);
  expect(textOf(page)).toMatch(/layers \d+ to \d+ not drawn/);
});

test('any text of a program stays text', () => {
  const result = madeResult('logistic');
  const bare = backpropPage(result, submission).match(/</g)!.length;
  fc.assert(
    fc.property(
      fc.oneof(hostileText, fc.constantFrom('<script>', '"><img src=x>', '</title>', '&lt;')),
      (text) => {
        const foreign: CheckResult = {
          ...result,
          recording: { ...result.recording, program: text },
          exercise: { ...result.exercise, name: text, id: text },
        };
        const page = backpropPage(foreign, { file: text, command: `fys-nn trace check ${text}` });
        expect(page.match(/</g)).toHaveLength(bare);
      },
    ),
    { seed: fixedSeed, numRuns: 60 },
  );
});

test('every equation is MathML of balanced elements', () => {
  for (const exercise of madeResultNames.map((name) => madeResult(name).exercise))
    for (const place of placesOf(exercise)) {
      const batch = { step: 4, epoch: 1, batch: 1, steps: 3, rows: exercise.batches[1][1] };
      const { formula, where } = equationOf(place, batch, exercise);
      for (const one of [formula, ...where.flatMap(({ symbol, is }) => [symbol, is])])
        expect(isNested(mathML(one).markup)).toBe(true);
    }
});

test('spans keep the focus and its neighbours, the ends and the order', () => {
  expect(spansOf(3, 1, 5).map(({ from, to }) => [from, to])).toEqual([
    [0, 0],
    [1, 1],
    [2, 2],
  ]);
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 300 }),
      fc.nat(),
      fc.integer({ min: 5, max: 12 }),
      (count, at, most) => {
        const focus = at % count;
        const spans = spansOf(count, focus, most);
        expect(spans.length).toBeLessThanOrEqual(most);
        expect(spans[0].from).toBe(0);
        expect(spans.at(-1)!.to).toBe(count - 1);
        spans.slice(1).forEach(({ from }, i) => {
          expect(from).toBe(spans[i].to + 1);
        });
        expect(spans).toContainEqual({ from: focus, to: focus });
      },
    ),
    { seed: fixedSeed, numRuns: 300 },
  );
});
