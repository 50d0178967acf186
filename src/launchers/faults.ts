/** The faults that a test can inject; see `injectFault`. */
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
  /** Ends the whole process immediately. */
  kill: () => process.kill(process.pid, 'SIGKILL'),
} as const;

/**
 * Makes a trial fail if the environment asks for it; for tests only.
 *
 * FYS_NN_FAULT=kind:seed:attempts fails the first N attempts of every trial with that seed, where N is `attempts` and
 * kind is throw, exit, memory (exceeds the thread's limit), hang or kill.
 */
export function injectFault(seed: number, attempt: number): void {
  const text = process.env.FYS_NN_FAULT;
  if (text === undefined) return;
  const [kind, faultSeed, attempts] = text.split(':');
  if (Number(faultSeed) !== seed || attempt > Number(attempts)) return;
  faults[kind as keyof typeof faults]?.();
}
