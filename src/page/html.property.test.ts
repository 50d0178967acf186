import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fixedSeed, hostileJson, hostileText } from '../hostile.testing.ts';
import { html, jsonBlock } from './html.ts';

const runs = { seed: fixedSeed, numRuns: 500 };
const text = fc.oneof(
  hostileText,
  fc.constantFrom(
    '<script>',
    '</script>',
    '<!--',
    '"><img src=x onerror=a()>',
    "' onclick='a()",
    '&lt;',
    '&amp;lt;',
    ']]>',
  ),
);

/** The text that a browser makes of markup. */
const names: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
const asRead = (markup: string) => markup.replace(/&([^;&]*);/g, (entity, name) => names[name] ?? entity);

test('any text is text, in an element and in an attribute; HTML has no control characters', () => {
  fc.assert(
    fc.property(text, text, (inside, attribute) => {
      const { markup } = html`<p title="${attribute}">${inside}</p>`;
      expect(markup.match(/[<>]/g)).toHaveLength(4);
      expect(markup.match(/"/g)).toHaveLength(2);
      expect(markup).not.toContain("'");
      const shown = (given: string) => given.replace(/(?![\t\n\r])\p{Cc}/gu, '\ufffd');
      expect(asRead(markup)).toBe(`<p title="${shown(attribute)}">${shown(inside)}</p>`);
    }),
    runs,
  );
});

test('any data stay in their block and come back', () => {
  fc.assert(
    fc.property(hostileJson, text, (value, word) => {
      const { markup } = jsonBlock('data', [value, word]);
      const [, content] = /^<script type="application\/json" id="data">([^<]*)<\/script>$/.exec(markup)!;
      expect(JSON.stringify(JSON.parse(content))).toBe(JSON.stringify([value, word]));
    }),
    runs,
  );
});
