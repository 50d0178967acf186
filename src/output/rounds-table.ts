import { optionsOf } from '../experiment/define.ts';
import { describePlan } from '../experiment/describe.ts';
import type { Plan } from '../experiment/plan.ts';
import { isSeed } from '../experiment/seeds.ts';
import type { Stopping } from '../experiment/stopping.ts';
import { dataCell, dataColumn, runCells, runColumns, settingCells, settingColumns } from './settings.ts';
import { rowsOf, type Table } from './table.ts';

/** rounds.csv: what each round of successive halving or racing said of each setting, and whether it continued. */
export function roundsTable(plan: Plan, { metric, results }: Stopping): Table {
  const names = optionsOf(plan.experiment).filter((name) => !isSeed(name));
  return {
    name: 'rounds',
    description: `${describePlan(plan).title}: one row per round and setting, with what decided whether it continued`,
    columns: [
      { name: 'round', type: 'integer', description: 'counted from 1' },
      ...runColumns,
      dataColumn,
      ...settingColumns(names),
      { name: 'seeds', type: 'integer', description: 'trials of the setting up to this round' },
      { name: 'diverged', type: 'integer', description: 'trials that diverged' },
      { name: 'metric', type: 'string', description: 'the column of trials.csv that decides' },
      {
        name: 'mean',
        type: 'number',
        description: 'mean of the metric over the seeds, after the epochs of the round',
      },
      { name: 'std', type: 'number', description: 'standard deviation over the seeds' },
      {
        name: 'behind',
        type: 'number',
        description:
          "mean over the seeds of the metric minus that of the round's best setting; halving goes by mean, racing by p_value",
      },
      {
        name: 'behind_t95_low',
        type: 'number',
        description:
          "lower end of the 95 % interval of behind by Student's t, for this pair alone: a description, which decides nothing",
      },
      { name: 'behind_t95_high', type: 'number', description: 'upper end of that interval' },
      {
        name: 'p_value',
        type: 'number',
        description:
          'of racing, which it decides: probability that of equal settings any would be beaten as clearly by another of the round (signs flipped within seeds, errors on a logarithmic scale)',
      },
      {
        name: 'kept',
        type: 'boolean',
        description: 'whether the setting continued, or has all epochs and seeds',
      },
      { name: 'reason', type: 'string', description: 'why' },
    ],
    primaryKey: ['round', ...[dataColumn, ...settingColumns(names)].map(({ name }) => name)],
    rows: rowsOf(results, (row) => [
      row.round,
      ...runCells(plan),
      dataCell(row),
      ...settingCells(names, row.settings),
      row.seeds,
      row.diverged,
      metric.name,
      row.mean,
      row.deviation,
      row.behind?.mean ?? null,
      row.behind?.low ?? null,
      row.behind?.high ?? null,
      row.p,
      row.kept,
      row.reason,
    ]),
  };
}
