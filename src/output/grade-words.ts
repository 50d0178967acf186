import type { CheckResult } from '../diagnosis/check-result.ts';
import { counted } from '../errors.ts';
import type { GradedFully } from '../grading/grade.ts';
import type { Cell, GradedCriterion, GradedQuantity, Outcome } from '../grading/grade-criterion.ts';
import { missingStepsText } from '../trace/missing-steps.ts';
import { quantityText } from '../trace/words.ts';

/** The first difference of a recording in a few words: "delta of layer 1 (hidden) in step 0: f' is missing". */
function firstText({ first, exercise }: CheckResult): string {
  if (first === null) return '';
  const { batch, place } = first.quantity;
  const where = `${quantityText(place, exercise)} in step ${batch.step}`;
  const [cause, ...others] = first.explanations.map(({ title }) => title);
  if (cause === undefined) return where;
  // Causes that give the same numbers can be many: a page or the feedback has all of them.
  const more =
    others.length === 1
      ? `, or ${others[0]}`
      : others.length === 0
        ? ''
        : `, or one of ${others.length} others`;
  return `${where}: ${cause}${more}`;
}

/** What a table says of a submission: why it has no points, or the first difference, its cause and what is missing. */
export function remarkText({ refusal, empty, check, criteria }: GradedFully): string {
  if (refusal !== null || empty !== null) return refusal?.teacher ?? empty!;
  if (check === null) return '';
  const missing = missingStepsText(check.recording);
  return [firstText(check), missing, missing === '' ? absentText(criteria) : '']
    .filter((text) => text !== '')
    .join('; ');
}

/** The quantities that were asked for and are missing, in part or in all steps. */
function absentText(criteria: readonly GradedCriterion[]): string {
  const absent = criteria
    .filter(({ criterion }) => !criterion.optional)
    .flatMap(({ quantities }) => quantities.filter(({ outcome }) => outcome.kind === 'absent'));
  const texts = new Set(absent.map(outcomeOfText));
  const isWhole = absent.every(
    ({ outcome }) => outcome.kind === 'absent' && outcome.absent === outcome.cells,
  );
  if (!isWhole) return [...texts].join('; ');
  return absent.length === 0
    ? ''
    : `not recorded: ${[...new Set(absent.map((one) => one.quantity))].join(', ')}`;
}

const emptyWords = {
  zeros: 'only zeros',
  constant: 'one number throughout',
  initial: 'the initial weights',
} as const;

/** How a quantity was graded, in words that continue its name: "first wrong in step 0, layer 1". */
function outcomeText(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'right':
      return 'right';
    case 'given':
      return 'right, given the earlier numbers';
    case 'wrong':
      return `first wrong in ${whereText(outcome.cell)}`;
    case 'absent':
      return outcome.absent === outcome.cells
        ? 'not recorded'
        : `not recorded in ${counted(outcome.absent, 'place')} of ${outcome.cells}, first in ${whereText(outcome.cell)}`;
    case 'empty':
      return `not shown to be right: ${emptyWords[outcome.emptiness]}`;
  }
}

function whereText({ batch: { step }, place: { layer } }: Cell): string {
  return `step ${step}${layer === null ? '' : `, layer ${layer}`}`;
}

/** A criterion's quantities that did not get all of their points, each with the reason; '' if all did. */
export function missedText({ criterion, points, quantities }: GradedCriterion): string {
  if (points === criterion.points) return '';
  const missed = quantities.filter(({ outcome, missing }) => outcome.kind !== 'right' || missing.length > 0);
  return missed.map(outcomeOfText).join('; ');
}

/** "bias: not recorded". */
export const outcomeOfText = (graded: GradedQuantity): string =>
  `${graded.quantity}: ${outcomeWithSteps(graded)}`;

/** "right; 5 of 6 steps recorded". */
export function outcomeWithSteps({ outcome, missing, steps }: GradedQuantity): string {
  const end = missing.length === 0 ? '' : `; ${steps - missing.length} of ${counted(steps, 'step')} recorded`;
  return `${outcomeText(outcome)}${end}`;
}
