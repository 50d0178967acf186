import { withValidation } from '../experiment/deciding.ts';
import { type Experiment, showingErrorParts } from '../experiment/define.ts';
import { showingSearch } from '../experiment/search.ts';
import { classifierTableNames } from '../output/classifier-tables.ts';
import { type WrittenFiles, writtenFiles } from '../output/earlier-run.ts';
import { shortId } from '../trial/id.ts';
import { drawnTrials, withClassifiers } from './classifier-cells.ts';
import { readClassifiers } from './folder-classifiers.ts';
import { readCoefficients } from './folder-coefficients.ts';
import { readCurves } from './folder-curves.ts';
import { dataOf } from './folder-data.ts';
import { damagedResults, otherVersion } from './folder-errors.ts';
import { experimentOf, type Manifest, readManifest, searchOf } from './folder-manifest.ts';
import { openPredictions } from './folder-predictions.ts';
import { readStopped, ruleOf } from './folder-rounds.ts';
import { copied, type Row } from './folder-table.ts';
import { type FolderTrials, readTrials } from './folder-trials.ts';
import { drawnPrediction } from './predictions.ts';
import type { Results, TrialResult } from './results.ts';

/**
 * Reads the results of a run from manifest.json, trials.csv and curves.csv in its folder; with 'trials', without curves and
 * what is drawn of single trials.
 *
 * Errors: a folder with no results, with incomplete or changed results, or with results of another version.
 */
export async function readResults(
  folder: string,
  experiments: readonly Experiment[],
  what: 'all' | 'trials' = 'all',
): Promise<Results> {
  const run = await openRun(folder, experiments);
  return what === 'trials' ? run.results : wholeResults(run);
}

/** A folder whose trials were read. */
export interface RunFolder extends Pick<FolderTrials, 'ids'> {
  readonly folder: string;
  /** Without curves and what is drawn of single trials. */
  readonly results: Results;
  readonly written: WrittenFiles;
  /** Refuses a row of a trial that is not among those of the manifest. */
  readonly check: (row: Row, file: string) => void;
}

/** The results of a run with its curves and what is drawn of single trials. */
export async function wholeResults(run: RunFolder): Promise<Results> {
  return addPredictions(await addClassifiers(await addCurves(run), run), run);
}

/** A run of which some settings are drawn, as `note` says. */
export function thinnedRun(
  run: RunFolder,
  isDrawn: (trial: TrialResult) => boolean,
  note: string,
): RunFolder {
  const { trials } = run.results;
  return {
    ...run,
    ids: run.ids.filter((_, index) => isDrawn(trials[index])),
    results: { ...run.results, trials: trials.filter(isDrawn), thinned: note },
  };
}

/** Reads the trials of a run. */
export async function openRun(folder: string, experiments: readonly Experiment[]): Promise<RunFolder> {
  const { manifest, experiment, written, own, check } = await ownTrials(folder, experiments);
  const { ids } = own;
  const trials = own.trials.map((trial) => ({ ...trial, curves: {} }));
  const cells = trials.map((trial) => trial.settings);
  const search = searchOf(manifest, experiment, folder);
  const stopped =
    'rounds.csv' in written ? await readStopped(folder, experiment, written, cells, ruleOf(manifest)) : null;
  return {
    ...{ folder, ids, written, check },
    results: {
      experiment: showingErrorParts(
        withValidation(showingSearch(experiment, search), cells),
        cells.map(({ bootstrapMethod }) => bootstrapMethod),
      ),
      variant: manifest.variant === 'text' ? 'text' : 'code',
      quick: manifest.quick === true,
      data: dataOf(manifest),
      ...(search === undefined ? {} : { search }),
      trials,
      ...(stopped === null ? {} : { stopped }),
    },
  };
}

/** The manifest without its list of ids, which would take the memory of all trials again, and the trials that it lists. */
async function ownTrials(folder: string, experiments: readonly Experiment[]) {
  const { trials: listed = {}, ...manifest } = await readManifest(folder);
  const experiment = await experimentOf(manifest, experiments);
  if (experiment === null) throw otherVersion(folder, `an experiment ${JSON.stringify(manifest.experiment)}`);
  const known = Array.isArray(listed.ids)
    ? new Set(listed.ids.map((id) => copied(shortId(String(id)))))
    : null;
  const check = (row: Row, file: string) => {
    if (known === null || known.has(row.cell('trial'))) return;
    throw damagedResults(folder, `${file} has trials of another run than manifest.json`);
  };
  const written = await writtenFiles(folder);
  const own = await readTrials(folder, experiment, check, written);
  const { length } = own.trials;
  if (length === 0 || length !== listed.total)
    throw damagedResults(folder, `trials.csv has ${length} rows, the manifest ${listed.total} trials`);
  return {
    manifest: manifest as Omit<Manifest, 'trials'>,
    experiment,
    written,
    own,
    check,
  };
}

/** The same with the curves and coefficients of the trials. */
async function addCurves({ folder, ids, results, written, check }: RunFolder): Promise<Results> {
  const { experiment, trials } = results;
  const places = new Map(ids.map((id, index) => [id, index]));
  const settingsOf = (id: string) => trials[places.get(id) ?? -1]?.settings ?? null;
  const curves = await readCurves(folder, experiment, settingsOf, check, written);
  const kept = await readCoefficients(folder, check, written);
  return {
    ...results,
    trials: trials.map((trial, index) => {
      const coefficients = kept.get(ids[index]);
      return {
        ...trial,
        curves: curves.get(ids[index]) ?? {},
        ...(coefficients === undefined ? {} : { coefficients }),
      };
    }),
  };
}

/** The same with the classifiers that are drawn; runs of regressions, and earlier versions, wrote no tables of them. */
async function addClassifiers(
  results: Results,
  { folder, ids, written, check }: RunFolder,
): Promise<Results> {
  if (!classifierTableNames.every((name) => `${name}.csv` in written)) return results;
  const drawn = new Set(drawnTrials(results).map((index) => ids[index]));
  const found = await readClassifiers(folder, drawn, check, written);
  return { ...results, trials: withClassifiers(results, (index) => found.get(ids[index]) ?? null) };
}

/** The same with the predictions that are drawn; a run writes them where the user asked for them. */
async function addPredictions(
  results: Results,
  { folder, ids, written, check }: RunFolder,
): Promise<Results> {
  if (results.experiment.task !== 'regression') return results;
  const found = await openPredictions(folder, check, written);
  if (found === null) return results;
  const drawn = drawnPrediction(results, (index) => found.has(ids[index]));
  if (drawn === null) return results;
  const predictions = await found.read(ids[drawn]);
  const trials = results.trials.map((trial, index) => (index === drawn ? { ...trial, predictions } : trial));
  return { ...results, trials };
}
