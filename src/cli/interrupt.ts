/** What is to be done before an interrupted process ends: keep what is computed, give the terminal back. */
const callbacks = new Set<() => void | Promise<void>>();

/** Calls `callback` when the user interrupts, until the returned function is called. */
export function onInterrupt(callback: () => void | Promise<void>): () => void {
  callbacks.add(callback);
  return () => callbacks.delete(callback);
}

/** The last to ask is called first, as it may need what an earlier one takes away. */
export async function interrupted(): Promise<void> {
  for (const callback of [...callbacks].reverse()) await callback();
}
