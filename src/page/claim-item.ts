import type { Cause, ConclusionClaim, NumberClaim } from '../claims/claims.ts';
import type { ConclusionEvidence } from '../claims/judge-conclusions.ts';
import type { NumberEvidence } from '../claims/judge-numbers.ts';
import { effectUnit } from '../claims/unit.ts';
import { valueText } from '../claims/verdict-text.ts';
import { isWhole, type Judged } from '../claims/verdicts.ts';
import { stands, type Verdict } from '../claims/words.ts';
import { anchor, badge } from './badge.ts';
import { conclusionFacts, numberFacts } from './claim-facts.ts';
import { type Html, html } from './html.ts';
import { numberStrip, shareStrip } from './strip.ts';

/** A claim with its evidence, and what its list is sorted and filtered by. */
export interface ClaimItem {
  readonly verdict: Verdict;
  /** By |z|; null for conclusions. */
  readonly z: number | null;
  readonly group: string;
  readonly markup: Html;
}

export function numberItem({
  subject,
  evidence,
  verdict,
  byReading,
  holdsUnder,
}: Judged<NumberClaim, NumberEvidence>): ClaimItem {
  const whole = evidence.filter(isWhole);
  const found = whole.flatMap((one) => one.found ?? []);
  const most = (values: readonly number[]) => (values.length === 0 ? null : Math.max(...values));
  const z = most(found.map((one) => Math.abs(one.z)));
  const least = (values: readonly number[]) => (values.length === 0 ? null : Math.min(...values));
  const keys = {
    z,
    resolution: least(found.map(({ resolutionZ }) => resolutionZ)),
    p: least(found.map(({ adjusted }) => adjusted)),
  };
  const group = subject.figure ?? subject.where;
  const error = subject.readingError === undefined ? '' : ` ± ${valueText(subject.readingError)}`;
  const published = html` <b class="value">${valueText(subject.value)}${error}</b>`;
  const markup = item('number', subject, { verdict, byReading, group, keys, published }, [
    whole.map(numberFacts),
    others(evidence, holdsUnder, verdict),
    why(subject.cause, verdict),
    numberStrip(subject, whole),
  ]);
  return { verdict, z, group, markup };
}

export function conclusionItem({
  subject,
  evidence,
  verdict,
  byReading,
  holdsUnder,
}: Judged<ConclusionClaim, ConclusionEvidence>): ClaimItem {
  const whole = evidence.filter(isWhole);
  const unit = effectUnit(subject);
  const group = subject.where;
  const keys = { z: null, resolution: null, p: null };
  const markup = item('conclusion', subject, { verdict, byReading, group, keys, published: null }, [
    whole.map((one) => conclusionFacts(one, unit)),
    others(evidence, holdsUnder, verdict),
    why(subject.cause, verdict),
    shareStrip(whole),
  ]);
  return { verdict, z: null, group, markup };
}

interface Shown {
  readonly verdict: Verdict;
  readonly byReading: Readonly<Record<string, Verdict>>;
  readonly group: string;
  readonly keys: Readonly<Record<'z' | 'resolution' | 'p', number | null>>;
  readonly published: Html | null;
}

function item(
  kind: 'number' | 'conclusion',
  { id, where, says }: NumberClaim | ConclusionClaim,
  { verdict, byReading, group, keys, published }: Shown,
  [facts, alternatives, cause, strip]: readonly (Html | readonly Html[] | null)[],
): Html {
  const data = Object.entries(keys).flatMap(([name, value]) =>
    value === null ? [] : [html` data-${name}="${Number(value.toPrecision(4))}"`],
  );
  return html`<li id="${anchor(id)}" class="claim" data-kind="${kind}" data-verdict="${verdict}" data-readings="${JSON.stringify(byReading)}" data-group="${group}"${data}>
<div class="said"><p class="word">${badge(verdict)} <span class="where">${where}</span> <a class="link" href="#${anchor(id)}" aria-label="Link to claim ${id}">¶</a></p>
<p class="says">${says}${published}</p></div>${strip}<div class="evidence">${facts}${alternatives}${cause}</div></li>\n`;
}

/** The single changes of the program under which a claim stands. */
function others(
  evidence: readonly (NumberEvidence | ConclusionEvidence)[],
  holdsUnder: readonly string[],
  verdict: Verdict,
): Html | null {
  if (stands(verdict)) return null;
  const names = evidence
    .filter((one) => !isWhole(one) && holdsUnder.includes(one.reading.name))
    .map(({ reading }) => reading.name);
  return names.length === 0
    ? null
    : html`<p class="facts-line">Stands with one choice changed: ${names.join('; ')}</p>`;
}

function why(cause: Cause | undefined, verdict: Verdict): Html | null {
  if (cause === undefined || stands(verdict)) return null;
  return html`<p class="why"><b>Why:</b> ${cause.text}${cause.command === undefined ? null : html` <code>${cause.command}</code>`}</p>`;
}
