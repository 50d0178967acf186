import { inline } from './inline.ts';
import { threads } from './threads.ts';

/** How trials can be run; `threads` is what the command line uses. */
export const launchers = { inline, threads } as const;
