import type { Plan } from '../experiment/plan.ts';
import { bestClassifier, type OverSeeds } from '../figures/best-classifier.ts';
import type { Classifiers } from '../output/classifiers.ts';
import type { Records } from '../output/trials-table.ts';
import { type Column, dataTable } from './data-table.ts';
import { figureBlock, type PageFigure } from './figure.ts';
import { type Html, html } from './html.ts';
import { numberText } from './parts.ts';

const columns: readonly Column[] = [
  { title: 'class', kind: 'word', heads: 'row' },
  { title: 'test rows', kind: 'number' },
  ...['precision', 'recall', 'F1', 'AUC', 'calibration error', 'Brier score'].map(
    (title): Column => ({ title, kind: 'number' }),
  ),
];

/** What a classifier does on its test rows: confusion matrix, curves, and the numbers of each class; null without any. */
export function classesPart(
  id: string,
  plan: Plan,
  figures: readonly PageFigure[],
  records: Records,
  classifiers: Classifiers,
): Html | null {
  const best = bestClassifier(plan, records, classifiers);
  if (best === null || figures.length === 0) return null;
  const rows = best.lines.map(({ name, number }) => ({
    cells: [
      name,
      text(number('rows')),
      ...(['precision', 'recall', 'f1', 'auc', 'calibrationError', 'brier'] as const).map((one) =>
        text(number(one)),
      ),
    ],
  }));
  const cell = best.cell === '' ? '' : ` The table is of the best cell, ${best.cell}.`;
  return html`<h3>The classes</h3>
<p class="note">On the test rows.${cell} In the averages a class without predictions has precision 0, as in scikit-learn.</p>
<div class="figures">${figures.map((figure) => figureBlock(id, figure))}</div>
${dataTable(`Classes of ${plan.experiment.name}`, columns, rows)}`;
}

function text(number: OverSeeds | null): string {
  if (number === null) return '';
  const { mean, standardDeviation } = number;
  return standardDeviation === null || standardDeviation === 0
    ? numberText(mean, 3)
    : `${numberText(mean, 3)} ± ${numberText(standardDeviation, 2)}`;
}
