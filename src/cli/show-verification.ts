import { Chalk } from 'chalk';
import type { Verdict, Verification } from '../claims/verdicts.ts';
import { seedsText, verificationSections } from '../claims/verification-sections.ts';
import type { GridWinners } from '../claims/winners.ts';
import { stands } from '../claims/words.ts';
import { fold } from './fold.ts';
import { screenOf } from './screen.ts';
import { renderTable } from './text-table.ts';

/** The verification for a terminal or a pipe. */
export function showVerification(
  verification: Verification,
  winners: readonly GridWinners[],
  stream: NodeJS.WriteStream,
): string {
  const { color, width } = screenOf(stream);
  const paint = painter();
  const sections = verificationSections(verification, winners).map(({ title, header, rows }) => {
    const table = renderTable(
      [...header],
      rows.map(({ cells }) => [...cells]),
      {
        color,
        width,
        paint: (cell, row, column) => (column === 0 ? paint(rows[row].verdict, cell) : cell),
      },
    );
    return `${fold(title, width).join('\n')}\n\n${table}`;
  });
  const heading = fold(`Does the report hold? ${seedsText(verification)}`, width).join('\n');
  return `${heading}\n\n${sections.join('\n\n')}\n`;
}

/** Green: holds. Red: contradicted. Yellow: in between. */
function painter(): (verdict: Verdict | null, text: string) => string {
  const chalk = new Chalk({ level: 2 });
  const colors: Partial<Record<Verdict, (text: string) => string>> = {
    contradicted: chalk.red,
    'not run': chalk.dim,
  };
  return (verdict, text) => {
    if (verdict === null) return text;
    return (colors[verdict] ?? (stands(verdict) ? chalk.green : chalk.yellow))(text);
  };
}
