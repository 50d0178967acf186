import type { SpecPart, VegaLiteSpec } from './figure.ts';
import type { Look } from './look.ts';

/** The largest widths, in pixels, of a label and of a name in a key. Longer labels, such as formulas, get an ellipsis; names are wrapped. */
export const labelLimit = 200;
export function keyLimit(width: number): number {
  return Math.max(60, width - 120);
}

/** 7 pt in print. */
export const fontSize = 14;

/** The bundled font is first: labels are laid out with its widths (render.ts). */
const font = 'DejaVu Sans, Verdana, sans-serif';

/** Okabe and Ito's colours, which colour-blind readers can distinguish; without yellow, which is hard to see on white. */
export const palette = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9', '#555555'] as const;

/** From the best to the worst fifth of what a search tried. */
export const rankColors = ['#08306b', '#2171b5', '#6baed6', '#9ecae1', '#d0dcea'] as const;

/** Of settings that have no value, from those that were stopped last. */
export const lostColors = ['#858585', '#a0a0a0', '#bbbbbb', '#d4d4d4'] as const;

/** How much wider bold letters are. */
const bold = 1.12;

export const ink = '#222222';
export const faint = '#888888';

const text = { labelFontSize: fontSize, titleFontSize: fontSize, labelColor: ink, titleColor: ink };

const config = {
  font,
  background: 'white',
  view: { stroke: null },
  axis: {
    ...text,
    titleFontWeight: 'normal',
    labelLimit,
    titleLimit: 0,
    gridColor: '#e5e5e5',
    domainColor: faint,
    tickColor: faint,
  },
  legend: { ...text, titleFontWeight: 'normal', titleLimit: 0, symbolStrokeColor: ink },
  title: {
    fontSize,
    subtitleFontSize: fontSize,
    color: ink,
    subtitleColor: ink,
    anchor: 'start',
    frame: 'bounds',
  },
  text: { fontSize },
  concat: { spacing: 14 },
};

export interface Framed {
  readonly title: string;
  /** The data and the figure of the report, or what differs from it. */
  readonly context?: string;
  /** What has to be said in the figure itself: warnings, and what marks mean. */
  readonly notes: readonly string[];
  /** For screen readers: what the figure shows. */
  readonly description: string;
  readonly look: Look;
  /** The width of the body, if it is wider than it should be. */
  readonly width?: number;
}

/** A complete specification: title and notes wrapped to the width, the program's style, and the body. */
export function wholeSpec(
  { title, context = '', notes, description, look, width = 0 }: Framed,
  body: SpecPart,
): VegaLiteSpec {
  const room = Math.max(look.width, width);
  const about = look.title && context !== '' ? [`${context}.`] : [];
  const lines = [...about, ...notes].flatMap((note) => wrap(note, room));
  const text = look.title ? wrap(title, room / bold) : [];
  const head = {
    ...(text.length > 0 ? { text } : { text: lines, fontWeight: 'normal' }),
    ...(text.length > 0 && lines.length > 0 && { subtitle: lines, subtitlePadding: 4 }),
    offset: 10,
    // The wrapping uses estimated widths.
    limit: room + 40,
  };
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    description,
    ...(text.length + lines.length > 0 && { title: head }),
    padding: 6,
    ...body,
    config: {
      ...config,
      title: { ...config.title, limit: look.width },
      legend: { ...config.legend, labelLimit: keyLimit(look.width) },
    },
  };
}

/** Colours of named series, with a key of circles above the panel. */
export function namedColors(
  series: readonly { readonly name: string; readonly color: string }[],
  columns: number,
): SpecPart {
  return {
    field: 'series',
    type: 'nominal',
    scale: { domain: series.map(({ name }) => name), range: series.map((one) => one.color) },
    legend: {
      title: null,
      orient: 'top',
      direction: 'horizontal',
      columns,
      symbolOpacity: 1,
      symbolType: 'circle',
      symbolStrokeColor: 'transparent',
    },
  };
}

/** An estimate of a text's width in pixels in DejaVu Sans, by classes of letters. It is never much too small. */
export function textWidth(text: string, size = fontSize): number {
  const widths = [...text].map((letter) => {
    if (/[ .,:;'|ijltfrI()[\]⁰¹²³⁴⁵⁶⁷⁸⁹⁻-]/.test(letter)) return 0.4;
    if (/[mwMW%]/.test(letter)) return 0.98;
    return /[A-Z]/.test(letter) ? 0.73 : 0.64;
  });
  return size * widths.reduce((sum, width) => sum + width, 0);
}

/** The font of numbers in narrow cells. */
export const condensed = { font: `DejaVu Sans Condensed, ${font}`, width: 0.88 };

/** Breaks text between words into lines of at most `width` pixels. */
export function wrap(text: string, width: number, size = fontSize): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = lines.length === 0 ? word : `${lines[lines.length - 1]} ${word}`;
    if (lines.length > 0 && textWidth(longer, size) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** The same; words that are wider than a line are broken too. */
export function wrapWords(text: string, width: number): string[] {
  return wrap(text, width).flatMap((line) => {
    const parts = [''];
    for (const letter of line) {
      if (textWidth(parts[parts.length - 1] + letter) > width) parts.push('');
      parts[parts.length - 1] += letter;
    }
    return parts;
  });
}
