import { exitCodes, UserError } from '../errors.ts';

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

/**
 * Zeroed memory of at least so many bytes, which kernels can work on and other threads can be handed. Errors: UserError
 * where there is not so much.
 */
export function createMemory(bytes: number, mayGrow = false): WebAssembly.Memory {
  const initial = Math.ceil(bytes / pageBytes);
  const maximum = mayGrow ? mostPages : initial;
  return orTooLittle(bytes, () => new WebAssembly.Memory({ initial, maximum, shared: true }));
}

/** What a plan reckons is about what a trial takes, and a machine may have less than that. */
function orTooLittle<T>(bytes: number, take: () => T): T {
  try {
    return take();
  } catch (error) {
    throw new UserError(
      {
        what: 'there is too little memory',
        expected: `room for ${Math.ceil(bytes / 2 ** 20)} MiB more, and for 4 GiB of addresses in each thread`,
        received: (error as Error).message,
        remedy: 'take fewer samples or jobs, smaller images, layers or batches, or a lower degree',
      },
      exitCodes.failed,
    );
  }
}

/** This thread's own memory: kept, since memories that are left behind take room until the engine collects them. */
let own: WebAssembly.Memory | null = null;

/** What this thread has given back of each memory, which cannot shrink. */
const free = new WeakMap<WebAssembly.Memory, { from: number; bytes: number }[]>();

/**
 * Zeroed bytes behind all that a memory holds, which may grow; threads that share it have stretches of their own. Without
 * a memory, of this thread's own.
 *
 * Errors: UserError where there is no more memory.
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
  const from = orTooLittle(bytes, () => memory.grow(pages));
  return { from: from * pageBytes, bytes: pages * pageBytes };
}
