import type { Plan } from '../experiment/plan.ts';
import { programVersion } from '../output/version.ts';
import { numerics } from '../trial/trial.ts';
import { type Html, html } from './html.ts';

/** Where the numbers are from. */
export function pageFooter(plans: readonly Plan[]): Html {
  const files = new Set(
    plans.flatMap(({ cells }) =>
      cells.flatMap(({ trial: { config } }) => (config.data.dataset === 'mnist' ? [config.data.sha256] : [])),
    ),
  );
  return html`<footer>
<h2>Where these numbers come from</h2>
<p>Every number here is in a record of the trial store or is computed from records; nothing was trained for this page. The same
settings give the same records on every machine: fys-nn ${programVersion()}, numerics ${numerics}. The folder of this page has the tables as CSV
and, for each experiment, <code>manifest.json</code> with settings, trials, machine and times.</p>
${[...files].map((sha256) => html`<p>MNIST: Y. LeCun, C. Cortes and C. Burges; contents with SHA-256 <code class="hash">${sha256}</code>.</p>`)}
<p>Published numbers: M. B. Pettersen, project 2 of FYS-STK4155, University of Oslo, 2020; those marked “off a curve” were read from a figure.
Pictures are drawn by <a href="https://vega.github.io/">Vega</a>, which this page holds; it opens without a network and contacts nobody.</p>
</footer>`;
}
