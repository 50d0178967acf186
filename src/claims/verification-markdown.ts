import { markdownTable } from '../output/markdown.ts';
import { endedText } from './unfinished.ts';
import { percent } from './verdict-text.ts';
import { type Verification, withoutChoices } from './verdicts.ts';
import { type Section, seedsText, verificationSections } from './verification-sections.ts';
import type { GridWinners } from './winners.ts';

/** The whole verification as Markdown, with one table per section. */
export function verificationMarkdown(verification: Verification, winners: readonly GridWinners[]): string {
  const { level, readings, ended } = verification;
  const names = readings.map(({ name }) => name).join(', ');
  const heading = `Readings: ${names}. Level ${percent(level)} for all figures together (max-t within a figure, Holm over figures). ${seedsText(verification)}`;
  const without = withoutChoices(verification);
  const libraries =
    without.length === 0
      ? []
      : [`Claims about other libraries are not judged with a choice changed: ${without.join(', ')}.`];
  const cut = ended === undefined ? [] : [endedText(ended)];
  return [
    heading,
    ...libraries,
    ...cut,
    ...verificationSections(verification, winners).map(sectionText),
  ].join('\n\n');
}

function sectionText({ title, header, rows }: Section): string {
  const table = markdownTable(
    header,
    rows.map(({ cells }) => cells),
  );
  return `### ${title}\n\n${table}`;
}
