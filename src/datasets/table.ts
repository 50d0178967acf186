import { printable } from '../errors.ts';
import type { ShapeOf } from '../parsing/shape.ts';
import { type DatasetEntry, type Description, pathOf } from './dataset.ts';
import { knownTables } from './known-tables.ts';
import { knownColumns, knownTable, rememberTable } from './loaded-tables.ts';
import { missingChoices } from './table-choices.ts';
import type { TableConfig, TableDataset } from './table-dataset.ts';

const title = 'tables of numbers and categories';

export const table = {
  title,
  description: 'a table of your own, with a target that is a number or a class: CSV, TSV, npz or Parquet',
  source: 'their owners',
  license: 'that of the table',
  tasks: ['regression', 'classification'],
  taskOf: ({ task }) => task,
  fromFiles: true,
  hasPixels: false,
  mayBeSplit: true,
  options: {},
  defaults: { missing: 'error', decimalComma: false },
  schema: ((z) => ({
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    target: z.string(),
    task: z.enum(['regression', 'classification']),
    features: z.array(z.string()).min(1).optional(),
    categorical: z.array(z.string()).min(1).optional(),
    missing: z.enum(missingChoices),
    decimalComma: z.boolean(),
  })) as ShapeOf,
  dataName,
  describe,
  columns: (config) => knownColumns(config) ?? config.features?.length ?? 10,
  resolvesPerSeed: () => false,
  async resolve(_settings, sources) {
    const { factsOf, resolveTable } = await import('./resolve-table.ts');
    const { config, dataset, notes } = await resolveTable(sources);
    return { config, facts: factsOf(dataset, sources.labelNames ?? null), notes };
  },
  async load(config, _seed, sources) {
    const known = knownTable(config);
    if (known !== undefined) return known;
    const { loadTable } = await import('./resolve-table.ts');
    return loadTable(config, pathOf(config.sha256, sources));
  },
  keep: (dataset) => {
    rememberTable(dataset as TableDataset);
  },
} satisfies DatasetEntry<TableConfig>;

function dataName({ sha256 }: TableConfig): string {
  return `sha256:${sha256.slice(0, 12)}`;
}

function describe(config: TableConfig, label: string | null): Description {
  const target = `target ${printable(config.target)}`;
  const known = Object.hasOwn(knownTables, config.sha256) ? knownTables[config.sha256] : null;
  const facts = { isReports: false, isDigits: false };
  if (known !== null) {
    const { title, source, license } = known;
    return { title: `${title}, ${target}`, source, license, ...facts };
  }
  const name = label === null ? `table (${dataName(config)})` : `"${label}"`;
  return { title: `${name}, ${target}`, source: null, license: null, ...facts };
}
