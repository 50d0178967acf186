import { splitNames } from '../experiment/define.ts';
import { describePlan } from '../experiment/describe.ts';
import type { Plan } from '../experiment/plan.ts';
import { lossesOf } from '../nn/losses.ts';
import type { Records } from '../output/trials-table.ts';
import { greatest } from '../stats/describe.ts';
import { metrics } from '../stats/metrics.ts';
import { curveMetrics } from '../trial/metrics.ts';
import { curvesData, tooManyCurves } from './curves.ts';
import { curveColor, curvesSpec } from './curves-spec.ts';
import { specBlock } from './figure.ts';
import { type Html, html, jsonBlock } from './html.ts';

const splitTitles = {
  train: 'training data (dashed)',
  test: 'test data (solid)',
  validation: 'validation data (dash-dotted)',
} as const;

/** The experiment's curves, with a choice of metric, seed, split and cells; null if it has none. */
export function curvesExplorer(id: string, plan: Plan, records: Records): Html | null {
  const why = tooManyCurves(plan, records);
  if (why !== null) return html`<p class="note">${why}</p>`;
  const data = curvesData(plan, records);
  if (data === null) return null;
  const { seeds, cells } = data;
  const labels = cells.map(({ label }) => label);
  const shown = curveMetrics(lossesOf(plan.experiment.task)).filter((metric) =>
    data.metrics.some((name) => name.endsWith(`_${metric}`)),
  );
  const last = greatest(cells.flatMap(({ epochs }) => epochs.at(-1) ?? []));
  const fewer = greatest(cells.map(({ epochs }) => epochs.length));
  return html`<details class="curves" data-curves="${id}-curves">
<summary>Explore the curves${cells.length > 1 || seeds.length > 1 ? ': choose cells and seeds' : ''}</summary>
<div class="controls">
<label>Show <select name="metric">${shown.map((metric) => html`<option value="${metric}">${metrics[metric].title}</option>`)}</select></label>
<label>of <select name="seed">${
    seeds.length > 1
      ? html`<option value="mean">${describePlan(plan).seeds}, with a band from lowest to highest</option>`
      : null
  }${seeds.map((seed) => html`<option value="${seed}">${seed}</option>`)}</select></label>
<fieldset><legend>on</legend>${splitNames
    .filter((split) => data.metrics.some((name) => name.startsWith(`${split}_`)))
    .map(
      (split) =>
        html`<label><input type="checkbox" name="split" value="${split}" checked> ${splitTitles[split]}</label>`,
    )}</fieldset>
<fieldset class="cells"${cells.length > 1 ? null : html` hidden`}><legend>${data.choice}</legend>${labels.map(
    (label, index) =>
      html`<label><input type="checkbox" name="cell" value="${index}" checked><svg class="swatch" width="18" height="12" aria-hidden="true"><rect width="18" height="12" fill="${curveColor(index)}"/></svg> ${label}</label>`,
  )}</fieldset>
</div>
${shown.map((metric) => {
  const spec = `${id}-curves-${metric}`;
  return html`<div class="chart paper" data-metric="${metric}" data-title="${metrics[metric].title}: ${describePlan(plan).model}" data-spec="${spec}"></div>${specBlock(spec, curvesSpec(labels, metrics[metric].domain[1] === 1 ? 'linear' : 'log'))}`;
})}
${fewer < last ? html`<p class="note">The plot shows values after ${fewer} of ${last} epochs; curves.csv has all values.</p>` : null}
${jsonBlock(`${id}-curves`, data)}
</details>`;
}
