/** What is to be done before an interrupted process ends: give the terminal back, say what is kept. */
const callbacks = new Set<() => void>();

/** Calls `callback` when the user interrupts, until the returned function is called. */
export function onInterrupt(callback: () => void): () => void {
  callbacks.add(callback);
  return () => callbacks.delete(callback);
}

export function interrupted(): void {
  for (const callback of callbacks) callback();
}
