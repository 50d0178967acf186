import type { VegaLiteSpec } from './figure.ts';
import { figureWidth, wholeSpec, wrap } from './style.ts';

/** A figure with the reason why there is nothing to draw, instead of a blank picture. */
export function messageFigure(title: string, notes: readonly string[], text: string): VegaLiteSpec {
  return wholeSpec(title, notes, figureWidth, {
    width: figureWidth,
    height: 80,
    data: { values: [{ text: wrap(text, figureWidth - 40) }] },
    mark: { type: 'text', align: 'center' },
    encoding: { text: { field: 'text', type: 'nominal' } },
    view: { stroke: '#cccccc' },
  });
}
