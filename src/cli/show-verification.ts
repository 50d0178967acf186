import { Chalk } from 'chalk';
import { describe } from '../report/claims-table.ts';
import { percent, rangeText, spreadText, valueText } from '../report/verdict-text.ts';
import {
  isWhole,
  underspecifiedNumbers,
  type Verdict,
  type Verification,
  verdicts,
} from '../report/verdicts.ts';
import { seedsText, verdictText } from '../report/verification-markdown.ts';
import type { GridWinners } from '../report/winners.ts';
import { renderTable } from './text-table.ts';

/** The verification for a terminal or a pipe: what does not simply hold stands in full, the rest is counted. */
export function showVerification(
  verification: Verification,
  winners: readonly GridWinners[],
  stream: NodeJS.WriteStream,
): string {
  const { numbers, figures, conclusions, level } = verification;
  const color = stream.isTTY && stream.hasColors();
  const width = stream.columns ?? 120;
  const paint = painter(color);
  const table = (header: string[], rows: string[][]) => renderTable(header, rows, { color, width });
  const count = (judged: readonly { verdict: Verdict }[], verdict: Verdict) =>
    String(judged.filter((one) => one.verdict === verdict).length);
  const contradicted = numbers.filter(({ verdict }) => verdict === 'contradicted');
  const underspecified = underspecifiedNumbers(verification);
  const parts = [
    `Does the report hold? ${seedsText(verification)}`,
    table(
      ['', ...verdicts],
      [
        ['numbers', ...verdicts.map((verdict) => count(numbers, verdict))],
        ['figures as a whole', ...verdicts.map((verdict) => count(figures, verdict))],
        ['conclusions', ...verdicts.map((verdict) => count(conclusions, verdict))],
      ],
    ),
    'Figures, each as one run',
    table(
      ['verdict', 'figure', 'numbers', 'p, corrected'],
      figures.map(({ subject, evidence, verdict, holdsUnder }) => [
        paint(verdict, verdictText(verdict, holdsUnder)),
        subject,
        String(evidence[0]?.numbers ?? 0),
        evidence
          .filter(isWhole)
          .map(({ reading, adjusted }) => `${reading.name} ${spreadText(adjusted)}`)
          .join(', '),
      ]),
    ),
    `Numbers contradicted (${percent(level)} for one more run)`,
    contradicted.length === 0
      ? 'none'
      : table(
          ['number', 'published', 'ours'],
          contradicted.map(({ subject, evidence, verdict, holdsUnder }) => [
            paint(
              verdict,
              `${subject.says}${holdsUnder.length === 0 ? '' : `; holds under ${holdsUnder.join(', ')}`}`,
            ),
            valueText(subject.value),
            evidence
              .filter(isWhole)
              .map(({ reading, interval }) => `${reading.name} ${rangeText(interval)}`)
              .join(', '),
          ]),
        ),
    ...(underspecified.length === 0
      ? []
      : [
          'Numbers that hold under some readings of the report only',
          table(
            ['where', 'holds under', 'numbers'],
            underspecified.map(({ where, readings, count: members }) => [where, readings, String(members)]),
          ),
        ]),
    'Conclusions',
    table(
      ['verdict', 'conclusion', 'seeds'],
      conclusions.map(({ subject, evidence, verdict, holdsUnder }) => [
        paint(verdict, verdictText(verdict, holdsUnder)),
        subject.says,
        evidence
          .filter(isWhole)
          .map(({ reading, share }) => `${reading.name} ${share === null ? 'not run' : percent(share)}`)
          .join(', '),
      ]),
    ),
  ];
  if (winners.length > 0) {
    parts.push(
      'Winners of the grids',
      table(
        ['grid', 'metric', 'wins most often', 'tied with the best mean'],
        winners.map(({ experiment, slice, metric, seeds, cells }) => {
          const most = [...cells].sort((a, b) => b.wins - a.wins)[0];
          const tied = cells.filter((cell) => cell.tied);
          return [
            [experiment, describe(slice)].filter((part) => part !== '').join(', '),
            metric,
            `${describe(most.settings)}: ${most.wins} of ${seeds}`,
            `${tied.length} ${tied.length === 1 ? 'cell' : 'cells'}`,
          ];
        }),
      ),
    );
  }
  return `${parts.join('\n\n')}\n`;
}

/** Green holds, red is contradicted, yellow is between; without colour the words say it alone. */
function painter(color: boolean): (verdict: Verdict, text: string) => string {
  const chalk = new Chalk({ level: color ? 2 : 0 });
  const colors: Record<Verdict, (text: string) => string> = {
    holds: chalk.green,
    underspecified: chalk.yellow,
    'depends on the seed': chalk.yellow,
    contradicted: chalk.red,
    'not run': chalk.dim,
  };
  return (verdict, text) => colors[verdict](text);
}
