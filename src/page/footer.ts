import type { Plan } from '../experiment/plan.ts';
import { programVersion } from '../output/version.ts';
import { numerics } from '../trial/trial.ts';
import { type Html, html } from './html.ts';

interface Credit {
  readonly text: string;
  /** The digest of data from files; null for generated data. */
  readonly sha256: string | null;
}

/** Who made the data of the plans, each data once. */
function creditsOf(plans: readonly Plan[]): Credit[] {
  const credits = new Map<string, Credit>();
  for (const { title, source, license, config } of plans.flatMap(({ data }) => data)) {
    const maker = source === null ? '' : ` Source: ${source}.`;
    const terms = license === null ? '' : ` Licence: ${license}.`;
    const sha256 = 'sha256' in config ? config.sha256 : null;
    if (source !== null || sha256 !== null)
      credits.set(title, { text: `Data: ${title}.${maker}${terms}`, sha256 });
  }
  return [...credits.values()];
}

const publishedCredit = html`The published numbers are from M. B. Pettersen, project 2 of FYS-STK4155, University of Oslo, 2020. Those marked “off a curve” were read
from a figure. `;

/** The page's footer: the sources of its numbers. */
export function pageFooter(plans: readonly Plan[]): Html {
  return html`<footer>
<h2>Where these numbers come from</h2>
<p>Every number comes from the records of finished trials. fys-nn ${programVersion()} (numerics ${numerics}) computes the same records from the
same settings on every machine. The folder of this page also holds the numbers as CSV tables. For each experiment,
<code>manifest.json</code> lists its settings, trials, machine and times.</p>
${creditsOf(plans).map(({ text, sha256 }) => html`<p>${text}${sha256 === null ? null : html` SHA-256 of their contents: <code class="hash">${sha256}</code>.`}</p>`)}
<p>${plans.every(({ experiment }) => experiment.definition !== null) ? null : publishedCredit}<a href="https://vega.github.io/">Vega</a>, which is part of this page, draws the figures. The page works offline and sends
nothing.</p>
</footer>`;
}
