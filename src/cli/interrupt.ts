/** What to do before an interrupted process ends, such as saving results and restoring the terminal. */
const callbacks = new Set<() => void | Promise<void>>();

/** Calls `callback` when the user interrupts, until the returned function is called. */
export function onInterrupt(callback: () => void | Promise<void>): () => void {
  callbacks.add(callback);
  return () => callbacks.delete(callback);
}

/** Runs the callbacks, the last one first: it may need what an earlier one removes. */
export async function interrupted(): Promise<void> {
  for (const callback of [...callbacks].reverse()) await callback();
}
