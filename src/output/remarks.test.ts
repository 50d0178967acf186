import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fixedSeed, hostileJson, hostileText, valueOrRefusal } from '../hostile.testing.ts';
import { remarksFrom, remarksIn, remarksText } from './remarks.ts';

describe('what a user writes about a run', () => {
  test('is kept as it is; a tag that is there twice counts once', () => {
    expect(remarksFrom('søt “første” forsøk, 50 %', ['b', 'a', 'b'])).toEqual({
      note: 'søt “første” forsøk, 50 %',
      tags: ['b', 'a'],
    });
    expect(remarksFrom(undefined)).toEqual({});
  });

  test.each([
    ['', undefined],
    ['   ', undefined],
    ['two\nlines', undefined],
    ['\u001b[2J', undefined],
    ['n'.repeat(501), undefined],
    [undefined, ['a b']],
    [undefined, ['a,b']],
    [undefined, ['']],
    [undefined, ['t'.repeat(41)]],
    [undefined, Array.from({ length: 51 }, (_, index) => `t${index}`)],
  ])('%j and %j are refused', (note, tags) => {
    expect(() => remarksFrom(note, tags)).toThrow(/\{(note|tag)\}/);
  });

  test('in a sentence', () => {
    expect(remarksText({ note: 'first', tags: ['a', 'b'] })).toBe('first [a, b]');
    expect(remarksText({ tags: ['a'] })).toBe('[a]');
    expect(remarksText({})).toBe('');
  });
});

describe('of any text and any manifest', () => {
  test('only what could have been written is kept', async () => {
    const property = fc.asyncProperty(
      fc.option(hostileText, { nil: undefined }),
      fc.array(hostileText),
      async (note, tags) => {
        const outcome = await valueOrRefusal(() => remarksFrom(note, tags));
        if ('value' in outcome) expect(remarksIn({ ...outcome.value })).toEqual(outcome.value);
      },
    );
    await fc.assert(property, { seed: fixedSeed });
    const manifests = fc.property(hostileJson, hostileJson, (note, tags) => {
      const found = remarksIn({ note, tags });
      expect(remarksFrom(found.note, found.tags)).toEqual(found);
    });
    fc.assert(manifests, { seed: fixedSeed });
  });
});
