import { optionTitle } from '../experiment/options.ts';
import type { Cell, Plan } from '../experiment/plan.ts';
import { variedOptions } from '../output/settings.ts';

/** "grid-search ols  batch size 10, learning rate 0.1": the settings in which a cell differs from the others. */
export function labelOf(plan: Plan, { settings }: Cell): string {
  const parts = variedOptions(plan, { seed: true })
    .filter((name) => settings[name] !== null)
    .map((name) => `${optionTitle(name)} ${settings[name]}`);
  return [plan.experiment.name, parts.join(', ')].filter((part) => part !== '').join('  ');
}
