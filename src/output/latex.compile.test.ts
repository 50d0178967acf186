import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { experiments } from '../../experiments/index.ts';
import type { SettingLists } from '../experiment/options.ts';
import { type Plan, planExperiment } from '../experiment/plan.ts';
import type { TrialRecord } from '../trial/trial.ts';
import { toLatex } from './latex.ts';
import { reportTable } from './report-table.ts';
import { summaryTable } from './summary.ts';
import type { Records } from './trials-table.ts';

const hasLatex = spawnSync('pdflatex', ['--version']).status === 0;
if (!hasLatex) process.stderr.write('note: no pdflatex here, so the LaTeX tables are not compiled\n');

async function planOf(name: string, given: SettingLists): Promise<Plan> {
  const experiment = experiments.find((one) => one.name === name)!;
  return planExperiment(experiment, { variant: 'code', quick: true, given }, { dataDir: null });
}

/** Made up, with every kind of number: some trials diverged, some have no record. */
function recordsOf({ cells }: Plan): Records {
  const records = new Map(
    cells.flatMap(({ trial: { id, config } }, index): [string, TrialRecord][] => {
      if (index % 7 === 5) return [];
      const value = 0.0123 * 1.7 ** (index % 11) * (index % 13 === 0 ? 1e7 : 1);
      const status = index % 7 === 3 ? 'diverged' : 'done';
      const mean = { mse: value, r2: 1 - 9 * value };
      const bootstrap = Object.fromEntries(
        Object.entries(mean).map(([name, x]) => [name, { mean: x, standardDeviation: x, low: x, high: x }]),
      );
      const metrics = { train_mse: value, test_mse: value, best_test_mse: value, train_r2: -value };
      const record = { id, config, status, divergedAt: null, metrics, curves: {}, bootstrap };
      return [[id, { ...record, seconds: 1, at: '2025-01-01' } as unknown as TrialRecord]];
    }),
  );
  return { get: (id) => records.get(id) };
}

const rates = Array.from({ length: 20 }, (_, i) => Number((10 ** (-i / 3)).toPrecision(2)));
const cases: [string, string, SettingLists][] = [
  ['a grid', 'grid-search ols', {}],
  ['twenty columns of three seeds', 'grid-search ols', { learningRate: rates, seed: [1, 2, 3] }],
  ['a hundred rows', 'activations', { learningRate: rates, seed: [1, 2] }],
  ['architectures', 'randomnet', {}],
  ['formulas', 'ffnn', { formula: ['sin(5*x)*y^2', 'x < y ? x^2 : exp(-x)'], lambda: [0, 0.1] }],
];

(hasLatex ? test : test.skip)(
  'LaTeX compiles the tables, none wider than an A4 page',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'fys-nn-latex-'));
    try {
      const tables: string[] = [];
      for (const [, name, given] of cases) {
        const plan = await planOf(name, given);
        tables.push(toLatex(await reportTable(plan, recordsOf(plan))));
      }
      const plan = await planOf('ffnn', {});
      const { columns, rows, ...summary } = summaryTable(plan, recordsOf(plan));
      tables.push(toLatex({ ...summary, columns, rows }));
      const packages = 'booktabs,longtable,array';
      const text = [
        '\\documentclass[a4paper]{article}',
        `\\usepackage{${packages}}`,
        '\\begin{document}',
        tables.join('\n\\clearpage\n'),
        '\\end{document}',
      ].join('\n');
      await writeFile(join(folder, 'tables.tex'), text);
      const compile = () =>
        spawnSync('pdflatex', ['-interaction=nonstopmode', 'tables.tex'], { cwd: folder, encoding: 'utf8' });
      // longtable knows its widths in the second run.
      compile();
      const { status, stdout } = compile();
      const log = await readFile(join(folder, 'tables.log'), 'utf8');
      expect({ status, errors: stdout.match(/^!.*$/gm) }).toEqual({ status: 0, errors: null });
      // Overfull by a point or two cannot be seen.
      const overfull = [...log.matchAll(/Overfull \\hbox \((\d+\.\d+)pt/g)].filter(
        ([, by]) => Number(by) > 3,
      );
      expect(overfull.map(([line]) => line)).toEqual([]);
    } finally {
      if (process.env.FYS_NN_KEEP === undefined) await rm(folder, { recursive: true });
      else process.stderr.write(`${folder}\n`);
    }
  },
  60_000,
);
