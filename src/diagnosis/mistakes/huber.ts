import { combine } from '../../trace/number-array.ts';
import { errorFix, errorName, lossInWords, outputsOf } from './loss-formulas.ts';
import type { MistakeKind } from './mistake.ts';

/** The derivative of Huber's loss, without its limit or with another one. */
export const huberSlope: MistakeKind = (exercise) => {
  if (exercise.loss !== 'huber') return [];
  const { delta } = exercise;
  const wrong: [id: string, title: string, slope: (e: number) => number][] = [
    [
      'huber-slope',
      'is sign(a - y) for large errors, not delta sign(a - y)',
      (e) => (Math.abs(e) <= delta ? e : Math.sign(e)),
    ],
    ['huber-not-limited', 'is a - y for large errors too, not limited to delta', (e) => e],
    ['huber-zero', 'is 0 for large errors, not delta sign(a - y)', (e) => (Math.abs(e) <= delta ? e : 0)],
    [
      'huber-doubled',
      'is 2 (a - y) for small errors',
      (e) => (Math.abs(e) <= delta ? 2 * e : delta * Math.sign(e)),
    ],
  ];
  return wrong.map(([id, title, slope]) => ({
    id,
    title: `${errorName(exercise)} ${title}`,
    explain: lossInWords(exercise),
    fix: errorFix(exercise),
    rules: (right) => ({
      ...right,
      outputError: (step) => combine(outputsOf(step), step.y, (a, y) => slope(a - y) / step.N),
    }),
  }));
};
