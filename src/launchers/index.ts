import { inline } from './inline.ts';
import type { Launcher } from './launcher.ts';
import { threads } from './threads.ts';

/** Only those who use a cluster need it. */
const slurm: Launcher = async (trials, options) =>
  await (await import('./slurm/slurm.ts')).slurm(trials, options);

/** The ways to run trials; `--launcher` chooses one. */
export const launchers = { threads, inline, slurm } as const;

export type LauncherName = keyof typeof launchers;
