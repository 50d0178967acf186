import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { preloading } from '../program.testing.ts';

// Machines that share a folder, as bench/torture/far-host.js simulates them.

export interface Host {
  readonly name: string;
  /** For how many milliseconds it sees the state before what others change. */
  readonly delay?: number;
  readonly asks?: 'open' | 'never';
  /** Milliseconds by which its clock is wrong. */
  readonly clock?: number;
  readonly stamps?: 'client';
  /** How many times faster time passes on it. */
  readonly speed?: number;
  readonly staleEvery?: number;
  /** Every n-th change of a name is carried out twice. */
  readonly repeats?: number;
  /** The append of each thread to a journal that fails in the middle: with the code, or with the process. */
  readonly append?: { readonly at: number; readonly code: 'ENOSPC' | 'EDQUOT' | 'kill' };
}

const simulation = `import '${pathToFileURL(resolve('bench/torture/far-host.js')).href}';`;

/** The environment of programs on a machine that shares `folder`. */
export async function hostEnvironment(folder: string, host: Host): Promise<NodeJS.ProcessEnv> {
  const notes = join(`${folder}-notes`, host.name);
  await mkdir(notes, { recursive: true });
  return { ...preloading(simulation), FYS_NN_HOST: JSON.stringify({ folder, notes, ...host }) };
}

/** The URL of a module of the build, for scripts. */
export const built = (module: string): string => pathToFileURL(resolve('dist/src', module)).href;
