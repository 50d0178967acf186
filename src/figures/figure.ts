import type { Settings } from '../experiment/options.ts';

/** A Vega-Lite 6 specification with its data in it. */
export interface VegaLiteSpec extends SpecPart {
  readonly $schema: string;
}

/** Any part of a specification: plain JSON. */
export interface SpecPart {
  readonly [key: string]: unknown;
}

export interface Figure {
  /** Stem of the file's name, such as `heat-maps`. */
  readonly name: string;
  readonly title: string;
  /** What is drawn and of how many seeds; what is missing, cut off, or not comparable. */
  readonly caption: string;
  readonly spec: VegaLiteSpec;
}

/** The report's number for a metric of the cell with these settings; null where it has none. */
export type Published = (metric: string, settings: Settings) => number | null;
