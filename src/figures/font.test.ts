import { expect, test } from '@jest/globals';
import { Resvg } from '@resvg/resvg-js';
import { boldFontFile, condensedFontFile, fontFile, readAdvances } from './font.ts';

/** The width that resvg gives a text at 100 pixels. */
function drawnWidth(text: string, file: string): number {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="9000" height="200"><text y="150" font-size="100">${text}</text></svg>`;
  const font = { loadSystemFonts: false, fontFiles: [file], defaultFontFamily: 'DejaVu Sans' };
  return new Resvg(svg, { font }).innerBBox()!.width;
}

const fonts = { plain: fontFile, bold: boldFontFile, condensed: condensedFontFile };

test.each(['plain', 'bold', 'condensed'] as const)(
  '%s letters have the widths that they are drawn with',
  (name) => {
    const advance = readAdvances(fonts[name]);
    for (const letter of '0.-aWi×²⁻λ†') {
      const twenty = drawnWidth(`H${letter.repeat(20)}H`, fonts[name]);
      const ten = drawnWidth(`H${letter.repeat(10)}H`, fonts[name]);
      // innerBBox is in whole pixels.
      expect([letter, Math.abs((twenty - ten) / 1000 - advance(letter)) < 0.003]).toEqual([letter, true]);
    }
  },
);

test('a letter that the font lacks has the width of its replacement', () => {
  const advance = readAdvances(fontFile);
  expect(advance('\u{4e2d}')).toBe(advance('\u{4e2e}'));
  expect(advance('\u{4e2d}')).toBeGreaterThan(0);
});
