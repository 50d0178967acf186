import type { Plan } from '../experiment/plan.ts';
import { bestClassifier } from '../figures/best-classifier.ts';
import type { Classifiers } from '../output/classifiers.ts';
import type { Records } from '../store/store.ts';
import { fold } from './fold.ts';
import { digitsText } from './number-text.ts';
import { screenOf } from './screen.ts';

/** The best of more trials is found only where it is drawn. */
const mostTrials = 5000;

/** "classes of lambda 0: AUC 0.988 (mean), lowest F1 0.794 (class 5)"; null without classifiers. */
export function showClasses(
  plan: Plan,
  records: Records,
  classifiers: Classifiers | null,
  stream: NodeJS.WriteStream,
): string | null {
  if (classifiers === null || plan.cells.length > mostTrials) return null;
  const best = bestClassifier(plan, records, classifiers);
  if (best === null) return null;
  const scores = best.lines
    .filter(({ average }) => average === null)
    .flatMap(({ name, number }) => {
      const f1 = number('f1');
      return f1 === null ? [] : [{ name, value: f1.mean }];
    })
    .sort((a, b) => a.value - b.value);
  const auc = best.lines.find(({ average }) => average === 'macro')!.number('auc');
  const parts = [
    ...(auc === null ? [] : [`mean AUC ${digitsText(auc.mean, 3)}`]),
    ...(scores.length === 0 ? [] : [`lowest F1 ${digitsText(scores[0].value, 3)} (class ${scores[0].name})`]),
  ];
  const of = best.cell === '' ? '' : ` of the best cell (${best.cell})`;
  return fold(`classes${of}: ${parts.join(', ')}`, screenOf(stream).width).join('\n');
}
