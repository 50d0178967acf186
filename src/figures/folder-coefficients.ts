import type { WrittenFiles } from '../output/earlier-run.ts';
import { numberOf, type Row, readTable } from './folder-table.ts';

/** The coefficients of each linear model with one output, by the trial's id; none if the run kept none. `check` refuses rows of other runs. */
export async function readCoefficients(
  folder: string,
  check: (row: Row, file: string) => void,
  written: WrittenFiles,
): Promise<ReadonlyMap<string, ReadonlyMap<string, number>>> {
  const found = new Map<string, Map<string, number>>();
  if (!('coefficients.csv' in written)) return found;
  const several = new Set<string>();
  const columns = ['trial', 'output', 'feature', 'value'];
  await readTable(folder, 'coefficients.csv', { columns }, written, (row) => {
    check(row, 'coefficients.csv');
    const id = row.cell('trial');
    const value = numberOf(row, 'value');
    if (numberOf(row, 'output') !== 0) several.add(id);
    if (several.has(id) || value === null) return;
    found.set(id, (found.get(id) ?? new Map()).set(row.cell('feature'), value));
  });
  for (const id of several) found.delete(id);
  return found;
}
