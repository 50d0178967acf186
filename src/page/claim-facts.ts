import { describe } from '../claims/claims-table.ts';
import type { ConclusionEvidence } from '../claims/judge-conclusions.ts';
import type { NumberEvidence } from '../claims/judge-numbers.ts';
import { readingTitle } from '../claims/opening.ts';
import { divergedRuns, percent, pValueText, rangeText, valueText, zText } from '../claims/verdict-text.ts';
import { counted } from '../errors.ts';
import { badge } from './badge.ts';
import { type Html, html } from './html.ts';

/** What one reading says of a number: its word, the median, how far and how sure. */
export function numberFacts({ reading, values, found, verdict }: NumberEvidence): Html {
  if (found === null) return facts(reading.name, verdict, []);
  const diverged = divergedRuns(values);
  return facts(reading.name, verdict, [
    ['median', Number.isFinite(found.median) ? valueText(found.median) : 'diverged'],
    ['z', Number.isFinite(found.z) ? minus(zText(found.z)) : 'unlike all runs'],
    ['percentile', valueText(Math.round(found.percentile))],
    [
      'resolution',
      Number.isFinite(found.resolution)
        ? `${valueText(Number(found.resolution.toPrecision(2)))} (${zText(found.resolutionZ)} sd)`
        : 'none',
    ],
    ['p', pValueText(found.adjusted)],
    ['', counted(values.length, 'run')],
    ...(diverged > 0 ? ([['', `${diverged} diverged`]] as const) : []),
  ]);
}

/** What one reading says of a conclusion: its word, both shares and the effect. */
export function conclusionFacts(
  { reading, holds, share, interval, unpaired, effect, moreSeeds, bestCell, verdict }: ConclusionEvidence,
  unit: string,
): Html {
  if (share === null) return facts(reading.name, verdict, []);
  const count = holds.filter((held) => held === true).length;
  return facts(reading.name, verdict, [
    [
      'same seed',
      `${count} of ${holds.length}: ${percent(share, 2)} (${percent(interval!.low, 2)} to ${percent(interval!.high, 2)})`,
    ],
    ...(unpaired === null ? [] : ([['independent runs', percent(unpaired, 2)]] as const)),
    ...(effect === null
      ? []
      : ([
          [
            'effect',
            `${minus(valueText(Number(effect.median.toPrecision(2))))}${unit === '' ? '' : ` ${unit}`} (${minus(rangeText(effect.interval))})`,
          ],
          ...(effect.inSpreads === null
            ? []
            : ([['', `${minus(zText(effect.inSpreads))} of the spread`]] as const)),
        ] as const)),
    ...(bestCell === null
      ? []
      : ([
          ['best on average', describe(bestCell.best)],
          ['claimed cell', bestCell.behind === null ? 'diverges' : `${zText(bestCell.behind)} sd behind`],
          ['p', pValueText(bestCell.p)],
        ] as const)),
    ...(verdict === 'undecided'
      ? ([
          ['', `${moreSeeds ?? 'more than 1000'} more ${moreSeeds === 1 ? 'seed' : 'seeds'} would settle it`],
        ] as const)
      : []),
  ]);
}

function facts(reading: string, verdict: string, parts: readonly (readonly [string, string])[]): Html {
  return html`<p class="facts-line"><b>${capital(readingTitle(reading).replace(/^the /, ''))}</b> ${badge(verdict)}${parts.map(
    ([name, value]) => html` <span>${name === '' ? null : html`<i>${name}</i> `}${value}</span>`,
  )}</p>`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function minus(text: string): string {
  return text.replaceAll('-', '−');
}
