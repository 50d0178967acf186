import { exitCodes, UserError } from '../errors.ts';

const pageBytes = 65536;

/** A range of bytes of a memory with a single owner. It starts at byte `from`. */
export interface Region {
  readonly memory: WebAssembly.Memory;
  readonly from: number;
  /** Frees the bytes. Nothing may use them afterwards. */
  release(): void;
}

/** The most pages that 32-bit addresses can reach. */
const maxPages = 65536;

/**
 * Allocates zeroed memory of at least `bytes` bytes, on which kernels can work and which threads can share.
 *
 * Errors: UserError if there is not enough memory.
 */
export function createMemory(bytes: number, mayGrow = false): WebAssembly.Memory {
  const initial = Math.ceil(bytes / pageBytes);
  const maximum = mayGrow ? maxPages : initial;
  return withMemoryError(bytes, () => new WebAssembly.Memory({ initial, maximum, shared: true }));
}

/**
 * Turns a failed allocation into a UserError. A plan checks its estimate against a fixed limit, not against this
 * machine.
 */
function withMemoryError<T>(bytes: number, take: () => T): T {
  try {
    return take();
  } catch (error) {
    throw new UserError(
      {
        what: 'there is not enough memory',
        expected: `${Math.ceil(bytes / 2 ** 20)} MiB more, and 4 GiB of address space for each thread`,
        received: (error as Error).message,
        remedy: 'use fewer samples or jobs, smaller images, layers or batches, or a lower degree',
      },
      exitCodes.failed,
    );
  }
}

/** This thread's own memory. It is reused, since an abandoned memory takes up space until the engine collects it. */
let threadMemory: WebAssembly.Memory | null = null;

/** The regions of each memory that this thread has freed. A memory cannot shrink, so they are reused. */
const free = new WeakMap<WebAssembly.Memory, { from: number; bytes: number }[]>();

/**
 * Takes a zeroed region of the given memory, or of this thread's own memory if that is null. The memory grows if it has
 * to. Threads that share a memory get separate regions.
 *
 * Errors: UserError if there is not enough memory.
 */
export function takeRegion(shared: WebAssembly.Memory | null, bytes: number): Region {
  threadMemory ??= createMemory(0, true);
  const memory = shared ?? threadMemory;
  const freeRegions = free.get(memory) ?? [];
  free.set(memory, freeRegions);
  const index = freeRegions.findIndex((region) => region.bytes >= bytes);
  const [taken] = index < 0 ? [grow(memory, bytes)] : freeRegions.splice(index, 1);
  if (index >= 0) new Uint8Array(memory.buffer, taken.from, bytes).fill(0);
  return { memory, from: taken.from, release: () => freeRegions.push(taken) };
}

/** Growing is atomic: two threads that grow a memory at the same time get regions that do not overlap. */
function grow(memory: WebAssembly.Memory, bytes: number): { from: number; bytes: number } {
  const pages = Math.ceil(bytes / pageBytes);
  const from = withMemoryError(bytes, () => memory.grow(pages));
  return { from: from * pageBytes, bytes: pages * pageBytes };
}
