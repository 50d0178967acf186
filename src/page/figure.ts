import { compile, type TopLevelSpec } from 'vega-lite';
import { type Html, html, jsonBlock } from './html.ts';

/** A picture as a Vega-Lite specification, with its data in it. */
export interface PageFigure {
  readonly name: string;
  readonly title: string;
  readonly caption: string;
  readonly spec: object;
}

/** The picture and its caption. */
export function figureBlock(section: string, { name, title, caption, spec }: PageFigure): Html {
  const id = `${section}-figure-${name}`;
  return html`<figure>
<div class="chart paper" data-title="${title}" data-spec="${id}"></div>
${specBlock(id, spec)}
<figcaption>${caption}</figcaption>
</figure>`;
}

/** A Vega-Lite specification for the page's script. It is compiled here, so that the page needs Vega's runtime alone. */
export function specBlock(id: string, spec: object): Html {
  return jsonBlock(id, compile(spec as TopLevelSpec).spec);
}
