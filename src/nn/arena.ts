import type { Dtype } from '../math/dtype.ts';
import { type Region, takeRegion } from '../math/memory.ts';

/**
 * Allocates arrays in one memory, one after another, and returns their offsets in elements. Each is aligned to 128
 * bytes.
 */
export interface Arena {
  floats(count: number): number;
  ints(count: number): number;
  /** The end of what has been allocated. */
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
 * Allocates a region for the arrays that `layOut` places, in the memory `shared` or, if it is null, in this thread's
 * own. `layOut` is called twice: first to find the size, then with the region's offset.
 */
export function allocate<Offsets>(
  dtype: Dtype,
  shared: WebAssembly.Memory | null,
  layOut: (arena: Arena) => Offsets,
): { readonly offsets: Offsets; readonly region: Region } {
  const size = createArena(dtype);
  layOut(size);
  const region = takeRegion(shared, size.bytes());
  return { offsets: layOut(createArena(dtype, region.from)), region };
}
