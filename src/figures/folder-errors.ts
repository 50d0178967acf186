import { UserError } from '../errors.ts';

export function damaged(folder: string, why: string): UserError {
  return new UserError({
    what: `the folder does not hold the whole results of a run: ${why}`,
    expected: 'manifest.json, trials.csv and curves.csv of one run',
    received: folder,
    remedy: 'run the experiment again: what the store has is not computed twice',
  });
}

export function foreign(folder: string, what: string): UserError {
  return new UserError({
    what: `the folder was written by another version of fys-nn: it has ${what}`,
    expected: 'results of this version',
    received: folder,
    remedy: 'run the experiment again with this version, or draw with the one that wrote it',
  });
}
