import type { Column, Table, Value } from '../output/table.ts';
import type { NumberFinding } from './judge-numbers.ts';
import { moreSeedsFor } from './more-runs.ts';
import { divergedRuns } from './verdict-text.ts';
import type { Verification } from './verdicts.ts';
import type { GridWinners } from './winners.ts';
import { verdicts } from './words.ts';

/** claims.csv: one row per claim and reading, for numbers and conclusions. */
export function claimsTable({ numbers, conclusions, level }: Verification): Table {
  const percent = `${100 * level} %`;
  const columns: Column[] = [
    text('claim', 'id in the file of claims'),
    text(
      'reading',
      "code: the report's program; text: its wording; otherwise the program with this one choice changed",
    ),
    text('kind', 'number or conclusion'),
    text('where', 'where the report states it'),
    text('figure', 'the figure whose numbers are judged together; empty: none'),
    text('says', 'the claim in a few words'),
    text('experiment', 'subcommand; empty for a conclusion, which may use several'),
    text('statistic', 'a metric of trials.csv'),
    number('published', "the report's number"),
    integer('seeds', 'number of runs that judge the claim'),
    integer('diverged', 'how many of these runs diverged, so that their number is infinite'),
    number('median', 'median of these runs; empty if it is infinite because runs diverged'),
    number('low', `lower end of the central ${percent} of one more run; for a conclusion, of its share`),
    number('high', `upper end of the central ${percent} of one more run; for a conclusion, of its share`),
    number(
      'z',
      'published number minus the mean of the runs, in standard deviations of one run (of a mean of as many runs, if it is one), on the scale',
    ),
    number('percentile', 'share of the runs below the published number, in percent'),
    number('resolution', 'smallest shift from the centre of the runs that would have been contradicted'),
    number('resolution_z', 'the same in the standard deviations of z'),
    text('scale', 'what is compared: the value itself, or a function of it whose runs are near normal'),
    text('method', 'how one more run is predicted: normal, tail, ranks, equal or few'),
    number('p', 'probability that one more run is as far out as the published number'),
    number(
      'p_adjusted',
      'p adjusted for all numbers of the figure and all figures (step-down max-t within the figure; figures share the level in proportion to their numbers)',
    ),
    number('share', 'share of the seeds in which a conclusion holds'),
    number('share_unpaired', 'the same if each of its quantities came from an independent run'),
    number('effect', 'by how much the conclusion holds: median over the seeds, in the unit of its statistic'),
    number('effect_low', `lower end of the ${percent} interval of that median`),
    number('effect_high', `upper end of the ${percent} interval of that median`),
    number(
      'effect_in_spreads',
      'the effect in units of the spread between seeds (interquartile range / 1.349)',
    ),
    integer(
      'more_seeds',
      'how many more seeds would decide, if they are as those so far; empty: more than 1000, or it cannot be told',
    ),
    text('status', 'done, or not run: a record is missing'),
    text('reading_verdict', 'the verdict under this reading'),
    text('verdict', `over all readings: ${verdicts.join(', ')}`),
    text('holds_under', 'readings under which it is typical or holds'),
  ];
  const rows = [...numbers.flatMap(numberRows), ...conclusions.flatMap(conclusionRows)];
  return {
    name: 'claims',
    description: 'whether each number and conclusion of the report holds, under each reading of the report',
    columns,
    primaryKey: ['claim', 'reading'],
    rows: rows.map((row) => columns.map(({ name }) => row[name] ?? null)),
  };
}

type Row = Readonly<Record<string, Value>>;

function numberRows({ subject, evidence, verdict, holdsUnder }: Verification['numbers'][number]): Row[] {
  return evidence.map((one) => {
    const { reading, values, found, verdict: own } = one;
    return {
      claim: subject.id,
      reading: reading.name,
      kind: 'number',
      where: subject.where,
      figure: subject.figure ?? null,
      says: subject.says,
      experiment: subject.experiment,
      statistic: subject.statistic,
      published: subject.value,
      seeds: values.filter((value) => value !== null).length,
      diverged: divergedRuns(values),
      ...(found === null ? {} : findingCells(found)),
      more_seeds: moreSeedsFor(one),
      status: found === null ? 'not run' : 'done',
      reading_verdict: own,
      verdict,
      holds_under: holdsUnder.join('; '),
    };
  });
}

function findingCells(found: NumberFinding): Row {
  return {
    median: finite(found.median),
    low: finite(found.interval.low),
    high: finite(found.interval.high),
    z: finite(found.z),
    percentile: found.percentile,
    resolution: finite(found.resolution),
    resolution_z: finite(found.resolutionZ),
    scale: found.scale,
    method: found.method,
    p: found.p,
    p_adjusted: found.adjusted,
  };
}

function conclusionRows({
  subject,
  evidence,
  verdict,
  holdsUnder,
}: Verification['conclusions'][number]): Row[] {
  return evidence.map((one) => ({
    claim: subject.id,
    reading: one.reading.name,
    kind: 'conclusion',
    where: subject.where,
    says: subject.says,
    seeds: one.holds.filter((held) => held !== null).length,
    low: one.interval?.low ?? null,
    high: one.interval?.high ?? null,
    share: one.share,
    status: one.share === null ? 'not run' : 'done',
    share_unpaired: one.unpaired,
    effect: finite(one.effect?.median ?? Number.NaN),
    effect_low: finite(one.effect?.interval.low ?? Number.NaN),
    effect_high: finite(one.effect?.interval.high ?? Number.NaN),
    effect_in_spreads: one.effect?.inSpreads ?? null,
    more_seeds: one.moreSeeds,
    reading_verdict: one.verdict,
    verdict,
    holds_under: holdsUnder.join('; '),
  }));
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
      number('p', 'probability that one more run has a number as far out as the farthest published one'),
      number(
        'p_adjusted',
        'p adjusted for all figures, which share the level in proportion to their numbers',
      ),
      text('status', 'done, or not run: a record is missing'),
      text('verdict', 'over all readings'),
    ],
    primaryKey: ['figure', 'reading'],
    rows: figures.flatMap(({ subject, evidence, verdict }) =>
      evidence.map(({ reading, numbers, p, adjusted }): Value[] => [
        subject,
        reading.name,
        numbers,
        p,
        adjusted,
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
        'probability that cells which are equally good differ as much as this one does from a better one; empty for the cell with the best mean',
      ),
      {
        name: 'tied',
        type: 'boolean',
        description:
          'whether it may be the best: it has the best mean, or none is better beyond what equal cells would show',
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
