import { describe, expect, test } from '@jest/globals';
import { embedFonts } from './embed-fonts.ts';

const svg = (body: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">${body}</svg>`;
const plain = (text: string): string => `<text font-family="DejaVu Sans, Verdana">${text}</text>`;

/** The embedded fonts by their CSS. */
function fontsIn(text: string): Map<string, Buffer> {
  const rules = text.matchAll(/@font-face\{([^}]*);src:url\(data:font\/woff2;base64,([^)]*)\)/g);
  return new Map([...rules].map(([, css, data]) => [css, Buffer.from(data, 'base64')]));
}

test('each face that has letters is embedded, and no other', async () => {
  const bold = plain('b').replace('<text', '<text font-weight="bold"');
  const condensed = '<text font-family="DejaVu Sans Condensed, DejaVu Sans"><tspan>1</tspan></text>';
  expect([...fontsIn(await embedFonts(svg(plain('a')))).keys()]).toEqual(['font-family:"DejaVu Sans"']);
  expect([...fontsIn(await embedFonts(svg(plain('a') + bold + condensed))).keys()]).toEqual([
    'font-family:"DejaVu Sans"',
    'font-family:"DejaVu Sans";font-weight:bold',
    'font-family:"DejaVu Sans Condensed"',
  ]);
});

test('a picture without letters stays as it is', async () => {
  const empty = svg('<text x="1"/><rect width="3" height="3"/>');
  expect(await embedFonts(empty)).toBe(empty);
});

test('a font has the letters that are drawn only, and is small', async () => {
  const alphabet = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,:;×²⁻¹†–';
  const [many] = fontsIn(await embedFonts(svg(plain(alphabet)))).values();
  const [few] = fontsIn(await embedFonts(svg(plain('ab')))).values();
  for (const font of [many, few]) expect(font.toString('latin1', 0, 4)).toBe('wOF2');
  expect(few.length).toBeLessThan(many.length / 3);
  expect(many.length).toBeLessThan(16_000);
});

describe('the letters', () => {
  const fontOf = async (body: string) => [...fontsIn(await embedFonts(svg(body))).values()][0];

  test('of entities and of lines are those that are shown', async () => {
    const one = await fontOf(plain('<tspan>a</tspan><tspan x="0" dy="14">&lt;b</tspan>'));
    expect(one.equals(await fontOf(plain('ab&lt;')))).toBe(true);
    expect(one.equals(await fontOf(plain('ablt')))).toBe(false);
  });

  test('behind an empty text are found', async () => {
    expect((await fontOf(`<text x="0"/>${plain('ab')}`)).equals(await fontOf(plain('ab')))).toBe(true);
  });
});
