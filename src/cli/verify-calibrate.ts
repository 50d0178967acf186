import { exitCodes } from '../errors.ts';
import { writeFiles } from '../files/write-files.ts';
import { runCalibration } from './calibrate.ts';
import { holdStore } from './hold-store.ts';
import { checkOutFolder } from './out-folder.ts';
import { writeStderr, writeStdoutRaw } from './terminal.ts';
import type { VerifySubject } from './verify-claims.ts';
import type { VerifyRequest } from './verify-flags.ts';
import { recordsOf } from './verify-records.ts';

/** The seeds that play the report if the user gives none. */
const usualSeeds = Array.from({ length: 200 }, (_, index) => index + 1);

/** Calibrates, writes the tables into a folder, and returns the exit status. */
export async function calibrateInto(
  { generated, level, out = null, running }: VerifyRequest,
  { claims, readings: [reading] }: VerifySubject,
): Promise<number> {
  const folder = out ?? 'results/calibration';
  await checkOutFolder(folder, ['calibration.csv']);
  const { files, text, status } = await runCalibration(
    claims,
    { reading, seeds: generated ?? usualSeeds, level, sources: running.sources },
    (plans) => holdStore(running.storeDirectory, (lease) => recordsOf(plans, running, lease)),
  );
  if (status !== exitCodes.done) return status;
  await writeFiles(folder, files);
  writeStdoutRaw(text);
  if (!running.quiet) writeStderr(`wrote ${folder}/`);
  return status;
}
