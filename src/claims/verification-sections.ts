import { type DatasetName, datasets } from '../datasets/index.ts';
import { describe } from './claims-table.ts';
import { percent, pValueText, runsText, valueText } from './verdict-text.ts';
import { isWhole, underspecifiedNumbers, type Verdict, type Verification, verdicts } from './verdicts.ts';
import type { GridWinners } from './winners.ts';

/** One table of a verification, for both the terminal and Markdown. */
export interface Section {
  readonly title: string;
  readonly header: readonly string[];
  /** `verdict` sets the colour of the row's first cell. */
  readonly rows: readonly { readonly cells: readonly string[]; readonly verdict: Verdict | null }[];
}

/** Lists the numbers that do not hold and counts those that do. Sections without rows are left out. */
export function verificationSections(verification: Verification, winners: readonly GridWinners[]): Section[] {
  const sections = [
    counts(verification),
    figureSection(verification),
    numberSection(verification, 'contradicted', 'Numbers contradicted'),
    numberSection(verification, 'depends on the seed', 'Numbers that depend on the seed'),
    underspecifiedSection(verification),
    conclusionSection(verification),
    winnerSection(winners),
  ];
  return sections.filter(({ rows }) => rows.length > 0);
}

/** The seeds in words: "Franke function: 20 seeds (1 to 20); MNIST: seed 1." */
export function seedsText({ seeds }: Verification): string {
  const list = (values: readonly number[]) =>
    values.length === 1
      ? `seed ${values[0]}`
      : `${values.length} seeds (${values[0]} to ${values[values.length - 1]})`;
  const each = Object.entries(seeds).map(
    ([name, own]) => `${datasets[name as DatasetName].title}: ${list(own)}`,
  );
  return `${each.join('; ')}.`;
}

function counts({ numbers, figures, conclusions }: Verification): Section {
  const row = (name: string, judged: readonly { verdict: Verdict }[]) => ({
    verdict: null,
    cells: [
      name,
      ...verdicts.map((verdict) => String(judged.filter((one) => one.verdict === verdict).length)),
    ],
  });
  return {
    title: 'Verdicts',
    header: ['', ...verdicts],
    rows: [
      row('numbers', numbers),
      row('figures, each as a whole', figures),
      row('conclusions', conclusions),
    ],
  };
}

function figureSection({ figures }: Verification): Section {
  return {
    title: 'Figures, each judged as a whole',
    header: ['verdict', 'figure', 'numbers', 'p, corrected'],
    rows: figures.map(({ subject, evidence, verdict, holdsUnder }) => ({
      verdict,
      cells: [
        verdictText(verdict, holdsUnder),
        subject,
        String(evidence[0].numbers),
        byReading(evidence, ({ adjusted }) => pValueText(adjusted)),
      ],
    })),
  };
}

function numberSection({ numbers, level }: Verification, wanted: Verdict, title: string): Section {
  return {
    title: `${title}, with the ${percent(level)} interval for one more run`,
    header: ['verdict', 'number', 'published', 'ours'],
    rows: numbers
      .filter(({ verdict }) => verdict === wanted)
      .map(({ subject, evidence, verdict, holdsUnder }) => ({
        verdict,
        cells: [
          verdictText(verdict, holdsUnder),
          `${subject.says} (${subject.where})`,
          valueText(subject.value),
          byReading(evidence, runsText),
        ],
      })),
  };
}

function underspecifiedSection(verification: Verification): Section {
  return {
    title: 'Numbers that hold only under some readings of the report',
    header: ['where', 'holds under', 'numbers'],
    rows: underspecifiedNumbers(verification).map(({ where, readings, count }) => ({
      verdict: null,
      cells: [where, readings, String(count)],
    })),
  };
}

function conclusionSection({ conclusions }: Verification): Section {
  return {
    title: 'Conclusions, with the share of the seeds in which they hold',
    header: ['verdict', 'conclusion', 'seeds'],
    rows: conclusions.map(({ subject, evidence, verdict, holdsUnder }) => ({
      verdict,
      cells: [
        verdictText(verdict, holdsUnder),
        `${subject.says} (${subject.where})`,
        byReading(evidence, ({ share, interval }) =>
          share === null
            ? 'not run'
            : `${percent(share)} (${percent(interval!.low, 2)} to ${percent(interval!.high, 2)})`,
        ),
      ],
    })),
  };
}

function winnerSection(winners: readonly GridWinners[]): Section {
  return {
    title: 'Winners of the grids',
    header: ['grid', 'metric', 'wins most often', 'tied with the best mean'],
    rows: winners.map(({ experiment, slice, metric, seeds, cells }) => {
      const most = [...cells].sort((a, b) => b.wins - a.wins)[0];
      const tied = cells.filter((cell) => cell.tied).map(({ settings }) => describe(settings));
      return {
        verdict: null,
        cells: [
          [experiment, describe(slice)].filter((part) => part !== '').join(', '),
          metric,
          most.wins === 0 ? 'none: all diverge' : `${describe(most.settings)}: ${most.wins} of ${seeds}`,
          tied.length > 4 ? `${tied.length} of ${cells.length} cells` : tied.join('; '),
        ],
      };
    }),
  };
}

function verdictText(verdict: Verdict, holdsUnder: readonly string[]): string {
  return verdict === 'holds' || holdsUnder.length === 0
    ? verdict
    : `${verdict}: holds under ${holdsUnder.join(', ')}`;
}

/** One text if the program and the wording agree, otherwise one for each. */
function byReading<Evidence extends Parameters<typeof isWhole>[0]>(
  evidence: readonly Evidence[],
  text: (evidence: Evidence) => string,
): string {
  const whole = evidence.filter(isWhole);
  const texts = new Set(whole.map(text));
  if (texts.size === 1) return [...texts][0];
  return whole.map((one) => `${one.reading.name} ${text(one)}`).join(', ');
}
