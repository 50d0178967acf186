import type { Figure, Size, VegaLiteSpec } from './figure.ts';
import { type Look, usualLook } from './look.ts';
import { viewOf } from './render.ts';

type Draw = (look: Partial<Look>) => Figure[];

/** The narrowest layout, in pixels. A narrower figure is a smaller picture of it. */
const narrowest = 160;

/**
 * Draws figures that have a size. Panels are made as wide and as high as they have to be; what is then still missing or
 * too much, such as the width of texts, is evened out by scaling the picture.
 */
export async function fitted(draw: Draw, look: Partial<Look>, size: Size): Promise<Figure[]> {
  if (size.width === null && size.height === null) return draw(look);
  const plain = draw(look);
  const figures: Figure[] = [];
  for (const index of plain.keys()) {
    const one = (own: Partial<Look>) => draw({ ...look, ...own })[index];
    const width = await widthFor(one, size.width);
    const stretch = await stretchFor((own) => one({ width, ...own }), size.height);
    figures.push({ ...one({ width, stretch }), size });
  }
  return figures;
}

async function widthFor(one: (own: Partial<Look>) => Figure, width: number | null): Promise<number> {
  if (width === null) return usualLook.width;
  const actual = (await sizeOf(one({ width }).spec)).width;
  return Math.max(narrowest, 2 * width - actual);
}

/** A figure's height grows evenly with its panels. */
async function stretchFor(one: (own: Partial<Look>) => Figure, height: number | null): Promise<number> {
  if (height === null) return 1;
  const [from, to] = [2, 3];
  const low = (await sizeOf(one({ stretch: from }).spec)).height;
  const high = (await sizeOf(one({ stretch: to }).spec)).height;
  return Math.min(50, Math.max(0.4, from + ((height - low) * (to - from)) / Math.max(1, high - low)));
}

async function sizeOf(spec: VegaLiteSpec): Promise<{ width: number; height: number }> {
  const view = viewOf(spec);
  const [, width, height] = /<svg[^>]* width="(\d+)" height="(\d+)"/.exec(await view.toSVG())!;
  view.finalize();
  return { width: Number(width), height: Number(height) };
}
