import type { Column, Table, Value } from '../output/table.ts';
import { percentile } from '../stats/describe.ts';
import type { Quantity } from './claims.ts';
import type { ConclusionEvidence } from './judge-conclusions.ts';
import type { NumberEvidence } from './judge-numbers.ts';
import { divergedRuns } from './verdict-text.ts';
import type { Judged, Verification } from './verdicts.ts';
import type { GridWinners } from './winners.ts';

/** claims.csv: one row per claim and reading, for numbers and conclusions. */
export function claimsTable({ numbers, conclusions, level }: Verification): Table {
  const percent = `${100 * level} %`;
  return {
    name: 'claims',
    description: 'whether each number and conclusion of the report holds, under each reading of the report',
    columns: [
      text('claim', 'id in the file of claims'),
      text(
        'reading',
        "code: the report's program; text: its wording; otherwise the program with this one choice changed",
      ),
      text('kind', 'number or conclusion'),
      text('where', 'where the report states it'),
      text('figure', 'the figure whose numbers are also judged together; empty: none'),
      text('says', 'the claim in a few words'),
      text('experiment', 'subcommand; empty for a conclusion, which may use several'),
      text('statistic', 'a metric of trials.csv'),
      number('published', "the report's number"),
      integer('seeds', 'number of runs that judge the claim'),
      integer('diverged', 'how many of these runs diverged, so that their number is infinite'),
      number('median', 'median of these runs; empty if it is infinite because runs diverged'),
      number('low', `lower end of the ${percent} interval for one more run; for a conclusion, of its share`),
      number('high', `upper end of the ${percent} interval for one more run; for a conclusion, of its share`),
      number(
        'p',
        'probability that one more run is as extreme as the published number; from the runs that did not diverge',
      ),
      number('p_adjusted', 'p corrected for the number of claims (Holm)'),
      number('share', 'share of the seeds in which a conclusion holds'),
      text('status', 'done, or not run: too few runs for this reading'),
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
      complete ? 'done' : 'not run',
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
    share === null ? 'not run' : 'done',
    verdict,
    holdsUnder.join('; '),
  ]);
}

/** figures.csv: one row per figure and reading, whose numbers are judged together. */
export function figuresTable({ figures }: Verification): Table {
  return {
    name: 'figures',
    description: 'whether the numbers of each figure, taken together, could come from one more run',
    columns: [
      text('figure', 'the figure; its numbers come from one run'),
      text('reading', 'code, text, or the one choice changed in the program'),
      integer('numbers', 'how many published numbers are judged together'),
      number('p', 'probability that one more run is as far from the others as the published one'),
      number('p_adjusted', 'p corrected for the number of figures (Holm)'),
      text('status', 'done, or not run: too few runs for this reading'),
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
        p === null ? 'not run' : 'done',
        verdict,
      ]),
    ),
  };
}

/** winners.csv: one row per cell of a grid. */
export function winnersTable(winners: readonly GridWinners[]): Table {
  return {
    name: 'winners',
    description: 'in how many seeds each cell of a grid is the best, and which cells are tied with the best',
    columns: [
      text('experiment', 'subcommand'),
      text('grid', 'settings that all cells of this grid share'),
      text('metric', 'a column of trials.csv'),
      text('cell', 'settings of the cell'),
      integer('seeds', 'runs of the grid'),
      integer('wins', 'runs in which this cell is the best'),
      number('mean', 'mean over the seeds; empty if a run diverged'),
      number(
        'p',
        'p-value of the paired difference from the cell with the best mean (Wilcoxon, Holm); empty for that cell',
      ),
      {
        name: 'tied',
        type: 'boolean',
        description: 'whether it has the best mean or cannot be distinguished from the cell that has',
      },
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

/** Settings in words: "learningRate 0.1, batchSize 10". */
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
