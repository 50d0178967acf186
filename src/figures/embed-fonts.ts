import { readFile } from 'node:fs/promises';
import { boldFontFile, condensedFontFile, fontFile } from './font.ts';

/** The faces of the bundled font that figures use, and how a style sheet names them. */
const faces = {
  plain: { file: fontFile, css: 'font-family:"DejaVu Sans"' },
  bold: { file: boldFontFile, css: 'font-family:"DejaVu Sans";font-weight:bold' },
  condensed: { file: condensedFontFile, css: 'font-family:"DejaVu Sans Condensed"' },
} as const;
type Face = keyof typeof faces;

/**
 * The SVG with the letters that it uses as fonts of its own, so that it looks the same where DejaVu is not installed.
 *
 * This adds about 8 kB for each face.
 */
export async function embedFonts(svg: string): Promise<string> {
  const letters = lettersIn(svg);
  if (letters.size === 0) return svg;
  const rules: string[] = [];
  for (const [face, characters] of letters) {
    const font = await subsetOf(face, [...characters].sort().join(''));
    rules.push(`@font-face{${faces[face].css};src:url(data:font/woff2;base64,${font}) format("woff2")}`);
  }
  return svg.replace(/^<svg[^>]*>/, (start) => `${start}<defs><style>${rules.join('')}</style></defs>`);
}

function lettersIn(svg: string): Map<Face, Set<string>> {
  const found = new Map<Face, Set<string>>();
  for (const [, attributes, content] of svg.matchAll(/<text([^>/]*|[^>]*[^/])>(.*?)<\/text>/gs)) {
    const face = attributes.includes('font-family="DejaVu Sans Condensed')
      ? 'condensed'
      : /font-weight="(bold|[6-9]00)"/.test(attributes)
        ? 'bold'
        : 'plain';
    const own = found.get(face) ?? new Set();
    found.set(face, own);
    for (const letter of decoded(content.replace(/<[^>]*>/g, ''))) own.add(letter);
  }
  return found;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decoded(text: string): string {
  return text.replace(/&(\w+);/g, (entity, name) => entities[name] ?? entity);
}

/** Figures of one run use mostly the same letters. */
const subsets = new Map<string, string>();

async function subsetOf(face: Face, characters: string): Promise<string> {
  const key = `${face} ${characters}`;
  const known = subsets.get(key);
  if (known !== undefined) return known;
  const { default: subsetFont } = await import('subset-font');
  const font = await subsetFont(await readFile(faces[face].file), characters, { targetFormat: 'woff2' });
  const text = font.toString('base64');
  subsets.set(key, text);
  return text;
}
