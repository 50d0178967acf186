import type { WrittenFiles } from '../output/earlier-run.ts';
import { partNames } from '../output/predicted.ts';
import { parseChoice } from '../parsing/value-list.ts';
import { numberOf, parseCell, type Row, readTable } from './folder-table.ts';
import type { FittedPoint, PredictedRow, TrialPredictions } from './trial-predictions.ts';

/** The trials of which a folder has predictions, and a reader of those of one of them. */
export interface FolderPredictions {
  has(id: string): boolean;
  read(id: string): Promise<TrialPredictions>;
}

/** Looks through the predictions of a folder; null if the run wrote none. `check` refuses rows of other runs. */
export async function openPredictions(
  folder: string,
  check: (row: Row, file: string) => void,
  written: WrittenFiles,
): Promise<FolderPredictions | null> {
  const file = 'predictions.csv';
  if (!(file in written)) return null;
  const ids = new Set<string>();
  await readTable(folder, file, { columns: ['trial'] }, written, (row) => {
    check(row, file);
    ids.add(row.cell('trial'));
  });
  return {
    has: (id) => ids.has(id),
    async read(id) {
      const rows: PredictedRow[] = [];
      const columns = ['trial', 'part', 'x', 'y', 'target', 'prediction'];
      await readTable(folder, file, { columns }, written, (row) => {
        if (row.cell('trial') !== id) return;
        const part = parseCell(row, 'part', (text, name) => parseChoice(text, partNames, name));
        const [x, y] = [numberOf(row, 'x'), numberOf(row, 'y')];
        rows.push({ part, x, y, target: numberOf(row, 'target')!, prediction: numberOf(row, 'prediction')! });
      });
      return { rows, fitted: 'fitted.csv' in written ? await readFitted(folder, id, check, written) : [] };
    },
  };
}

async function readFitted(
  folder: string,
  id: string,
  check: (row: Row, file: string) => void,
  written: WrittenFiles,
): Promise<FittedPoint[]> {
  const points: FittedPoint[] = [];
  const columns = ['trial', 'x', 'y', 'prediction', 'target'];
  await readTable(folder, 'fitted.csv', { columns }, written, (row) => {
    check(row, 'fitted.csv');
    if (row.cell('trial') !== id) return;
    points.push({
      x: numberOf(row, 'x')!,
      y: numberOf(row, 'y'),
      prediction: numberOf(row, 'prediction')!,
      target: numberOf(row, 'target'),
    });
  });
  return points;
}
