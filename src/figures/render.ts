import { Resvg } from '@resvg/resvg-js';
import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import type { VegaLiteSpec } from './figure.ts';
import { boldFontFile, condensedFontFile, fontFile, readAdvances } from './font.ts';

// Vega lays labels out by their widths and has no canvas here: the widths of the font itself take its place.
const fonts = {
  plain: readAdvances(fontFile),
  bold: readAdvances(boldFontFile),
  condensed: readAdvances(condensedFontFile),
};
interface TextItem {
  readonly font?: string;
  readonly fontSize?: number;
  readonly fontWeight?: string | number;
  /** What is wider ends with an ellipsis there. */
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

/** Dots of the PNG for each pixel of the figure: 300 an inch at a column's width. */
const zoom = 2.1;

/**
 * The figure as SVG, the same bytes for the same specification.
 *
 * Throws what Vega-Lite would only warn of: a specification that it understands in part is a fault of the program.
 */
export async function toSvg(spec: VegaLiteSpec): Promise<string> {
  // A copy: Vega puts marks of its own on the rows of the data.
  const { spec: compiled } = compile(structuredClone(spec) as unknown as TopLevelSpec, { logger: strict });
  // Names of clip paths count up in a process; each figure starts anew.
  vega.resetSVGDefIds();
  const view = new vega.View(vega.parse(compiled), { renderer: 'none', logger: strict });
  const svg = await view.toSVG();
  view.finalize();
  return `${rounded(svg)}\n`;
}

/** The SVG as PNG, letters drawn with the program's own font. */
export function toPng(svg: string): Buffer {
  const fontFiles = [fontFile, boldFontFile, condensedFontFile];
  const font = { loadSystemFonts: false, fontFiles, defaultFontFamily: 'DejaVu Sans' };
  // Resvg knows the condensed letters as a width of their family, browsers as a family too.
  const stretched = svg.replace(
    /font-family="DejaVu Sans Condensed, /g,
    'font-stretch="condensed" font-family="',
  );
  return new Resvg(stretched, { font, fitTo: { mode: 'zoom', value: zoom }, background: 'white' })
    .render()
    .asPng();
}

/** Coordinates with two decimals; what the figure says (text, labels for screen readers) stays as it is. */
function rounded(svg: string): string {
  const coordinates = / (d|transform|x|y|x1|x2|y1|y2|width|height|r|cx|cy|points|offset)="([^"]*)"/g;
  return svg.replace(coordinates, (_, name: string, value: string) => {
    const short = value.replace(/-?\d+\.\d{3,}(e-?\d+)?/g, (number) =>
      String(Number(Number(number).toFixed(2)) + 0),
    );
    return ` ${name}="${short}"`;
  });
}

function fault(...words: readonly unknown[]): never {
  throw new Error(`Vega-Lite: ${words.join(' ')}`);
}

const strict = {
  level() {
    return strict;
  },
  error: fault,
  warn: fault,
  info: () => strict,
  debug: () => strict,
};
