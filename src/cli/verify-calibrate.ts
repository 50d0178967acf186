import { type Calibration, calibrationFiles, calibrationMarkdown } from '../claims/calibration-files.ts';
import { exitCodes } from '../errors.ts';
import { writeFiles } from '../files/write-files.ts';
import { type CalibrationChoices, runCalibration } from './calibrate.ts';
import { checkLauncher } from './check-launcher.ts';
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
  const { level, running } = request;
  const { claims } = subject;
  const folder = request.out ?? calibrationFolder({ ...request, ...subject });
  await checkOutFolder(folder, ['calibration.csv']);
  await checkLauncher(running);
  const calibrations: Calibration[] = [];
  for (const choices of calibrationChoices(request, subject)) {
    const onSeed = progressOf(choices.reading.name, running);
    const calibration = await runCalibration(claims, { ...choices, onSeed }, (plans) =>
      holdStore(running.storeDirectory, (lease) => recordsOf(plans, running, lease)),
    );
    if (calibration === null) return exitCodes.failed;
    calibrations.push(calibration);
  }
  await writeFiles(folder, calibrationFiles(calibrations, level));
  writeStdoutRaw(calibrationMarkdown(calibrations, level));
  if (!running.quiet) writeStderr(`wrote ${folder}/`);
  return exitCodes.done;
}

/** What is calibrated, one reading after the other. */
export function calibrationChoices(
  { generated, fromFiles, level, running: { sources } }: VerifyRequest,
  { readings, experiments }: VerifySubject,
): CalibrationChoices[] {
  const seeds = generated ?? usualSeeds;
  const dearSeeds = fromFiles ?? [];
  return readings.map((reading) => ({ reading, seeds, dearSeeds, level, sources, experiments }));
}

/** Says after each tenth of the seeds how far the judging is. */
function progressOf(reading: string, { quiet, progress }: Running): (done: number, all: number) => void {
  if (quiet || progress === 'none') return () => {};
  return (done, all) => {
    const isTenth = Math.floor((10 * done) / all) > Math.floor((10 * (done - 1)) / all);
    if (isTenth) writeStderr(`${reading}: ${done} of ${all} seeds have played the report`);
  };
}
