import { optionsOf } from '../experiment/define.ts';
import { describePlan } from '../experiment/describe.ts';
import type { Plan } from '../experiment/plan.ts';
import type { Records } from '../store/store.ts';
import { describeHiddenLayers } from '../trial/architecture.ts';
import { shortId } from '../trial/id.ts';
import { type MetricColumn, metricsOf } from '../trial/metrics.ts';
import type { TrialRecord } from '../trial/trial.ts';
import { dataCell, dataColumn, runCells, runColumns, settingCells, settingColumns } from './settings.ts';
import { type Column, rowsOf, type Table, type Value } from './table.ts';

export type { Records };

export const trialColumn: Column = {
  name: 'trial',
  type: 'string',
  description: 'first 16 characters of the id: t and the SHA-256 of the canonical config',
};

const statusColumn: Column = {
  name: 'status',
  type: 'string',
  description: 'done, diverged or not run; only done has final numbers',
};

/** trials.csv: one row per trial, with all its inputs and final numbers. */
export function trialsTable(plan: Plan, records: Records): Table {
  const names = optionsOf(plan.experiment);
  const metrics = metricsOf(plan.experiment);
  const random = plan.experiment.architecture === 'random';
  return {
    name: 'trials',
    description: `${describePlan(plan).title}: one row per trial, with its inputs and final numbers`,
    columns: [
      trialColumn,
      ...runColumns,
      dataColumn,
      ...settingColumns(names),
      ...(random ? architectureColumns : []),
      statusColumn,
      {
        name: 'diverged_epoch',
        type: 'integer',
        description: 'epoch (from 1) after which the training ended as diverged',
      },
      ...metrics.map(({ name, description }): Column => ({ name, type: 'number', description })),
    ],
    primaryKey: ['trial'],
    rows: rowsOf(plan.cells, ({ settings, trial }) => {
      const record = records.get(trial.id);
      const { model } = trial.config;
      const layers = 'layers' in model ? model.layers : [];
      return [
        shortId(trial.id),
        ...runCells(plan),
        dataCell(trial.config),
        ...settingCells(names, settings),
        ...(random ? [layers.length - 1, describeHiddenLayers(layers)] : []),
        record?.status ?? 'not run',
        record?.divergedAt ?? null,
        ...metrics.map(({ read }) => finalValue(record, read)),
      ];
    }),
  };
}

const architectureColumns: Column[] = [
  { name: 'hidden_layers', type: 'integer', description: 'number of hidden layers drawn' },
  {
    name: 'architecture',
    type: 'string',
    description: 'nodes, activation, weights, biases of each hidden layer',
  },
];

function finalValue(record: TrialRecord | undefined, read: MetricColumn['read']): Value {
  if (record === undefined) return 'not run';
  return record.status === 'diverged' ? 'diverged' : read(record);
}
