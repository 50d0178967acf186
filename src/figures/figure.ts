import type { Settings } from '../experiment/options.ts';

/** A Vega-Lite 6 specification that includes its data. */
export interface VegaLiteSpec extends SpecPart {
  readonly $schema: string;
}

/** Any part of a specification: plain JSON. */
export interface SpecPart {
  readonly [key: string]: unknown;
}

export interface Figure {
  /** The file name without its ending, such as `heat-maps`. */
  readonly name: string;
  readonly title: string;
  /** Describes what is drawn, over how many seeds, and what is missing, cut off or not comparable. */
  readonly caption: string;
  readonly spec: VegaLiteSpec;
  /** Its size in pixels, if it is not the size in which it is laid out. */
  readonly size?: Size;
}

/** A size in pixels; null for what keeps the proportions. */
export interface Size {
  readonly width: number | null;
  readonly height: number | null;
}

/** The report's number for a metric of the cell with these settings; null if it has none. */
export type Published = (metric: string, settings: Settings) => number | null;
