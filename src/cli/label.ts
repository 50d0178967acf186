import type { Cell } from '../experiment/cells.ts';
import { settingWords } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import { variedOptions } from '../output/settings.ts';

/** "grid-search ols  batch size 10, learning rate 0.1": the command, and the settings in which a cell differs from the others. */
export function labelOf(plan: Plan, cell: Cell): string {
  return [plan.experiment.name, settingsLabel(plan, cell)].filter((part) => part !== '').join('  ');
}

/** "batch size 10, learning rate 0.1"; empty if there is only one cell. */
export function settingsLabel(plan: Plan, { settings }: Cell): string {
  return variedOptions(plan, { seed: true })
    .filter((name) => settings[name] !== null)
    .map((name) => settingWords(name, settings[name]))
    .join(', ');
}
