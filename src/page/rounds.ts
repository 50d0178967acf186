import { counted } from '../errors.ts';
import { decidingWords } from '../experiment/deciding.ts';
import { optionTitle } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import { lastRounds, outcomeOf, type RoundSetting, type Stopping } from '../experiment/stopping.ts';
import { variedOptions } from '../output/settings.ts';
import { type Column, dataTable } from './data-table.ts';
import { type Html, html } from './html.ts';
import { numberText } from './parts.ts';

/** Of how many settings the page says what became of them. */
const mostSettings = 100;

/** What the last round of each setting said, of those that got furthest first. */
export function roundsTable(plan: Plan, stopping: Stopping): Html {
  const { rule, metric, rounds, stopped } = stopping;
  const all = lastRounds(stopping);
  const shown = all.slice(0, mostSettings);
  const unit = rule.kind === 'halving' ? 'epochs' : 'seeds';
  const by = decidingWords(plan.experiment.layout, metric);
  const names = variedOptions(plan).filter(
    (name) => new Set(shown.map(({ settings }) => settings[name] ?? null)).size > 1,
  );
  const columns: Column[] = [
    ...names.map((name): Column => ({ title: optionTitle(name), kind: 'word', heads: 'row' })),
    { title: unit, kind: 'number' },
    { title: by, kind: 'number' },
    { title: 'outcome', kind: 'text' },
  ];
  const rows = shown.map((row) => ({
    cells: [
      ...names.map((name) => String(row.settings[name] ?? '')),
      String((rule.kind === 'halving' ? row.epochs : row.seeds) ?? ''),
      valueText(row),
      outcomeOf(row),
    ],
  }));
  const tried = `${counted(all.length, 'setting')} in ${counted(rounds.length, 'round')}, of which ${stopped.length} ${stopped.length === 1 ? 'was' : 'were'} stopped early`;
  const first = shown.length < all.length ? `; the first ${shown.length} are shown` : '';
  return html`<p class="note">${tried}. Those with the most ${unit} come first${first}. Values after different numbers of ${unit} cannot be compared. Each round is in rounds.csv of this run.</p>
${dataTable(`Settings of ${plan.experiment.name}, with those that were stopped`, columns, rows)}`;
}

function valueText({ mean, deviation, diverged }: RoundSetting): string {
  if (mean === null) return diverged > 0 ? 'diverged' : '';
  const text = numberText(mean, 4);
  return deviation === null ? text : `${text} ± ${numberText(deviation, 2)}`;
}
