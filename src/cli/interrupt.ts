/** What is to be done before an interrupted process ends: keep what is computed, give the terminal back. */
const callbacks = new Set<() => void | Promise<void>>();

/** Calls `callback` when the user interrupts, until the returned function is called. */
export function onInterrupt(callback: () => void | Promise<void>): () => void {
  callbacks.add(callback);
  return () => callbacks.delete(callback);
}

export async function interrupted(): Promise<void> {
  await Promise.all([...callbacks].map((callback) => callback()));
}
