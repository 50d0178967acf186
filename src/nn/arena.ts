import type { Dtype } from '../math/dtype.ts';
import { type Stretch, takeStretch } from '../math/memory.ts';

/** Hands out offsets into one memory, in elements; each begins at a multiple of 128 bytes. */
export interface Arena {
  floats(count: number): number;
  ints(count: number): number;
  /** How far it has got. */
  bytes(): number;
}

export function createArena(dtype: Dtype, from = 0): Arena {
  let end = from;
  const take = (count: number, width: number): number => {
    const offset = end / width;
    end += Math.ceil((count * width) / 128) * 128;
    return offset;
  };
  return {
    floats: (count) => take(count, dtype === 'float32' ? 4 : 8),
    ints: (count) => take(count, 4),
    bytes: () => end,
  };
}

/**
 * Makes room for what `layOut` lays out, in this thread's memory or behind what another holds. It lays out twice: to learn
 * how much there is, and then where the room is.
 */
export function allocate<Offsets>(
  dtype: Dtype,
  behind: WebAssembly.Memory | null,
  layOut: (arena: Arena) => Offsets,
): { readonly offsets: Offsets; readonly stretch: Stretch } {
  const size = createArena(dtype);
  layOut(size);
  const stretch = takeStretch(behind, size.bytes());
  return { offsets: layOut(createArena(dtype, stretch.from)), stretch };
}
