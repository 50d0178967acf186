import { decidingMetric, decidingWords } from '../experiment/deciding.ts';
import type { OptionName, SettingLists } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import { searchWords } from '../experiment/search.ts';
import { isSeed } from '../experiment/seeds.ts';
import { searchedOptions } from '../output/search-table.ts';
import { competes } from '../output/settings.ts';
import { type SummaryCell, summaryCells } from '../output/summary.ts';
import { commandOf } from '../page/commands.ts';
import type { Records } from '../store/store.ts';
import { bestOf } from './best-cell.ts';
import { fold } from './fold.ts';
import type { Screen } from './screen.ts';
import { settingsTable } from './settings-table.ts';

/** How many of the best settings are shown. */
const shown = 10;

/** What a search tried, its best settings, and the command that runs the best one alone. */
export function searchParts(plan: Plan, records: Records, screen: Screen): string[] {
  const metric = decidingMetric(plan.experiment);
  const by = decidingWords(plan.experiment.layout, metric);
  const counts = { settings: 0, diverged: 0 };
  const beside: SummaryCell[] = [];
  const counted = {
    *[Symbol.iterator](): Generator<SummaryCell> {
      for (const cell of summaryCells(plan, records)) {
        if (!competes(cell, plan.search)) {
          if (beside.length < shown) beside.push(cell);
          continue;
        }
        counts.settings++;
        if (cell.diverged > 0) counts.diverged++;
        yield cell;
      }
    },
  };
  const best = bestOf(counted, metric, shown, plan.search);
  const all = counts.settings + (plan.stopping?.stopped.length ?? 0);
  const diverged = counts.diverged === 0 ? '' : ` ${counts.diverged} of ${all} diverged.`;
  const tried = fold(`${searchWords({ ...plan.search!, distinct: all })}.${diverged}`, screen.width).join(
    '\n',
  );
  if (best.length === 0) return [tried, `None has a value of ${metric.title}.`];
  const which =
    plan.stopping !== undefined
      ? `Not stopped, the best by ${by} first`
      : best.length === 1
        ? `The only one with a value, by ${by}`
        : best.length < all
          ? `The ${best.length} best by ${by}; search.csv has all`
          : `All, the best by ${by} first`;
  return [
    tried,
    [
      ...fold(`${which}:`, screen.width),
      settingsTable(searchedOptions(plan), best, withDeciding(plan), screen),
    ].join('\n'),
    ...(beside.length === 0
      ? []
      : [
          `For comparison, not searched:\n${settingsTable(searchedOptions(plan), beside, withDeciding(plan), screen)}`,
        ]),
    aloneText(plan, best[0]),
  ];
}

/** The plan with the metric that decides, and the same of the test rows where others decide. */
function withDeciding(plan: Plan): Plan {
  const { experiment } = plan;
  const { name } = decidingMetric(experiment);
  const names = [name, name.replace('validation_', 'test_')];
  const metrics = experiment.layout.metrics.filter((metric) => names.includes(metric.name));
  return { ...plan, experiment: { ...experiment, layout: { ...experiment.layout, metrics } } };
}

/** How to run the best setting alone. */
export function aloneText(plan: Plan, best: SummaryCell): string {
  return `The best alone:\n  ${commandAlone(plan, best)}`;
}

/** The command that runs one setting of a search or of a grid, with its seeds: alone, it leaves nothing to stop. */
function commandAlone({ search: _, rule: __, ...plan }: Plan, { settings }: SummaryCell): string {
  const lists: SettingLists = Object.fromEntries(
    (Object.keys(plan.lists) as OptionName[]).flatMap((name) => {
      if (isSeed(name)) return [[name, plan.lists[name]!]];
      const value = settings[name] ?? null;
      return value === null ? [] : [[name, [value]]];
    }),
  );
  const nowhere = { dataDir: null, dataName: null, store: null, out: null, nested: true };
  const command = commandOf({ ...plan, lists }, nowhere);
  // A file may have a search of its own.
  return plan.experiment.command.startsWith('run ') ? `${command} --search grid` : command;
}
