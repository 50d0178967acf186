import { UserError } from '../errors.ts';

export function damagedResults(folder: string, why: string): UserError {
  return new UserError({
    what: `the folder does not have the complete results of a run: ${why}`,
    expected: 'manifest.json, trials.csv and curves.csv of the same run',
    received: folder,
    remedy: 'run the experiment again: trials in the store are not computed twice',
  });
}

export function otherVersion(folder: string, what: string): UserError {
  return new UserError({
    what: `the folder was written by another version of fys-nn: it has ${what}`,
    expected: 'results of this version',
    received: folder,
    remedy: 'run the experiment again with this version, or draw with the version that wrote the folder',
  });
}

export function changedResults(folder: string, file: string): UserError {
  return new UserError({
    what: `${file} was changed after the run wrote it: it is not drawn as the results of the run`,
    expected: 'the file as the run wrote it; a spreadsheet that saves it may round or reformat numbers',
    received: folder,
    remedy: 'run the experiment again: trials in the store are not computed twice',
  });
}
