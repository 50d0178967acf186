import type { Recording } from './exercise.ts';

/** The steps of which a program recorded nothing. */
export const missingSteps = ({ steps }: Pick<Recording, 'steps'>): number[] =>
  steps.flatMap((step, index) => (step.some((array) => array !== null) ? [] : [index]));

/** "step 5 not recorded", "steps 1 and 3 not recorded", "4 of 6 steps not recorded, the first is step 2"; '' if none is missing. */
export function missingStepsText(recording: Pick<Recording, 'steps'>): string {
  const missing = missingSteps(recording);
  if (missing.length === 0) return '';
  if (missing.length > 2)
    return `${missing.length} of ${recording.steps.length} steps not recorded, the first is step ${missing[0]}`;
  return `step${missing.length === 1 ? '' : 's'} ${missing.join(' and ')} not recorded`;
}
