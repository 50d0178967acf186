const pageBytes = 65536;

/** Bytes of a memory that are in use by one alone, from byte `from` on. */
export interface Stretch {
  readonly memory: WebAssembly.Memory;
  readonly from: number;
  /** Gives the bytes back; nothing may use them after that. */
  release(): void;
}

/** As many as 32 bits can number. */
const mostPages = 65536;

/** Zeroed memory of at least so many bytes, which kernels can work on and other threads can be handed. */
export function createMemory(bytes: number, mayGrow = false): WebAssembly.Memory {
  const initial = Math.ceil(bytes / pageBytes);
  return new WebAssembly.Memory({ initial, maximum: mayGrow ? mostPages : initial, shared: true });
}

/** This thread's own memory: kept, since memories that are left behind take room until the engine collects them. */
let own: WebAssembly.Memory | null = null;

/** What this thread has given back of each memory, which cannot shrink. */
const free = new WeakMap<WebAssembly.Memory, { from: number; bytes: number }[]>();

/**
 * Zeroed bytes behind all that a memory holds, which may grow; threads that share it have stretches of their own. Without
 * a memory, of this thread's own.
 *
 * Errors: RangeError where there is no more memory.
 */
export function takeStretch(shared: WebAssembly.Memory | null, bytes: number): Stretch {
  own ??= createMemory(0, true);
  const memory = shared ?? own;
  const mine = free.get(memory) ?? [];
  free.set(memory, mine);
  const fitting = mine.findIndex((stretch) => stretch.bytes >= bytes);
  const [taken] = fitting < 0 ? [grow(memory, bytes)] : mine.splice(fitting, 1);
  if (fitting >= 0) new Uint8Array(memory.buffer, taken.from, bytes).fill(0);
  return { memory, from: taken.from, release: () => mine.push(taken) };
}

/** Growing is atomic: what two threads get at the same time does not overlap. */
function grow(memory: WebAssembly.Memory, bytes: number): { from: number; bytes: number } {
  const pages = Math.ceil(bytes / pageBytes);
  return { from: memory.grow(pages) * pageBytes, bytes: pages * pageBytes };
}
