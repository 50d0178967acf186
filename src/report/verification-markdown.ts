import { describe } from './claims-table.ts';
import { percent, rangeText, spreadText, valueText } from './verdict-text.ts';
import { isWhole, underspecifiedNumbers, type Verdict, type Verification, verdicts } from './verdicts.ts';
import type { GridWinners } from './winners.ts';

/** The whole verification as Markdown: counts, figures, the numbers that do not simply hold, conclusions, winners. */
export function verificationMarkdown(verification: Verification, winners: readonly GridWinners[]): string {
  const { numbers, figures, conclusions, level, readings } = verification;
  const contradicted = numbers.filter(({ verdict }) => verdict === 'contradicted');
  const underspecified = underspecifiedNumbers(verification);
  return [
    `Readings: ${readings.map(({ name }) => name).join('; ')}. Level ${percent(level)}, corrected for the number of claims (Holm). ${seedsText(verification)}`,
    countTable(verification),
    '### Figures, each as one run',
    table(
      ['figure', 'numbers', 'p, corrected', 'verdict'],
      figures.map(({ subject, evidence, verdict, holdsUnder }) => [
        subject,
        String(evidence[0]?.numbers ?? 0),
        evidence
          .filter(isWhole)
          .map(({ reading, adjusted }) => `${reading.name} ${spreadText(adjusted)}`)
          .join('; '),
        verdictText(verdict, holdsUnder),
      ]),
    ),
    '### Numbers contradicted',
    contradicted.length === 0
      ? 'None.'
      : table(
          ['number', 'published', `${percent(level)} for one more run`, 'holds under'],
          contradicted.map(({ subject, evidence, holdsUnder }) => [
            `${subject.says} (${subject.where})`,
            valueText(subject.value),
            evidence
              .filter(isWhole)
              .map(({ reading, interval }) => `${reading.name} ${rangeText(interval)}`)
              .join('; '),
            holdsUnder.join(', '),
          ]),
        ),
    ...(underspecified.length === 0
      ? []
      : [
          '### Numbers that hold under some readings of the report only',
          table(
            ['where', 'holds under', 'numbers'],
            underspecified.map(({ where, readings: under, count }) => [where, under, String(count)]),
          ),
        ]),
    '### Conclusions',
    table(
      ['conclusion', 'share of the seeds', 'verdict'],
      conclusions.map(({ subject, evidence, verdict, holdsUnder }) => [
        `${subject.says} (${subject.where})`,
        evidence
          .filter(isWhole)
          .map(({ reading, share, interval }) =>
            share === null
              ? `${reading.name} not run`
              : `${reading.name} ${percent(share)} (${rangeText(interval)})`,
          )
          .join('; '),
        verdictText(verdict, holdsUnder),
      ]),
    ),
    '### Winners of the grids',
    table(
      ['grid', 'metric', 'wins most often', 'tied with the best mean'],
      winners.map(({ experiment, slice, metric, seeds, cells }) => {
        const most = [...cells].sort((a, b) => b.wins - a.wins)[0];
        const tied = cells.filter((cell) => cell.tied).map(({ settings }) => describe(settings));
        return [
          [experiment, describe(slice)].filter((part) => part !== '').join(', '),
          metric,
          `${describe(most.settings)}: ${most.wins} of ${seeds}`,
          tied.join('; '),
        ];
      }),
    ),
  ].join('\n\n');
}

export function verdictText(verdict: Verdict, holdsUnder: readonly string[]): string {
  const under =
    verdict === 'holds' || holdsUnder.length === 0 ? '' : `; holds under ${holdsUnder.join(', ')}`;
  return `${verdict}${under}`;
}

export function seedsText({ seeds }: Verification): string {
  const list = (values: readonly number[]) =>
    values.length === 1
      ? `seed ${values[0]}`
      : `${values.length} seeds (${values[0]} to ${values[values.length - 1]})`;
  return `Franke function: ${list(seeds.franke)}; MNIST: ${list(seeds.mnist)}.`;
}

function countTable({ numbers, figures, conclusions }: Verification): string {
  const count = (judged: readonly { verdict: Verdict }[], wanted: Verdict) =>
    String(judged.filter(({ verdict }) => verdict === wanted).length);
  return table(
    ['', ...verdicts],
    [
      ['numbers', ...verdicts.map((verdict) => count(numbers, verdict))],
      ['figures as a whole', ...verdicts.map((verdict) => count(figures, verdict))],
      ['conclusions', ...verdicts.map((verdict) => count(conclusions, verdict))],
    ],
  );
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replace(/[\\|<>`*_[\]]/g, '\\$&').replace(/\s+/g, ' ')).join(' | ')} |`;
  return [line(header), `|${header.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}
