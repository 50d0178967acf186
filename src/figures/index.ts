import { isReportCell } from '../experiment/describe.ts';
import type { Plan } from '../experiment/plan.ts';
import type { Records } from '../store/store.ts';
import { curveFigures } from './curve-figures.ts';
import type { Figure, Published } from './figure.ts';
import { gridFigures } from './grid-figures.ts';
import { type Look, usualLook } from './look.ts';
import { type Results, resultsOf } from './results.ts';

export type { Figure, Published, VegaLiteSpec } from './figure.ts';

export interface DrawingOptions {
  /** The report's numbers; left out, none are drawn. */
  readonly published?: Published;
  readonly look?: Partial<Look>;
}

/** The figures of an experiment from its records. */
export function figuresOf(plan: Plan, records: Records, options: DrawingOptions = {}): Figure[] {
  return draw(resultsOf(plan, records), options);
}

/** The figures of results: heat maps of a grid or curves over epochs, depending on the experiment's layout. */
export function draw(results: Results, { published, look = {} }: DrawingOptions = {}): Figure[] {
  const known = published === undefined ? () => null : comparable(results, published);
  const whole = { ...usualLook, ...look };
  if (results.experiment.layout.curves !== null) return curveFigures(results, known, whole);
  return gridFigures(results, known, whole);
}

/** The report's numbers, only for cells with the settings and data of the report. */
function comparable(results: Results, published: Published): Published {
  return (metric, settings) => (isReportCell(results, settings) ? published(metric, settings) : null);
}
