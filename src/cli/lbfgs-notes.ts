import { counted } from '../errors.ts';
import type { Records } from '../store/store.ts';
import type { Trial } from '../trial/trial.ts';

/** What to know about the trials of L-BFGS: which have no optimum, may have none, or did not converge. */
export function lbfgsNotes(trials: readonly Trial[], records: Records): string[] {
  const count = { none: 0, perhaps: 0, unfinished: 0 };
  for (const { id, config } of trials) {
    if (config.model.solver !== 'lbfgs') continue;
    const { no_optimum, converged } = records.get(id)?.metrics ?? {};
    if (no_optimum === 1) count.none++;
    else if (converged === 0) count.unfinished++;
    if (no_optimum === 0 && config.model.lambda === 0 && config.model.loss === 'cross_entropy')
      count.perhaps++;
  }
  const notes: string[] = [];
  if (count.none > 0) {
    notes.push(
      `no finite optimum in ${counted(count.none, 'trial')} of L-BFGS: without a penalty, the loss keeps ` +
        'falling once every training row is classified correctly, so the result depends on when the fit stopped (column ' +
        'no_optimum). Use {lambda} above 0',
    );
  }
  if (count.perhaps > 0) {
    notes.push(
      `L-BFGS without a penalty may have no finite optimum in ${counted(count.perhaps, 'trial')}: it has none if some of ` +
        'the classes can be separated. With {lambda} above 0 there is one',
    );
  }
  if (count.unfinished > 0)
    notes.push(`L-BFGS did not converge in ${counted(count.unfinished, 'trial')}: see the column converged`);
  return notes;
}
