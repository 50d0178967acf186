import { counted } from '../errors.ts';
import type { Plan } from '../experiment/plan.ts';
import { type ClassifierSummary, summarizeClassifier } from '../stats/classifier-summary.ts';
import { readOutputs, readOutputsAtOnce } from '../store/outputs.ts';
import type { Records } from '../store/store.ts';

/** What the classifiers of a plan do on their test rows, by trial id. */
export interface Classifiers {
  /** null for a trial that did not finish. */
  get(id: string): ClassifierSummary | null;
}

/**
 * The classifiers of a plan, from the test outputs that the store keeps; null for a regression, and if the outputs of any
 * finished trial are missing or damaged. Then `note` says what to do. At most `mostKept` summaries are kept in memory; those
 * of further trials are made again on access.
 */
export async function openClassifiers(
  { experiment, cells }: Plan,
  records: Records,
  directory: string,
  mostKept = 200,
): Promise<{ readonly classifiers: Classifiers | null; readonly note: string | null }> {
  if (experiment.task !== 'classification') return { classifiers: null, note: null };
  const kept = new Map<string, ClassifierSummary>();
  let [done, missing] = [0, 0];
  for (const { trial } of cells) {
    if (records.get(trial.id)?.status !== 'done') continue;
    done++;
    const outputs = await readOutputs(directory, trial);
    if (outputs === null) missing++;
    else if (kept.size < mostKept) kept.set(trial.id, summarizeClassifier(outputs));
  }
  if (missing > 0) return { classifiers: null, note: missingNote(missing, done) };
  if (done === 0) return { classifiers: null, note: null };
  const classifiers: Classifiers = {
    get(id) {
      if (records.get(id)?.status !== 'done') return null;
      const known = kept.get(id);
      if (known !== undefined) return known;
      const outputs = readOutputsAtOnce(directory, { id });
      if (outputs === null) throw new Error(`the test outputs of trial ${id} changed while they were read`);
      return summarizeClassifier(outputs);
    },
  };
  return { classifiers, note: null };
}

function missingNote(missing: number, done: number): string {
  const which = done === 1 ? 'the trial' : `${missing} of ${counted(done, 'trial')}`;
  return (
    `no confusion matrix, ROC, gains or calibration: the store has no test outputs of ${which}, ` +
    'because files are missing or damaged, or an older version computed it; {force} computes them again'
  );
}
