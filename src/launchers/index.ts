import { inline } from './inline.ts';
import { threads } from './threads.ts';

/** The ways to run trials; the command line uses `threads`. */
export const launchers = { inline, threads } as const;
