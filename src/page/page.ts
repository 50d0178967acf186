import type { Comparison } from '../claims/comparison.ts';
import { standingCounts } from '../claims/opening.ts';
import type { ReadVerification } from '../claims/read-verification.ts';
import { describePlan } from '../experiment/describe.ts';
import type { Plan } from '../experiment/plan.ts';
import type { Remarks } from '../output/remarks.ts';
import type { Records } from '../output/trials-table.ts';
import type { ClassifierData } from './browser/data.ts';
import { outOf, type Places } from './commands.ts';
import { pageDocument } from './document.ts';
import { experimentSection, type Run } from './experiment.ts';
import { figureBlock } from './figure.ts';
import { pageFooter } from './footer.ts';
import { glossary } from './glossary.ts';
import { type FunctionsPart, pageHeader } from './header.ts';
import { type Html, html } from './html.ts';
import { networkSection } from './network.ts';
import { command } from './parts.ts';
import { moduleScripts, vegaScript } from './scripts.ts';
import { readStatuses } from './statuses.ts';
import { verdictsSection } from './verdicts.ts';

export type { PageFigure } from './figure.ts';

/** Everything that the page shows. */
export interface Page {
  /** At least one run, with its figures. */
  readonly runs: readonly Run[];
  /** null on the page of a single experiment. */
  readonly functions: FunctionsPart | null;
  readonly records: Records;
  readonly comparisons: readonly Comparison[];
  /** null if there are none that fit the runs. */
  readonly verdicts: ReadVerification | null;
  /** null if the store has no weights. */
  readonly classifier: ClassifierData | null;
  readonly places: Places;
  readonly remarks?: Remarks;
}

/** Allows only the page's own scripts and no network access. Vega needs 'unsafe-eval' to compile its expressions. */
const policy =
  "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' data:; style-src 'unsafe-inline'; img-src data:";

/**
 * Writes report.html, of a report or of a single experiment: a single file that opens from disk without a network. The same records give the same bytes.
 *
 * The verdicts come first, then the trained network, then each experiment.
 */
export async function reportPage(page: Page): Promise<string> {
  const { runs, functions, records, comparisons, verdicts, classifier, places, remarks = {} } = page;
  const plans = runs.map(({ plan }) => plan);
  const statuses = readStatuses(plans, records);
  const hasDigits = plans.some(({ data }) => data.some(({ isDigits }) => isDigits));
  const sections = {
    verdicts:
      functions !== null && plans.some(isOnReportsData) ? (verdicts === null ? 'empty' : 'full') : 'none',
    network: hasDigits ? (classifier === null ? 'empty' : 'full') : 'none',
  } as const;
  const main = html`${sections.verdicts !== 'none' ? verdictsSection(verdicts, plans[0].quick, places) : null}
${sections.network !== 'none' ? networkSection(classifier, plans, places) : null}
${functions === null ? null : functionsSection(functions, places)}
${runs.map((run) => experimentSection(run, { records, statuses, comparisons, places }))}`;
  const title = `fys-nn: ${functions !== null ? 'a report, rerun from a seed' : plans.length === 1 ? describePlan(plans[0]).title : plans.map(({ experiment }) => experiment.name).join(', ')}${plans[0].quick ? ' (quick run)' : ''}`;
  const body = html`${pageHeader(plans, functions, statuses, sections, sections.verdicts === 'full' ? standingCounts(verdicts!) : [], remarks)}
<main>
${main}
${glossary(main)}
</main>
${pageFooter(plans)}
<div id="tooltip" hidden></div>
<noscript><p class="warning">The figures and the drawing pad need JavaScript. Text and tables work without it.</p></noscript>
${await vegaScript()}
${await moduleScripts()}`;
  return pageDocument(title, policy, body);
}

function functionsSection({ name, title, where, figures }: FunctionsPart, places: Places): Html {
  return html`<section id="${name}" aria-labelledby="functions-title">
<h2 id="functions-title">${title} <span class="where">${where}</span></h2>
${figures.map((figure) => figureBlock(name, figure))}
${command(['npx fys-nn', name, ...outOf(places, name)].join(' '))}
</section>`;
}

function isOnReportsData({ data }: Plan): boolean {
  return data.every(({ isReports }) => isReports);
}
