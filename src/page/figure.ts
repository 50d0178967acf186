import { compile, type TopLevelSpec } from 'vega-lite';
import { type Html, html, jsonBlock } from './html.ts';

/** A figure as a Vega-Lite specification that includes its data. */
export interface PageFigure {
  readonly name: string;
  readonly title: string;
  readonly caption: string;
  readonly spec: object;
}

/** A figure and its caption. */
export function figureBlock(section: string, { name, title, caption, spec }: PageFigure): Html {
  const id = `${section}-figure-${name}`;
  return html`<figure>
<div class="chart paper" data-title="${title}" data-spec="${id}"></div>
${specBlock(id, spec)}
<figcaption>${caption}</figcaption>
</figure>`;
}

/**
 * Embeds a Vega-Lite specification, compiled to Vega so that the page needs only Vega's runtime. The page, light or dark,
 * is the background.
 */
export function specBlock(id: string, spec: object): Html {
  return jsonBlock(id, { ...compile(spec as TopLevelSpec).spec, background: 'transparent' });
}
