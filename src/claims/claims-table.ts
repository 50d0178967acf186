import type { Column, Table, Value } from '../output/table.ts';
import { percentile } from '../stats/describe.ts';
import type { Quantity } from './claims.ts';
import type { ConclusionEvidence } from './judge-conclusions.ts';
import type { NumberEvidence } from './judge-numbers.ts';
import { divergedRuns } from './verdict-text.ts';
import type { Judged, Verification } from './verdicts.ts';
import type { GridWinners } from './winners.ts';

/** claims.csv: one row a claim and reading, numbers and conclusions alike. */
export function claimsTable({ numbers, conclusions, level }: Verification): Table {
  const percent = `${100 * level} %`;
  return {
    name: 'claims',
    description: 'every number and conclusion of the report under each reading of it, and whether it holds',
    columns: [
      text('claim', 'id in the file of claims'),
      text(
        'reading',
        "code: the report's program; text: its wording; else the program with this one choice changed",
      ),
      text('kind', 'number or conclusion'),
      text('where', 'where the report has it'),
      text('figure', 'whose numbers are also judged together; empty: none'),
      text('says', 'its gist'),
      text('experiment', 'subcommand; empty for a conclusion, which can be about several'),
      text('statistic', 'a metric of trials.csv'),
      number('published', "the report's number"),
      integer('seeds', 'runs it is judged by'),
      integer('diverged', 'of these runs, those whose number is infinite since they diverged'),
      number('median', 'median of these runs; empty where a run diverged that far'),
      number('low', `where one further run would be (${percent}); of a conclusion, of its share`),
      number('high', `where one further run would be (${percent}); of a conclusion, of its share`),
      number(
        'p',
        'probability that one further run is as far out as the published number; of the runs that did not diverge',
      ),
      number('p_adjusted', 'the same, corrected for the number of claims (Holm)'),
      number('share', 'of the seeds in which a conclusion holds'),
      text('verdict', 'holds, underspecified, depends on the seed, contradicted, not run: over all readings'),
      text('holds_under', 'readings under which it holds'),
    ],
    primaryKey: ['claim', 'reading'],
    rows: [...numbers.flatMap(numberRows), ...conclusions.flatMap(conclusionRows)],
  };
}

function numberRows({
  subject,
  evidence,
  verdict,
  holdsUnder,
}: Judged<
  Quantity & { id: string; where: string; figure?: string | undefined; says: string; value: number },
  NumberEvidence
>): Value[][] {
  return evidence.map(({ reading, values, interval, p, adjusted }) => {
    const complete = p !== null;
    return [
      subject.id,
      reading.name,
      'number',
      subject.where,
      subject.figure ?? null,
      subject.says,
      subject.experiment,
      subject.statistic,
      subject.value,
      values.filter((value) => value !== null).length,
      divergedRuns(values),
      complete ? finite(percentile(Float64Array.from(values as number[]).sort(), 50)) : 'not run',
      complete ? finite(interval!.low) : 'not run',
      complete ? finite(interval!.high) : 'not run',
      p ?? 'not run',
      adjusted ?? 'not run',
      null,
      verdict,
      holdsUnder.join('; '),
    ];
  });
}

function conclusionRows({
  subject,
  evidence,
  verdict,
  holdsUnder,
}: Verification['conclusions'][number]): Value[][] {
  return evidence.map(({ reading, holds, share, interval }: ConclusionEvidence) => [
    subject.id,
    reading.name,
    'conclusion',
    subject.where,
    null,
    subject.says,
    null,
    null,
    null,
    holds.filter((held) => held !== null).length,
    null,
    null,
    interval?.low ?? 'not run',
    interval?.high ?? 'not run',
    null,
    null,
    share ?? 'not run',
    verdict,
    holdsUnder.join('; '),
  ]);
}

/** figures.csv: the numbers of each figure judged together. */
export function figuresTable({ figures }: Verification): Table {
  return {
    name: 'figures',
    description: "is the published run of a figure, as a whole, one of the seeds' runs?",
    columns: [
      text('figure', 'whose numbers come from one run'),
      text('reading', 'code, text, or the program with this one choice changed'),
      integer('numbers', 'published numbers judged together'),
      number('p', 'probability that one further run is as far from the others as the published one'),
      number('p_adjusted', 'the same, corrected for the number of figures (Holm)'),
      text('verdict', 'over all readings'),
    ],
    primaryKey: ['figure', 'reading'],
    rows: figures.flatMap(({ subject, evidence, verdict }) =>
      evidence.map(({ reading, numbers, p, adjusted }): Value[] => [
        subject,
        reading.name,
        numbers,
        p ?? 'not run',
        adjusted ?? 'not run',
        verdict,
      ]),
    ),
  };
}

/** winners.csv: one row a cell of a grid. */
export function winnersTable(winners: readonly GridWinners[]): Table {
  return {
    name: 'winners',
    description:
      'how often each cell of a grid is the best over the seeds, and which cells are tied with the best',
    columns: [
      text('experiment', 'subcommand'),
      text('grid', 'which of its grids'),
      text('metric', 'a column of trials.csv'),
      text('cell', 'its settings'),
      integer('seeds', 'runs of the grid'),
      integer('wins', 'runs in which this cell is the best'),
      number('mean', 'mean over the seeds; empty where a run diverged'),
      number(
        'p',
        'of the paired difference to the cell with the best mean (Wilcoxon, Holm); empty for that cell',
      ),
      { name: 'tied', type: 'boolean', description: 'it is that cell, or cannot be told from it' },
    ],
    primaryKey: ['experiment', 'grid', 'metric', 'cell'],
    rows: winners.flatMap(({ experiment, slice, metric, seeds, cells }) =>
      cells.map(({ settings, wins, mean, p, tied }): Value[] => [
        experiment,
        describe(slice),
        metric,
        describe(settings),
        seeds,
        wins,
        finite(mean),
        p,
        tied,
      ]),
    ),
  };
}

/** "learningRate 0.1, batchSize 10". */
export function describe(settings: Readonly<Record<string, unknown>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

const column =
  (type: Column['type']) =>
  (name: string, description: string): Column => ({ name, type, description });
const text = column('string');
const number = column('number');
const integer = column('integer');
