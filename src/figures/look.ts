/** Which axes are logarithmic: those whose values span more than two decades (null), or those named. */
export const logChoices = ['none', 'x', 'y', 'both'] as const;
export type LogChoice = (typeof logChoices)[number];

/** How figures look, whatever they show. */
export interface Look {
  /** The width in pixels for which a figure is laid out; what does not fit makes it wider. */
  readonly width: number;
  /** By how much panels are higher than usual. */
  readonly stretch: number;
  /** Whether the title is in the figure. Warnings and what explains marks always are. */
  readonly title: boolean;
  /** null chooses by the values. */
  readonly log: LogChoice | null;
  /** For a page: shows the values under the pointer, and a click on the key switches curves on and off. */
  readonly interactive: boolean;
}

/** Printed at the width of a column, 8.5 cm or 241 pt, a pixel is half a point. */
export const usualLook: Look = { width: 480, stretch: 1, title: true, log: null, interactive: false };
