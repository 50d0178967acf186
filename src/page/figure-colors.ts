import { faint, ink, lostColors, palette, rankColors } from '../figures/style.ts';

/** Colours of the figures that are hard to see on a dark page, and what they become there. */
const onDark: Readonly<Record<string, string>> = {
  [ink]: 'var(--ink)',
  [faint]: 'var(--muted)',
  // What Vega draws by itself, such as names next to lines, and hollow marks.
  black: 'var(--ink)',
  '#000': 'var(--ink)',
  white: 'var(--page)',
  // The grid, then cells without a value with their frame, hatching and text.
  '#e5e5e5': 'var(--line)',
  '#ddd': 'var(--line)',
  '#f4f4f4': '#b8bec6',
  [lostColors[0]]: '#a3a9b2',
  [lostColors[1]]: '#979da6',
  [lostColors[2]]: '#8b929b',
  [lostColors[3]]: '#646b74',
  '#b0b0b0': '#8b929b',
  [palette[0]]: '#4ba3e3',
  [palette[1]]: '#f08a4b',
  [palette[6]]: '#b4b4b4',
  [rankColors[0]]: '#eaf4ff',
  [rankColors[1]]: '#a9d3f5',
  [rankColors[2]]: '#5f9fd0',
  [rankColors[3]]: '#3f6f97',
  [rankColors[4]]: '#2f4558',
  '#8B5E3C': '#c79a78',
  '#6A3D9A': '#b79ae0',
  '#B15928': '#dd8f5c',
};

/**
 * Rules of the style sheet that recolour figures for a dark page. They leave the specifications alone, so that a figure
 * follows a change of the reader's setting without being drawn again.
 */
export const darkFigures = Object.entries(onDark)
  .map(([from, to]) => `svg [fill="${from}" i] { fill: ${to}; } svg [stroke="${from}" i] { stroke: ${to}; }`)
  .join('\n  ');
