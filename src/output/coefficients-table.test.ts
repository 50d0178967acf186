import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import ridge from '../../experiments/grid-search-ridge.ts';
import { planExperiment } from '../experiment/plan.ts';
import { readResults } from '../figures/folder.ts';
import { draw, figuresOf } from '../figures/index.ts';
import { runTrial } from '../trial/run-trial.ts';
import { canonicalConfig, type TrialConfig, type TrialRecord } from '../trial/trial.ts';
import { coefficientsTable } from './coefficients-table.ts';
import { manifestPieces } from './manifest.ts';
import { resultFiles } from './result-files.ts';
import { writeRunFolder } from './run-folder.ts';

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function ran(given: Record<string, (string | number)[]>) {
  const sources = { dataDir: null };
  const choices = {
    variant: 'code',
    quick: false,
    given: { samples: [40], bootstrap: [2], ...given },
  } as const;
  const plan = await planExperiment(ridge, choices, sources);
  const records = new Map<string, TrialRecord>();
  for (const { trial } of plan.cells) {
    const record = await runTrial(trial, sources);
    // As the store gives it.
    records.set(trial.id, { ...record, config: canonicalConfig(record.config) as TrialConfig });
  }
  return { plan, records };
}

const given = { solver: ['closed-form'], degree: [2], lambda: [0, 0.01, 1], coefficients: ['yes'] };

test('one row per trial and feature, with what varies', async () => {
  const { plan, records } = await ran(given);
  const table = coefficientsTable(plan, records);
  expect(table.columns.map(({ name }) => name)).toEqual([
    ...['trial', 'run', 'variant', 'data', 'lambda', 'output', 'feature', 'value'],
  ]);
  const rows = [...table.rows];
  expect(rows.map((row) => row[6])).toEqual([0, 1, 2].flatMap(() => ['1', 'x', 'x^2', 'y', 'x*y', 'y^2']));
  expect(rows.map((row) => row[4])).toEqual([0, 0.01, 1].flatMap((lambda) => Array(6).fill(lambda)));
});

test('figures from records and from the files of the run are the same', async () => {
  const { plan, records } = await ran({ ...given, degree: [1, 2, 3], lambda: [0.01, 1] });
  const folder = await mkdtemp(join(tmpdir(), 'fys-nn-coefficients-'));
  folders.push(folder);
  const facts = { command: [], jobs: 1, computed: 6, reused: 0, startedAt: '', seconds: 0 };
  await writeRunFolder(
    folder,
    resultFiles(plan, records, ['csv']),
    (files) => () => manifestPieces(plan, records, facts as never, files),
  );
  const own = figuresOf(plan, records);
  expect(own.map(({ name }) => name)).toContain('coefficients-degree');
  expect(draw(await readResults(folder, [ridge]))).toEqual(own);
  const { spec } = own.find(({ name }) => name === 'coefficients-degree')!;
  const { vconcat } = spec as unknown as {
    vconcat: { title: { text: string }; layer: { data: { values: { series: string; x: number }[] } }[] }[];
  };
  expect(vconcat.map(({ title }) => title.text)).toEqual(['lambda 0.01', 'lambda 1']);
  const lines = vconcat[0].layer[0].data.values;
  // A feature begins at its own degree.
  expect(lines.filter(({ series }) => series === 'x²y').map(({ x }) => x)).toEqual([3]);
  expect(lines.filter(({ series }) => series === 'xy').map(({ x }) => x)).toEqual([2, 3]);
});

test('a run that keeps none writes no such file', async () => {
  const { plan, records } = await ran({ ...given, coefficients: ['no'] });
  expect([...resultFiles(plan, records, ['csv']).keys()]).not.toContain('coefficients.csv');
});

test('its description says what a value is per, where features are scaled', async () => {
  const descriptionOf = async (scale: string) => {
    const { plan, records } = await ran({ ...given, scale: [scale] });
    return coefficientsTable(plan, records).columns.at(-1)!.description;
  };
  expect(await descriptionOf('standard')).toContain(', per standard deviation of its feature');
  expect(await descriptionOf('none')).toBe('its coefficient, in the unit of the targets');
});
