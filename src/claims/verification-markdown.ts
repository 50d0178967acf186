import { markdownTable, markdownText } from '../output/markdown.ts';
import { explainCommand } from './explain-command.ts';
import { type Doubt, doubts, openingSentences } from './opening.ts';
import { endedText } from './unfinished.ts';
import { percent } from './verdict-text.ts';
import { type Verification, withoutChoices } from './verdicts.ts';
import { type Section, seedsText, verificationSections } from './verification-sections.ts';
import type { GridWinners } from './winners.ts';

/** The whole verification as Markdown, with one table per section. It is the same in every folder. */
export function verificationMarkdown(verification: Verification, winners: readonly GridWinners[]): string {
  const { level, readings, ended } = verification;
  const names = readings.map(({ name }) => name).join(', ');
  const heading = `Readings: ${names}. Level ${percent(level)} for all figures together (shared in proportion to their numbers; max-t within a figure). ${seedsText(verification)}`;
  const without = withoutChoices(verification);
  const libraries =
    without.length === 0
      ? []
      : [`Claims about other libraries are not judged with a choice changed: ${without.join(', ')}.`];
  const cut = ended === undefined ? [] : [endedText(ended)];
  return [
    ...openingSentences(verification).flatMap((sentence) => wrapped(sentence, '')),
    '',
    ...doubtLines(verification),
    heading,
    ...[...libraries, ...cut].flatMap((text) => ['', text]),
    '',
    verificationSections(verification, winners).map(sectionText).join('\n\n'),
  ].join('\n');
}

/** What not to rely on, and why: the same as the page. */
function doubtLines(verification: Verification): string[] {
  const all = doubts(verification);
  if (all.length === 0) return [];
  const isAgainst = ({ verdict }: Doubt) => verdict === 'contradicted';
  return [
    'The commands below work in the folder of this file.',
    '',
    ...doubtList('Do not rely on these', all.filter(isAgainst)),
    ...doubtList(
      'Rely on these with care',
      all.filter((doubt) => !isAgainst(doubt)),
    ),
  ];
}

function doubtList(title: string, doubts: readonly Doubt[]): string[] {
  if (doubts.length === 0) return [];
  const items = doubts.flatMap(({ id, verdict, statement, where, why, cause }, index) => [
    ...wrapped(
      `${index + 1}. **${verdict}**: ${markdownText(statement)}${where === '' ? '' : ` (${markdownText(where)})`}. ${markdownText(why)}`,
      '   ',
    ),
    ...(cause === undefined ? [] : wrapped(`   Why: ${markdownText(cause.text)}`, '   ')),
    `   \`${explainCommand(id, '.')}\``,
  ]);
  return [`### ${title}`, '', ...items, ''];
}

/** Lines of at most 100 letters, where words allow it; all but the first begin with `indent`. */
function wrapped(text: string, indent: string): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines[lines.length - 1];
    const longer = last === '' ? word : `${last} ${word}`;
    if (longer.length <= 100 || last.trim() === '') lines[lines.length - 1] = longer;
    else lines.push(`${indent}${word}`);
  }
  return lines;
}

function sectionText({ title, header, rows }: Section): string {
  const table = markdownTable(
    header,
    rows.map(({ cells }) => cells),
  );
  return `### ${title}\n\n${table}`;
}
