import type { VegaLiteSpec } from './figure.ts';
import { type Framed, wholeSpec, wrap } from './style.ts';

/** A figure with the reason why there is nothing to draw, instead of a blank picture. */
export function messageFigure(framed: Framed, text: string): VegaLiteSpec {
  const { width } = framed.look;
  return wholeSpec(framed, {
    width,
    height: 80,
    data: { values: [{ text: wrap(text, width - 40) }] },
    mark: { type: 'text', align: 'center' },
    encoding: { text: { field: 'text', type: 'nominal' } },
    view: { stroke: '#cccccc' },
  });
}
