import { type DatasetName, datasets } from '../datasets/index.ts';
import { counted } from '../errors.ts';
import { significant } from '../stats/significant.ts';
import { describe } from './claims-table.ts';
import type { ConclusionEvidence } from './judge-conclusions.ts';
import type { NumberFinding } from './judge-numbers.ts';
import { effectText, percent, pValueText, runsText, valueText, zText } from './verdict-text.ts';
import {
  isWhole,
  namedReadings,
  recoveringChoices,
  underspecifiedNumbers,
  type Verdict,
  type Verification,
  verdicts,
} from './verdicts.ts';
import type { GridWinners } from './winners.ts';
import { listOrder, stands } from './words.ts';

/** One table of a verification, for both the terminal and Markdown. */
export interface Section {
  readonly title: string;
  readonly header: readonly string[];
  /** `verdict` sets the colour of the row's first cell. */
  readonly rows: readonly { readonly cells: readonly string[]; readonly verdict: Verdict | null }[];
}

/** Lists what does not stand and counts what does. Sections without rows are left out. */
export function verificationSections(verification: Verification, winners: readonly GridWinners[]): Section[] {
  const sections = [
    counts(verification),
    numberSection(verification, 'contradicted', 'Numbers contradicted'),
    conclusionSection(verification),
    underspecifiedSection(verification),
    recoveredSection(verification),
    numberSection(verification, 'underspecified', 'Numbers that fit one reading only'),
    numberSection(verification, 'unusual', 'Numbers that are unusual'),
    numberSection(verification, 'undecided', 'Numbers that the runs cannot decide'),
    figureSection(verification),
    winnerSection(winners),
  ];
  return sections.filter(({ rows }) => rows.length > 0);
}

/** The seeds in words: "Franke function: up to 50 seeds (1 to 50); MNIST: seed 1." */
export function seedsText({ seeds, numbers, conclusions }: Verification): string {
  const longest = Object.values(seeds).map(({ length }) => length);
  const counts = [
    ...numbers.flatMap(({ evidence }) => evidence.map(({ values }) => values.length)),
    ...conclusions.flatMap(({ evidence }) => evidence.map(({ holds }) => holds.length)),
  ];
  const upTo = counts.every((count) => longest.includes(count)) ? '' : 'up to ';
  const list = (values: readonly (number | string)[]) =>
    values.length === 1
      ? `seed ${values[0]}`
      : `${upTo}${values.length} seeds (${values[0]} to ${values[values.length - 1]})`;
  const each = Object.entries(seeds).map(
    ([name, own]) => `${datasets[name as DatasetName]?.title ?? name}: ${list(own)}`,
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
    rows: figures.map((judged) => ({
      verdict: judged.verdict,
      cells: [
        verdictText(judged),
        judged.subject,
        String(judged.evidence[0].numbers),
        byReading(judged.evidence, ({ adjusted }) => pValueText(adjusted)),
      ],
    })),
  };
}

function numberSection({ numbers, level }: Verification, wanted: Verdict, title: string): Section {
  return {
    title,
    header: [
      ...['number', 'reading', 'verdict', 'published', 'median', `central ${percent(level)} of one more run`],
      ...['z', 'percentile', 'contradicted from'],
    ],
    rows: numbers
      .filter(({ verdict }) => verdict === wanted)
      .flatMap(({ subject, evidence, verdict }) =>
        evidence.filter(isWhole).map((one, index) => ({
          verdict,
          cells: [
            index === 0 ? `${subject.says} (${subject.where})` : '',
            one.reading.name,
            one.verdict,
            valueText(subject.value),
            one.found === null ? 'not run' : valueText(one.found.median),
            runsText(one),
            zText(one.found?.z),
            one.found === null ? '' : valueText(Math.round(one.found.percentile)),
            resolutionText(one.found),
          ],
        })),
      ),
  };
}

/** The smallest shift that would have been contradicted: "0.0031 off (z 4.2)". */
function resolutionText(found: NumberFinding | null): string {
  if (found === null || !Number.isFinite(found.resolution)) return found === null ? '' : 'none';
  return `${significant(found.resolution, 2)} off (z ${zText(found.resolutionZ)})`;
}

function underspecifiedSection(verification: Verification): Section {
  return {
    title: 'Numbers contradicted under some readings only of the report',
    header: ['where', 'stands under', 'numbers'],
    rows: underspecifiedNumbers(verification).map(({ where, readings, count }) => ({
      verdict: null,
      cells: [where, readings, String(count)],
    })),
  };
}

/** What stands under no reading of the whole report, and does with one choice of its program changed. */
function recoveredSection({ numbers, figures, conclusions }: Verification): Section {
  const rows = new Map<string, { cells: string[]; verdict: Verdict; count: number }>();
  const add = (
    name: string,
    kind: string,
    judged: Parameters<typeof recoveringChoices>[0] & { verdict: Verdict },
  ) => {
    const changes = recoveringChoices(judged).join(', ');
    if (changes === '') return;
    const key = JSON.stringify([name, kind, judged.verdict, changes]);
    const count = (rows.get(key)?.count ?? 0) + 1;
    rows.set(key, {
      cells: [judged.verdict, name, counted(count, kind), changes],
      verdict: judged.verdict,
      count,
    });
  };
  for (const one of numbers) add(one.subject.figure ?? one.subject.id, 'number', one);
  for (const one of figures) add(one.subject, 'figure as a whole', one);
  for (const one of conclusions) add(one.subject.says, 'conclusion', one);
  return {
    title: 'What stands only with one choice of the program changed',
    header: ['verdict', 'where', 'what', 'stands with'],
    rows: [...rows.values()],
  };
}

function conclusionSection({ conclusions }: Verification): Section {
  return {
    title: 'Conclusions, with the share of the seeds in which they hold',
    header: ['conclusion', 'reading', 'verdict', 'same seed', 'independent runs', 'effect'],
    rows: [...conclusions]
      .sort((a, b) => listOrder.indexOf(a.verdict) - listOrder.indexOf(b.verdict))
      .flatMap((judged) =>
        judged.evidence.filter(isWhole).map((one, index) => ({
          verdict: judged.verdict,
          cells: [
            index === 0 ? `${verdictText(judged)}: ${judged.subject.says} (${judged.subject.where})` : '',
            one.reading.name,
            one.verdict,
            shareText(one),
            one.unpaired === null ? '' : percent(one.unpaired, 2),
            one.effect === null ? '' : effectText(one.effect),
          ],
        })),
      ),
  };
}

/** "95 % (76 % to 99 %)", and how many more seeds would decide if these do not. */
export function shareText({ share, interval, verdict, moreSeeds }: ConclusionEvidence): string {
  if (share === null) return 'not run';
  const range = `${percent(share, 3)} (${percent(interval!.low, 2)} to ${percent(interval!.high, 2)})`;
  if (verdict !== 'undecided') return range;
  return `${range}; ${moreSeeds ?? 'more than 1000'} more ${moreSeeds === 1 ? 'seed' : 'seeds'} would settle it`;
}

function winnerSection(winners: readonly GridWinners[]): Section {
  return {
    title: 'Winners of the grids',
    header: ['grid', 'metric', 'wins most often', 'may be the best'],
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

function verdictText(judged: Parameters<typeof namedReadings>[0]): string {
  const { verdict } = judged;
  const names = namedReadings(judged);
  return stands(verdict) || names.length === 0 ? verdict : `${verdict}: stands under ${names.join(', ')}`;
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
