import { type Experiment, splitNames } from '../experiment/define.ts';
import { options, type Settings } from '../experiment/options.ts';
import { indexOfEpoch } from '../nn/evaluated-epochs.ts';
import { lossesOf } from '../nn/losses.ts';
import type { WrittenFiles } from '../output/earlier-run.ts';
import { parseChoice } from '../parsing/value-list.ts';
import { curveMetrics } from '../trial/metrics.ts';
import { CurveCollector } from './curve-values.ts';
import { numberOf, parseCell, type Row, readTable } from './folder-table.ts';
import type { TrialResult } from './results.ts';

type Curves = TrialResult['curves'];

/**
 * Reads curves.csv: the curves of each trial that has settings, by its id, then by split and loss, such as test_mse. `check` refuses
 * rows of other runs.
 */
export async function readCurves(
  folder: string,
  experiment: Experiment,
  settingsOf: (id: string) => Settings | null,
  check: (row: Row, file: string) => void,
  written: WrittenFiles,
): Promise<ReadonlyMap<string, Curves>> {
  const losses = curveMetrics(lossesOf(experiment.task));
  const collect = collectorOf(experiment);
  const columns = ['trial', 'epoch', 'split', 'metric', 'value'];
  // The rows of a curve follow one another, and its text is read once.
  let above = { id: '', split: '', metric: '', add: (_epoch: number, _value: number | null) => {} };
  const epochs = new Map<string, number>();
  await readTable(folder, 'curves.csv', { columns }, written, (row) => {
    const [id, split, metric, text] = ['trial', 'split', 'metric', 'epoch'].map((name) => row.cell(name));
    if (id !== above.id || split !== above.split || metric !== above.metric) {
      check(row, 'curves.csv');
      const ofSplit = parseCell(row, 'split', (cell, name) => parseChoice(cell, splitNames, name));
      const loss = parseCell(row, 'metric', (cell, name) => parseChoice(cell, losses, name));
      const settings = settingsOf(id);
      const values = settings === null ? null : collect.curve(id, `${ofSplit}_${loss}`);
      const add = (epoch: number, value: number | null) =>
        values?.set(indexOfEpoch(epoch, settings ?? {}), value);
      above = { id, split, metric, add };
    }
    if (!epochs.has(text)) epochs.set(text, parseCell(row, 'epoch', options.epochs.parse) as number);
    above.add(epochs.get(text)!, numberOf(row, 'value'));
  });
  return collect.curves;
}

/** Collects curves. Heat maps need to know only which trials have curves, and share an empty one for each name. */
function collectorOf({ layout }: Experiment) {
  const curves = new Map<string, Record<string, CurveCollector>>();
  const empty = new CurveCollector();
  const isDrawn = layout.curves !== null;
  return {
    curves,
    /** The curve of a trial that takes values; null if it is not drawn. */
    curve(id: string, name: string): CurveCollector | null {
      const own = curves.get(id) ?? {};
      curves.set(id, own);
      own[name] ??= isDrawn ? new CurveCollector() : empty;
      return isDrawn ? own[name] : null;
    },
  };
}
