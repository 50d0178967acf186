import { mnistSha256 } from '../datasets/mnist.ts';
import type { Plan } from '../experiment/plan.ts';
import { programVersion } from '../output/version.ts';
import { numerics } from '../trial/trial.ts';
import { type Html, html } from './html.ts';

/** The page's footer: the sources of its numbers. */
export function pageFooter(plans: readonly Plan[]): Html {
  const files = new Set(
    plans.flatMap(({ cells }) =>
      cells.flatMap(({ trial: { config } }) => (config.data.dataset === 'mnist' ? [config.data.sha256] : [])),
    ),
  );
  return html`<footer>
<h2>Where these numbers come from</h2>
<p>Every number comes from the records of finished trials. fys-nn ${programVersion()} (numerics ${numerics}) computes the same records from the
same settings on every machine. The folder of this page also holds the numbers as CSV tables. For each experiment,
<code>manifest.json</code> lists its settings, trials, machine and times.</p>
${[...files].map((sha256) => html`<p>${sha256 === mnistSha256 ? 'The images are MNIST, by Y. LeCun, C. Cortes and C. Burges.' : 'The images are not MNIST but were read from other files.'} SHA-256 of their contents: <code class="hash">${sha256}</code>.</p>`)}
<p>The published numbers are from M. B. Pettersen, project 2 of FYS-STK4155, University of Oslo, 2020. Those marked “off a curve” were read
from a figure. <a href="https://vega.github.io/">Vega</a>, which is part of this page, draws the figures. The page works offline and sends
nothing.</p>
</footer>`;
}
