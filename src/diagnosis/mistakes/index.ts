import type { Exercise } from '../../trace/exercise.ts';
import { adamMistakes } from './adam.ts';
import { adaptive } from './adaptive.ts';
import { backward } from './backward.ts';
import { broadcasting } from './broadcasting.ts';
import { clipping } from './clipping.ts';
import { data } from './data.ts';
import { dtype } from './dtype.ts';
import { factorKinds } from './factors.ts';
import { fitted } from './fitted.ts';
import { forward } from './forward.ts';
import { wrongGradients } from './gradients.ts';
import { hyperparameters } from './hyperparameters.ts';
import { loss } from './loss.ts';
import { measured } from './measured.ts';
import type { Evidence, Mistake, MistakeKind } from './mistake.ts';
import { momentum } from './momentum.ts';
import { optimizerState } from './optimizer-state.ts';
import { penalty } from './penalty.ts';
import { recordedAs } from './recorded.ts';
import { schedule } from './schedule.ts';
import { updates } from './updates.ts';

/** Every kind of mistake. Where several give the same numbers, they are named in this order. */
const mistakeKinds: readonly MistakeKind[] = [
  recordedAs,
  ...data,
  ...forward,
  ...loss,
  broadcasting,
  ...backward,
  ...wrongGradients,
  ...penalty,
  ...updates,
  ...momentum,
  ...adaptive,
  ...adamMistakes,
  ...optimizerState,
  ...schedule,
  ...clipping,
  ...hyperparameters,
  fitted,
  ...dtype,
  ...factorKinds,
  measured,
];

/** The mistakes that are possible in an exercise. */
export const mistakesOf = (exercise: Exercise, evidence: Evidence): readonly Mistake[] =>
  mistakeKinds.flatMap((kind) => kind(exercise, evidence));
