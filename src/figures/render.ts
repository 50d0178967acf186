import { Resvg } from '@resvg/resvg-js';
import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import type { Size, VegaLiteSpec } from './figure.ts';
import { boldFontFile, condensedFontFile, fontFile, readAdvances } from './font.ts';

// Vega needs the widths of labels and has no canvas here, so it gets the widths from the font file.
const fonts = {
  plain: readAdvances(fontFile),
  bold: readAdvances(boldFontFile),
  condensed: readAdvances(condensedFontFile),
};
interface TextItem {
  readonly font?: string;
  readonly fontSize?: number;
  readonly fontWeight?: string | number;
  /** Wider text is truncated here, with an ellipsis. */
  readonly limit?: number;
}
const { textMetrics } = vega as unknown as {
  textMetrics: { width: (item: TextItem, text: unknown) => number };
};
const widths = new Map<string, number>();
textMetrics.width = (item, text) => {
  const name = fontOf(item);
  const key = `${name} ${text}`;
  const width =
    widths.get(key) ?? [...String(text ?? '')].reduce((sum, letter) => sum + fonts[name](letter), 0);
  widths.set(key, width);
  const limit = item.limit !== undefined && item.limit > 0 ? item.limit : Number.POSITIVE_INFINITY;
  return Math.min(limit, width * (item.fontSize ?? 11));
};

function fontOf({ font = '', fontWeight = '' }: TextItem): keyof typeof fonts {
  if (font.includes('Condensed')) return 'condensed';
  return /bold|[6-9]00/.test(String(fontWeight)) ? 'bold' : 'plain';
}

/** Pixels of the PNG per pixel of the figure: 300 per inch at the width of a column. */
const zoom = 2.1;

/**
 * The figure as SVG. The same specification gives the same bytes.
 *
 * Throws for every warning of Vega-Lite: a specification that it understands only in part is a bug in the program.
 */
export async function toSvg(spec: VegaLiteSpec, size: Size = { width: null, height: null }): Promise<string> {
  // The names of clip paths are numbered per process. Restarting gives each figure the same names.
  vega.resetSVGDefIds();
  const view = viewOf(spec);
  const svg = await view.toSVG();
  view.finalize();
  return `${sized(rounded(asXml(svg)), size)}\n`;
}

/** Characters that XML cannot have, from names in users' data, become question marks. */
function asXml(svg: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are meant.
  return svg.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '?');
}

/** The picture in another size, on a background that fills it. */
function sized(svg: string, { width, height }: Size): string {
  if (width === null && height === null) return svg;
  const start = /^<svg([^>]*) width="(\d+)" height="(\d+)" viewBox="[^"]*">(<rect width="\d+" height="\d+")?/;
  return svg.replace(start, (_, attributes: string, w: string, h: string, rect = '') => {
    const scale = Math.min(
      (width ?? Number.POSITIVE_INFINITY) / Number(w),
      (height ?? Number.POSITIVE_INFINITY) / Number(h),
    );
    const [wide, high] = [width ?? Number(w) * scale, height ?? Number(h) * scale].map(Math.round);
    const box = [(Number(w) - wide / scale) / 2, 0, wide / scale, high / scale].map((x) =>
      Number(x.toFixed(2)),
    );
    const [left, , across, down] = box;
    const background = rect === '' ? '' : `<rect x="${left}" width="${across}" height="${down}"`;
    return `<svg${attributes} width="${wide}" height="${high}" viewBox="${box.join(' ')}">${background}`;
  });
}

/** The figure laid out, with the widths of the bundled font. Throws for every warning. */
export function viewOf(spec: VegaLiteSpec): vega.View {
  // A copy, because Vega adds its own keys to the rows of the data.
  const { spec: compiled } = compile(structuredClone(spec) as unknown as TopLevelSpec, { logger: strict });
  return new vega.View(vega.parse(compiled), { renderer: 'none', logger: strict });
}

/** The SVG as PNG, drawn with the bundled font. */
export function toPng(svg: string): Buffer {
  const fontFiles = [fontFile, boldFontFile, condensedFontFile];
  const font = { loadSystemFonts: false, fontFiles, defaultFontFamily: 'DejaVu Sans' };
  // For resvg, the condensed font is a width of its family; browsers also know it as a family.
  const stretched = svg.replace(
    /font-family="DejaVu Sans Condensed, /g,
    'font-stretch="condensed" font-family="',
  );
  return new Resvg(stretched, { font, fitTo: { mode: 'zoom', value: zoom }, background: 'white' })
    .render()
    .asPng();
}

/** Coordinates in pixels reach no farther: drawing dashes to a place far outside would take all memory. */
const farthest = 1e5;

/** Rounds coordinates to two decimals. Texts and labels for screen readers are not changed. */
function rounded(svg: string): string {
  const coordinates = / (d|transform|x|y|x1|x2|y1|y2|width|height|r|cx|cy|points|offset)="([^"]*)"/g;
  return svg.replace(coordinates, (_, name: string, value: string) => {
    const short = value.replace(/-?\d+(\.\d+)?e[+-]?\d+|-?\d+\.\d{3,}|-?\d{6,}(\.\d+)?/g, (number) => {
      const near = Math.min(farthest, Math.max(-farthest, Number(number)));
      return String(Number(near.toFixed(2)) + 0);
    });
    return ` ${name}="${short}"`;
  });
}

function throwWarning(...words: readonly unknown[]): never {
  throw new Error(`Vega-Lite: ${words.join(' ')}`);
}

const strict = {
  level() {
    return strict;
  },
  error: throwWarning,
  warn: throwWarning,
  info: () => strict,
  debug: () => strict,
};
