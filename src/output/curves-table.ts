import { describePlan } from '../experiment/describe.ts';
import type { Plan } from '../experiment/plan.ts';
import { epochOfValue } from '../nn/evaluated-epochs.ts';
import type { LossName } from '../nn/losses.ts';
import { shortId } from '../trial/id.ts';
import { curveMetrics } from '../trial/metrics.ts';
import { dataCell, dataColumn, runCells, runColumns } from './settings.ts';
import type { Table, Value } from './table.ts';
import { type Records, trialColumn } from './trials-table.ts';

/** curves.csv: one row per trial, epoch, split and metric. */
export function curvesTable(plan: Plan, records: Records): Table {
  return {
    name: 'curves',
    description: `${describePlan(plan).title}: losses after each epoch, on all rows of the split`,
    columns: [
      trialColumn,
      ...runColumns,
      dataColumn,
      { name: 'status', type: 'string', description: 'done or diverged: how the trial ended' },
      { name: 'epoch', type: 'integer', description: 'epochs trained, or iterations of L-BFGS, from 1' },
      { name: 'split', type: 'string', description: 'train, test or validation' },
      {
        name: 'metric',
        type: 'string',
        description: `${curveMetrics(plan.lists.loss as LossName[]).join(' or ')}`,
      },
      { name: 'value', type: 'number', description: 'its value; empty where it was not finite' },
    ],
    primaryKey: ['trial', 'epoch', 'split', 'metric'],
    rows: { [Symbol.iterator]: () => curveRows(plan, records) },
  };
}

function* curveRows(plan: Plan, records: Records): Generator<Value[]> {
  for (const { trial } of plan.cells) {
    const record = records.get(trial.id);
    if (record === undefined) continue;
    const before = [shortId(trial.id), ...runCells(plan), dataCell(trial.config), record.status];
    for (const [name, values] of Object.entries(record.curves)) {
      const [, split, metric] = /^(train|test|validation)_(.*)$/.exec(name)!;
      for (const [index, value] of values.entries()) {
        yield [...before, epochOfValue(index, trial.config.model), split, metric, value ?? 'diverged'];
      }
    }
  }
}
