import { counted } from '../errors.ts';
import { decidingWords } from '../experiment/deciding.ts';
import { type OptionName, optionTitle } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import { lastRounds, outcomeOf, type RoundSetting, roundKey, type Stopping } from '../experiment/stopping.ts';
import { variedOptions } from '../output/settings.ts';
import { summaryCells } from '../output/summary.ts';
import type { Records } from '../store/store.ts';
import { fold } from './fold.ts';
import { deviationText, digitsText } from './number-text.ts';
import type { Screen } from './screen.ts';
import { exactValues } from './settings-table.ts';
import { aloneText } from './show-search.ts';
import { renderTable } from './text-table.ts';

/** The best settings of all rounds, and the command that runs the best one of a grid alone; a search shows its own. */
export function roundParts(plan: Plan, stopping: Stopping, records: Records, screen: Screen): string[] {
  const shownBest = bestOfRounds(plan, stopping, screen);
  const { rule } = stopping;
  const [best] = lastRounds(stopping);
  if (plan.search !== undefined || !best.kept) return [shownBest];
  for (const cell of summaryCells(plan, records)) {
    if (roundKey(cell, rule) === roundKey(best, rule)) return [shownBest, aloneText(plan, cell)];
  }
  return [shownBest];
}

/** How many of the best settings are shown. */
const shown = 10;

/**
 * The best settings of all rounds: first those that have all epochs and seeds, then those that were stopped last. A setting is
 * ranked only among those of its own last round, and its epochs and seeds stand next to its value.
 */
function bestOfRounds(plan: Plan, stopping: Stopping, screen: Screen): string {
  const { rule, metric, results } = stopping;
  const rows = lastRounds(stopping).slice(0, shown);
  const tried = results.filter(({ round }) => round === 1).length;
  const names = variedOptions(plan).filter((name) => {
    const values = new Set(rows.map(({ settings }) => settings[name] ?? null));
    return values.size > 1 || !(values.has(null) || name === 'solver');
  });
  const unit = rule.kind === 'halving' ? 'epochs' : 'seeds';
  const by = decidingWords(plan.experiment.layout, metric);
  const which = tried > shown ? `The ${shown} best of ${counted(tried, 'setting')}` : 'All settings';
  const text = `${which} by ${by}, those with the most ${unit} first; values after different numbers of ${unit} cannot be compared:`;
  const header = [...names.map(optionTitle), unit, by, 'outcome'];
  const texts = names.map((name) => columnOf(name, rows));
  const cells = rows.map((row, place) => [
    ...texts.map((column) => column[place]),
    String(rule.kind === 'halving' ? row.epochs : row.seeds),
    valueText(row),
    outcomeOf(row),
  ]);
  const align = header.map((_, column): 'left' | 'right' =>
    column === names.length || column === names.length + 1 ? 'right' : 'left',
  );
  return [...fold(text, screen.width), renderTable(header, cells, { ...screen, align })].join('\n');
}

function columnOf(name: OptionName, rows: readonly RoundSetting[]): string[] {
  return exactValues(rows.map(({ settings }) => settings[name] ?? null));
}

function valueText({ mean, deviation, diverged }: RoundSetting): string {
  if (mean === null) return diverged > 0 ? 'diverged' : '-';
  return deviation === null ? digitsText(mean, 3) : deviationText(mean, deviation, 3);
}
