/** Neighbours from `from` to `to`, both included: one that is shown, or several that are left out. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * All of 0 .. count - 1 in at most about `most` spans: alone are the focus and its neighbours, the first and the last, and
 * as many from the start as there is room for.
 */
export function spansOf(count: number, focus: number | null, most: number): Span[] {
  const single = (index: number): Span => ({ from: index, to: index });
  if (count <= most) return Array.from({ length: count }, (_, index) => single(index));
  const around = focus === null ? [] : [focus, focus - 1, focus + 1];
  const first = Array.from({ length: most }, (_, index) => index);
  let shown: number[] = [];
  for (const index of [...around, 0, count - 1, ...first]) {
    if (index < 0 || index >= count || shown.includes(index)) continue;
    const more = [...shown, index].sort((a, b) => a - b);
    if (withGaps(more, count).length > most) continue;
    shown = more;
  }
  return withGaps(shown, count);
}

/** The indices, and what is between them. */
function withGaps(shown: readonly number[], count: number): Span[] {
  const spans: Span[] = [];
  let next = 0;
  for (const index of [...shown, count]) {
    if (index > next) spans.push({ from: next, to: index - 1 });
    if (index < count) spans.push({ from: index, to: index });
    next = index + 1;
  }
  return spans;
}

export const isSingle = ({ from, to }: Span): boolean => from === to;
