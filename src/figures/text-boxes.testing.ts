import type { VegaLiteSpec } from './figure.ts';
import { viewOf } from './render.ts';

interface Box {
  readonly text: string;
  readonly x1: number;
  readonly x2: number;
  readonly y1: number;
  readonly y2: number;
}

interface Item {
  readonly x?: number;
  readonly y?: number;
  readonly text?: unknown;
  readonly opacity?: number;
  readonly bounds: Omit<Box, 'text'>;
  readonly marktype?: string;
  readonly items?: readonly Item[];
}

/** The boxes of all texts of a figure in pixels, as Vega lays them out, and the size of the figure. */
async function textBoxes(spec: VegaLiteSpec): Promise<{ boxes: Box[]; width: number; height: number }> {
  const view = viewOf(spec);
  await view.runAsync();
  const boxes: Box[] = [];
  const visit = (item: Item, dx: number, dy: number, isText: boolean): void => {
    const text = Array.isArray(item.text) ? item.text.join(' ') : String(item.text ?? '');
    if (isText && text.trim() !== '' && item.opacity !== 0) {
      const { x1, x2, y1, y2 } = item.bounds;
      boxes.push({ text, x1: x1 + dx, x2: x2 + dx, y1: y1 + dy, y2: y2 + dy });
    }
    const isMark = item.marktype !== undefined;
    const [left, top] = isMark ? [dx, dy] : [dx + (item.x ?? 0), dy + (item.y ?? 0)];
    for (const child of item.items ?? []) visit(child, left, top, item.marktype === 'text');
  };
  const scene = view.scenegraph() as unknown as { root: Item };
  const origin = view.origin();
  visit(scene.root, origin[0] + 6, origin[1] + 6, false);
  const size = view as unknown as { _viewWidth: number; _viewHeight: number };
  view.finalize();
  return { boxes, width: size._viewWidth + 12, height: size._viewHeight + 12 };
}

/** Pairs of texts that are drawn over each other, and texts that are cut off by the edge of the figure. */
export async function textFaults(spec: VegaLiteSpec): Promise<string[]> {
  const { boxes, width, height } = await textBoxes(spec);
  const outside = boxes.filter(
    ({ x1, x2, y1, y2 }) => x1 < -1 || y1 < -1 || x2 > width + 1 || y2 > height + 1,
  );
  const overlaps = boxes.flatMap((one, i) =>
    boxes.slice(i + 1).flatMap((other) => {
      const wide = Math.min(one.x2, other.x2) - Math.max(one.x1, other.x1);
      const high = Math.min(one.y2, other.y2) - Math.max(one.y1, other.y1);
      // The letters of diverged cells lie on a halo of the same text.
      const isHalo = one.text === other.text && Math.abs(one.y1 - other.y1) < 4;
      return wide > 1 && high > 3 && !isHalo ? [`${one.text} over ${other.text}`] : [];
    }),
  );
  return [...outside.map(({ text }) => `${text} is cut off`), ...overlaps];
}
