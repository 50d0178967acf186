import type { CheckResult, Explanation, Finding } from '../diagnosis/check-result.ts';
import { equationText } from '../diagnosis/equations.ts';
import { searchText } from '../diagnosis/search-text.ts';
import type { GradedFully } from '../grading/grade.ts';
import type { GradedCriterion } from '../grading/grade-criterion.ts';
import { maximumOf } from '../grading/rubric.ts';
import { shapeInFile, shapeText } from '../trace/arrays.ts';
import type { Exercise } from '../trace/exercise.ts';
import { missingStepsText } from '../trace/missing-steps.ts';
import type { NumberArray } from '../trace/number-array.ts';
import { isTurnedIn } from '../trace/read-recording.ts';
import { exerciseText, quantityText, stepText } from '../trace/words.ts';
import { outcomeOfText, outcomeWithSteps } from './grade-words.ts';
import { markdownTable, markdownText } from './markdown.ts';

/** How much feedback gives away: the points alone, where the first difference is, or also what explains it. */
export const hintChoices = ['none', 'place', 'cause'] as const;
export type Hints = (typeof hintChoices)[number];

/** The first line of feedback, by which it is told from other files; it is not shown. */
export const feedbackMark = '<!-- Feedback of fys-nn trace grade -->';

/** Feedback for a student, in Markdown. It says nothing about other students. */
export function feedbackText(graded: GradedFully, hints: Hints): string {
  const { student, points, criteria, refusal, empty, check, given, program } = graded;
  const maximum = maximumOf(criteria.map(({ criterion }) => criterion));
  const parts = [
    feedbackMark,
    `# ${markdownText(student)}: ${points} of ${maximum} points`,
    ...(refusal === null ? [] : [`**Not graded:** ${markdownText(refusal.student)}.`]),
    ...(empty === null ? [] : [`**Nothing to grade:** ${markdownText(empty)}.`]),
    ...(given === null ? [] : [aboutText(given.exercise, program)]),
    criteriaTable(criteria, hints),
    ...(check === null || empty !== null || hints === 'none' ? [] : checkParts(check, hints)),
  ];
  return `${parts.join('\n\n')}\n`;
}

function aboutText(exercise: Exercise, program: string): string {
  const whose = program.trim() === '' ? '' : `\n\nYour program: ${markdownText(program)}`;
  return `Exercise: ${markdownText(exercise.name)}, ${markdownText(exerciseText(exercise))}${whose}`;
}

function criteriaTable(criteria: readonly GradedCriterion[], hints: Hints): string {
  const header = ['criterion', 'points', 'of'];
  const hasReasons = hints !== 'none' && criteria.some(({ quantities }) => quantities.length > 0);
  const rows = criteria.map((graded) => {
    const { criterion, points } = graded;
    const of = criterion.optional ? `${criterion.points} extra` : String(criterion.points);
    const cells = [criterion.name, String(points), of];
    return hasReasons ? [...cells, reasonsOf(graded)] : cells;
  });
  const align = ['left', 'right', 'right'] as const;
  return markdownTable(hasReasons ? [...header, 'why'] : header, rows, align);
}

/** Why a criterion has its points: once if its quantities were all graded alike, else for each. */
function reasonsOf({ quantities }: GradedCriterion): string {
  const texts = new Set(quantities.map(outcomeWithSteps));
  return texts.size === 1 ? [...texts][0] : quantities.map(outcomeOfText).join('; ');
}

function checkParts(check: CheckResult, hints: Hints): string[] {
  const { first, separate, conventions, absent, recording } = check;
  const missing = missingStepsText(recording);
  const noted = conventions.map(({ title }) => `- ${markdownText(title)}`).join('\n');
  return [
    ...(first === null
      ? ['Every recorded number is right.']
      : ['## The first difference', ...findingParts(first, check, hints)]),
    ...(separate.length === 0
      ? []
      : [
          '## Also wrong by itself',
          'These numbers are wrong even when they are computed from your own earlier numbers.',
          ...separate.flatMap((finding) => findingParts(finding, check, hints)),
        ]),
    ...(noted === '' ? [] : ['## Written in another way', `This is no mistake:\n\n${noted}`]),
    ...(absent.length === 0 ? [] : [`Not recorded: ${absent.map(markdownText).join(', ')}.`]),
    ...(missing === ''
      ? []
      : [`Some steps are missing: ${missing}. They give no points: let your program record every step.`]),
  ];
}

function findingParts(finding: Finding, { exercise, absent }: CheckResult, hints: Hints): string[] {
  const { quantity, element, ours, theirs, ratio, explanations } = finding;
  const search = searchText(finding, absent);
  const { batch, place } = quantity;
  const isTurned = isTurnedIn(exercise.layout, place);
  const shape = (array: NumberArray) => shapeText(shapeInFile(array.shape, isTurned));
  const indices = isTurned ? element.toReversed() : element;
  const index = element.length === 0 ? '' : `, element [${indices.join(', ')}]`;
  const where = `${quantityText(place, exercise)}, ${stepText(batch)}, ${batch.rows.length} rows${index}`;
  return [
    `**${markdownText(where)}**`,
    ours === null || theirs === null
      ? markdownTable(['your shape', 'expected shape'], [[shape(quantity.theirs), shape(quantity.expected)]])
      : markdownTable(
          ['yours', 'expected', 'yours / expected'],
          [[String(theirs), String(ours), ratio === null ? '' : String(Number(ratio.toPrecision(8)))]],
          ['right', 'right', 'right'],
        ),
    `\`\`\`text\n${equationText(place, batch, exercise).join('\n')}\n\`\`\``,
    ...(hints === 'cause' ? causeParts(explanations) : []),
    ...(hints === 'cause' && search !== null ? [markdownText(search)] : []),
  ];
}

function causeParts(explanations: readonly Explanation[]): string[] {
  if (explanations.length === 0) {
    return [
      'None of the mistakes that the check knows gives these numbers. Compare your code with the equation of this quantity.',
    ];
  }
  const several = explanations.length > 1 ? ['These mistakes would give your numbers equally well:'] : [];
  const rest = explanations.slice(mostExplained).map(({ title }) => `- ${markdownText(title)}`);
  return [
    ...several,
    ...explanations.slice(0, mostExplained).map(explanationText),
    ...(rest.length === 0 ? [] : [`And also:\n\n${rest.join('\n')}`]),
  ];
}

/** Of more causes that give the same numbers, only the titles are shown. */
const mostExplained = 3;

function explanationText({ title, explain, fix, digits, reproduced, of }: Explanation): string {
  const evidence = `It gives your number to ${digits} digits, and ${reproduced} of the ${of} quantities recorded from there on.`;
  return [
    `**${markdownText(capitalized(title))}.** ${markdownText(explain)}`,
    evidence,
    `How to fix it: ${markdownText(fix)}`,
  ].join('\n\n');
}

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** A file name for each student: what every disk takes, and no two the same where capitals do not count. */
export function feedbackNames(students: readonly string[]): string[] {
  const taken = new Set<string>();
  return students.map((student) => {
    const plain = student
      .normalize('NFC')
      .replace(/[^\p{L}\p{M}\p{N} ._+-]+/gu, '-')
      .replace(/^[^\p{L}\p{N}_]+|[ .]+$/gu, '');
    const short = Array.from(plain).slice(0, 60).join('').trimEnd() || 'submission';
    const safe = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(short) ? `_${short}` : short;
    let name = safe;
    for (let count = 2; taken.has(name.toLowerCase()); count++) name = `${safe}-${count}`;
    taken.add(name.toLowerCase());
    return name;
  });
}
