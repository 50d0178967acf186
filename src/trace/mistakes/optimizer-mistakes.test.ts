import { describe, expect, test } from '@jest/globals';
import { schedules } from '../../nn/schedules.ts';
import { checkRecording } from '../check-recording.ts';
import type { Exercise, ExerciseLayer } from '../exercise.ts';
import { madeExercise, recordingOf } from '../exercises.testing.ts';
import { mistakesOf } from './index.ts';
import { rightRules } from '../right-rules.ts';
import { placesOf } from '../quantities.ts';
import { expectations } from '../follow.ts';
import { runRules } from '../step.ts';
import type { Evidence } from './mistake.ts';

const penalty = { lambda: 0.03, l1: 0, penalizeBiases: true };
const exercises: [string, Exercise][] = (
  [
    ['sgd', {}],
    ['decay', { schedule: 'decay', rateOf: schedules.decay }],
    ['l2', { penalty }],
    ['l1l2', { penalty: { lambda: 0.03, l1: 0.02, penalizeBiases: false }, optimizer: { name: 'sgd', momentum: 0.8 } }],
    ['momentum', { optimizer: { name: 'sgd', momentum: 0.8 } , schedule: 'decay', rateOf: schedules.decay}],
    ['nesterov', { optimizer: { name: 'sgd', momentum: 0.8, nesterov: 'yes' } }],
    ['adagrad', { optimizer: { name: 'adagrad' } }],
    ['adagradm', { optimizer: { name: 'adagrad', momentum: 0.8, epsilon: 1e-7 } }],
    ['rmsprop', { optimizer: { name: 'rmsprop', rho: 0.8 } }],
    ['adam', { optimizer: { name: 'adam' } , penalty: { lambda: 0.03, l1: 0, penalizeBiases: false }}],
    ['adamw', { optimizer: { name: 'adamw', weightDecay: 0.05 } }],
    ['clip', { optimizer: { name: 'sgd', clipNorm: 0.3 } , penalty}],
  ] as [string, Partial<Exercise>][]
).map(([name, others]) => [name, madeExercise(['tanh', 'sigmoid', 'linear'], others)]);

function someEvidence(exercise: Exercise): Evidence {
  const places = placesOf(exercise);
  const index = places.findIndex(({ quantity, layer }) => quantity === 'kernel' && layer === 0);
  let evidence: Evidence | null = null;
  runRules(exercise, rightRules(exercise), (computed, place, step) => {
    if (step.step !== 1 || place !== index) return computed;
    evidence = { batch: step, place: places[index], index, ours: computed, theirs: computed, step };
    return null;
  });
  return evidence!;
}

test.each(exercises)('%s', (name, exercise) => {
  const right = rightRules(exercise);
  const t0 = performance.now();
  const mistakes = mistakesOf(exercise, someEvidence(exercise));
  const report: string[] = [];
  let worst = 0;
  for (const mistake of mistakes) {
    if (mistake.generic) continue;
    for (const quantities of [undefined, ['kernel', 'bias']]) {
      let rec;
      try { rec = recordingOf(exercise, mistake.rules(right), quantities); } catch (e) { report.push(`${mistake.id} THROWS ${(e as Error).stack}`); continue; }
      if (rec.steps.flat().some((a) => a && !a.values.every(Number.isFinite))) { report.push(`${mistake.id} not finite`); continue; }
      const t = performance.now();
      const { first, separate, conventions } = checkRecording(rec);
      const took = performance.now() - t;
      worst = Math.max(worst, took);
      const ids = first?.explanations.map(({ ids }) => ids.join('+')) ?? [];
      const what = quantities ? 'weights' : 'all';
      if (first === null) report.push(`${mistake.id} ${what}: not seen ${conventions.map((c) => c.id)}`);
      else if (!ids.includes(mistake.id)) report.push(`${mistake.id} ${what}: WRONG ${ids.slice(0, 8)} at ${first.quantity.batch.step} ${first.quantity.place.quantity} ${took.toFixed()}ms ${conventions.map((c) => c.id)}`);
      else if (ids.length > 3) report.push(`${mistake.id} ${what}: among ${ids.length} ${ids}`);
      if (separate.length) report.push(`${mistake.id} ${what}: separate ${separate.map((s) => s.quantity.batch.step+ s.quantity.place.quantity + s.explanations[0]?.ids)} conv ${conventions.map((c) => c.id)}`);
    }
  }
  console.log(`${name}: ${mistakes.length} mistakes, ${(performance.now() - t0).toFixed()} ms, worst ${worst.toFixed()} ms\n${report.join('\n')}`);
});
