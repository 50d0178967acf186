import type { Figure } from './figure.ts';

/** The formats of figures, with the ending of their files. */
export const figureFormats = { svg: 'svg', png: 'png', json: 'vl.json' } as const;
export type FigureFormat = keyof typeof figureFormats;
export const figureFormatNames = Object.keys(figureFormats) as FigureFormat[];

/** The files of the figures: content by name. */
export async function figureFiles(
  figures: readonly Figure[],
  formats: readonly FigureFormat[] = figureFormatNames,
): Promise<Map<string, string | Buffer>> {
  // Loading the renderer takes half a second.
  if (figures.length === 0) return new Map();
  const { toPng, toSvg } = await import('./render.ts');
  const files = new Map<string, string | Buffer>();
  for (const { name, spec, size } of figures) {
    const svg = formats.some((format) => format !== 'json') ? await toSvg(spec, size) : '';
    const contents = {
      svg: () => svg,
      png: () => toPng(svg),
      json: () => `${JSON.stringify(spec, null, 1)}\n`,
    };
    for (const format of formats) files.set(`${name}.${figureFormats[format]}`, contents[format]());
  }
  return files;
}
