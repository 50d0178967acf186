import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fixedSeed, hostileText } from '../hostile.testing.ts';
import { junit } from './junit.ts';

test('any text: the same elements, and nothing that XML cannot hold', async () => {
  const text = fc.oneof(
    hostileText,
    fc.constantFrom(']]>', ']]]]>>', '<failure/>', '&lt;', '"><x y="', '<!--', '<![CDATA[', '\u0000&#0;'),
  );
  const outcomes = fc.constantFrom('passed' as const, 'failed' as const, 'skipped' as const);
  await fc.assert(
    fc.asyncProperty(
      text,
      text,
      text.filter((message) => message !== ''),
      outcomes,
      async (name, group, message, outcome) => {
        const xml = await junit('verify', [{ name, group, outcome, message }]);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
        expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
        const bare = xml.replace(/<!\[CDATA\[[\s\S]*?\]\]>/g, '').replace(/"[^"<]*"/g, '""');
        const elements = [...bare.matchAll(/<([^\s/>]+)/g)].map(([, element]) => element);
        const expected = ['?xml', 'testsuites', 'testsuite', 'testcase'];
        if (outcome === 'failed') expect(elements).toEqual([...expected, 'failure']);
        else
          expect(elements.sort()).toEqual(
            [...expected, ...(outcome === 'skipped' ? ['skipped'] : []), 'system-out'].sort(),
          );
        expect(bare.replace(/<[^<>]*>/g, '').trim()).toBe('');
      },
    ),
    { seed: fixedSeed, numRuns: 300 },
  );
});
