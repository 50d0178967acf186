/** What a test can make of a trial; see `injectFault`. */
const faults = {
  throw: () => {
    throw new Error('FYS_NN_FAULT: thrown');
  },
  exit: () => process.exit(7),
  memory: () => {
    const hoard: number[][] = [];
    for (;;) hoard.push(Array.from({ length: 1e6 }, (_, i) => i + hoard.length));
  },
  hang: () => {
    for (;;);
  },
  /** The whole process, at once. */
  kill: () => process.kill(process.pid, 'SIGKILL'),
} as const;

/**
 * For tests alone: FYS_NN_FAULT=kind:seed:attempts makes the trials with that seed fail at their first attempts.
 *
 * kind: throw, exit, memory (beyond the thread's limit), hang, or kill. Read here and nowhere else.
 */
export function injectFault(seed: number, attempt: number): void {
  const text = process.env.FYS_NN_FAULT;
  if (text === undefined) return;
  const [kind, faultSeed, attempts] = text.split(':');
  if (Number(faultSeed) !== seed || attempt > Number(attempts)) return;
  faults[kind as keyof typeof faults]?.();
}
