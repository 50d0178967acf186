import { describePlan } from '../experiment/describe.ts';
import { inputNames } from '../experiment/input-names.ts';
import type { Plan } from '../experiment/plan.ts';
import { namedCoefficients, scaledFeatureUnit } from '../trial/coefficients.ts';
import { shortId } from '../trial/id.ts';
import {
  dataCell,
  dataColumn,
  runCells,
  runColumns,
  settingCells,
  settingColumns,
  variedOptions,
} from './settings.ts';
import type { Table, Value } from './table.ts';
import { type Records, trialColumn } from './trials-table.ts';

/** Whether some trials of a plan keep their coefficients. */
export function keepsCoefficients({ lists }: Pick<Plan, 'lists'>): boolean {
  return lists.coefficients?.includes('yes') ?? false;
}

/** coefficients.csv: one row per trial, output and feature, with the settings that vary. */
export function coefficientsTable(plan: Plan, records: Records): Table {
  const cells = plan.cells
    .filter(({ settings }) => settings.coefficients === 'yes')
    .map(({ settings }) => settings);
  const names = variedOptions(plan, { seed: true }).filter(
    (name) => new Set(cells.map((settings) => settings[name] ?? null)).size > 1,
  );
  const unit = scaledFeatureUnit(cells.map(({ scale }) => scale));
  const perUnit = unit === null ? '' : `, per ${unit}`;
  return {
    name: 'coefficients',
    description: `${describePlan(plan).title}: coefficients of the linear models`,
    columns: [
      trialColumn,
      ...runColumns,
      dataColumn,
      ...settingColumns(names),
      {
        name: 'output',
        type: 'integer',
        description: 'number of the output from 0: the class, or 0 for a regression',
      },
      {
        name: 'feature',
        type: 'string',
        description: 'feature as the model sees it, centred and scaled: x^2*y; intercept is what is added',
      },
      { name: 'value', type: 'number', description: `its coefficient, in the unit of the targets${perUnit}` },
    ],
    primaryKey: ['trial', 'output', 'feature'],
    rows: {
      *[Symbol.iterator]() {
        for (const { trial, settings } of plan.cells) {
          const kept = records.get(trial.id)?.coefficients;
          if (kept === undefined) continue;
          const { config } = trial;
          const before: Value[] = [
            shortId(trial.id),
            ...runCells(plan),
            dataCell(config),
            ...settingCells(names, settings),
          ];
          const inputs = inputNames(plan.data, config);
          for (const { output, feature, value } of namedCoefficients(kept, config.features, inputs))
            yield [...before, output, feature, value];
        }
      },
    },
  };
}
