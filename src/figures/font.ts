import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** The bundled font of all figures, so that they look the same on every machine. */
export const fontFile = createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf');
export const boldFontFile = fontFile.replace('DejaVuSans.ttf', 'DejaVuSans-Bold.ttf');
export const condensedFontFile = fontFile.replace('DejaVuSans.ttf', 'DejaVuSansCondensed.ttf');

/** The width of a character in units of the font size. Characters that the font lacks have the width of its first glyph. */
export type Advances = (character: string) => number;

/**
 * Reads the advance widths of a TrueType font, so that labels can be laid out without a canvas.
 *
 * Source: OpenType specification, tables cmap (format 4), hhea, hmtx and head.
 */
export function readAdvances(file: string): Advances {
  const font = readFileSync(file);
  const tables = new Map<string, number>();
  for (let i = 0; i < font.readUInt16BE(4); i++) {
    const entry = 12 + 16 * i;
    tables.set(font.toString('latin1', entry, entry + 4), font.readUInt32BE(entry + 8));
  }
  const at = (table: string, offset: number) => font.readUInt16BE(tables.get(table)! + offset);
  const unitsPerEm = at('head', 18);
  const widths = at('hhea', 34);
  const glyphOf = readCharacterMap(font, tables.get('cmap')!);
  return (character) => {
    const glyph = Math.min(glyphOf(character.codePointAt(0)!), widths - 1);
    return at('hmtx', 4 * glyph) / unitsPerEm;
  };
}

/** Reads the glyph of each character of the basic plane from the segments of a format 4 map. */
function readCharacterMap(font: Buffer, cmap: number): (code: number) => number {
  const count = font.readUInt16BE(cmap + 2);
  const starts = Array.from({ length: count }, (_, i) => cmap + font.readUInt32BE(cmap + 8 + 8 * i));
  const map = starts.find((start) => font.readUInt16BE(start) === 4);
  if (map === undefined) throw new Error('the font has no character map of format 4');
  const size = font.readUInt16BE(map + 6);
  const [ends, begins, deltas, offsets] = [14, 16 + size, 16 + 2 * size, 16 + 3 * size].map((o) => map + o);
  return (code) => {
    for (let i = 0; i < size; i += 2) {
      if (code > font.readUInt16BE(ends + i)) continue;
      const begin = font.readUInt16BE(begins + i);
      if (code < begin) return 0;
      const offset = font.readUInt16BE(offsets + i);
      const delta = font.readUInt16BE(deltas + i);
      if (offset === 0) return (code + delta) & 0xffff;
      const glyph = font.readUInt16BE(offsets + i + offset + 2 * (code - begin));
      return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
    }
    return 0;
  };
}
