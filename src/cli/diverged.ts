import { counted } from '../errors.ts';
import type { Plan } from '../experiment/plan.ts';
import type { Records } from '../store/store.ts';
import { shortId } from '../trial/id.ts';
import { createIdSet } from '../trial/id-set.ts';
import { labelOf } from './label.ts';

/**
 * "3 of 20 trials diverged, first t7e0695829139291 (ffnn: learning rate 1, epoch 4)", in the order of the plans; null if none
 * did.
 */
export function describeDiverged(plans: readonly Plan[], records: Records): string | null {
  const ids = createIdSet();
  let diverged = 0;
  let first = '';
  for (const plan of plans) {
    for (const cell of plan.cells) {
      const { id } = cell.trial;
      const before = ids.size;
      if (ids.add(id) < before) continue;
      const record = records.get(id);
      if (record?.status !== 'diverged') continue;
      const epoch = record.divergedAt === null ? '' : `, epoch ${record.divergedAt}`;
      if (diverged++ === 0) first = `${shortId(id)} (${labelOf(plan, cell).replace('  ', ': ')}${epoch})`;
    }
  }
  const stopped = plans.flatMap(
    ({ stopping }) => stopping?.stopped.filter(({ last }) => last.diverged > 0) ?? [],
  );
  if (diverged === 0 && stopped.length > 0)
    return `${counted(stopped.length, 'setting')} diverged in a round, and ${stopped.length === 1 ? 'was' : 'were'} stopped: rounds.csv`;
  return diverged === 0 ? null : `${diverged} of ${counted(ids.size, 'trial')} diverged, first ${first}`;
}
