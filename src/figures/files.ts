import type { Figure } from './figure.ts';

/** The formats of figures, with the ending of their files. */
const figureFormats = { svg: 'svg', png: 'png', json: 'vl.json', pdf: 'pdf' } as const;
export type FigureFormat = keyof typeof figureFormats;
export const figureFormatNames = Object.keys(figureFormats) as FigureFormat[];
/** Those that every run writes. */
export const usualFormats: readonly FigureFormat[] = ['svg', 'png', 'json'];

/** The files of a figure. */
export function figureNames(name: string, names: readonly FigureFormat[] = usualFormats): string[] {
  return names.map((format) => `${name}.${figureFormats[format]}`);
}

/** The files of the figures: content by name. */
export async function figureFiles(
  figures: readonly Figure[],
  formats: readonly FigureFormat[] = usualFormats,
): Promise<Map<string, string | Buffer>> {
  // Loading the renderer takes half a second.
  if (figures.length === 0) return new Map();
  const { toPng, toSvg } = await import('./render.ts');
  const { embedFonts } = await import('./embed-fonts.ts');
  const { toPdf } = await import('./pdf.ts');
  const files = new Map<string, string | Buffer>();
  for (const { name, title, caption, spec, size } of figures) {
    const svg = formats.some((format) => format !== 'json') ? await toSvg(spec, size) : '';
    const contents: Record<FigureFormat, () => string | Buffer | Promise<string | Buffer>> = {
      svg: () => embedFonts(svg),
      png: () => toPng(svg),
      json: () => `${JSON.stringify(spec, null, 1)}\n`,
      pdf: () => toPdf(svg, title, caption),
    };
    for (const format of formats) files.set(`${name}.${figureFormats[format]}`, await contents[format]());
  }
  return files;
}
