import { type Calibration, calibrationFiles, calibrationMarkdown } from '../claims/calibration-files.ts';
import { exitCodes } from '../errors.ts';
import { writeFiles } from '../files/write-files.ts';
import { runCalibration } from './calibrate.ts';
import { holdStore } from './hold-store.ts';
import { checkOutFolder } from './out-folder.ts';
import { writeStderr, writeStdoutRaw } from './terminal.ts';
import type { VerifySubject } from './verify-claims.ts';
import type { VerifyRequest } from './verify-flags.ts';
import { calibrationFolder } from './verify-folder.ts';
import { type Running, recordsOf } from './verify-records.ts';

/** The seeds that play the report if the user gives none. */
const usualSeeds = Array.from({ length: 200 }, (_, index) => index + 1);

/** Calibrates, writes the tables into a folder, and returns the exit status. */
export async function calibrateInto(request: VerifyRequest, subject: VerifySubject): Promise<number> {
  const { generated, fromFiles, level, running } = request;
  const { claims, readings, experiments } = subject;
  const folder = request.out ?? calibrationFolder({ ...request, ...subject });
  await checkOutFolder(folder, ['calibration.csv']);
  const calibrations: Calibration[] = [];
  for (const reading of readings) {
    const calibration = await runCalibration(
      claims,
      {
        ...{ reading, seeds: generated ?? usualSeeds, dearSeeds: fromFiles ?? [], level },
        ...{ sources: running.sources, experiments, onSeed: progressOf(reading.name, running) },
      },
      (plans) => holdStore(running.storeDirectory, (lease) => recordsOf(plans, running, lease)),
    );
    if (calibration === null) return exitCodes.failed;
    calibrations.push(calibration);
  }
  await writeFiles(folder, calibrationFiles(calibrations, level));
  writeStdoutRaw(calibrationMarkdown(calibrations, level));
  if (!running.quiet) writeStderr(`wrote ${folder}/`);
  return exitCodes.done;
}

/** Says after each tenth of the seeds how far the judging is. */
function progressOf(reading: string, { quiet, progress }: Running): (done: number, all: number) => void {
  if (quiet || progress === 'none') return () => {};
  return (done, all) => {
    const isTenth = Math.floor((10 * done) / all) > Math.floor((10 * (done - 1)) / all);
    if (isTenth) writeStderr(`${reading}: ${done} of ${all} seeds have played the report`);
  };
}
