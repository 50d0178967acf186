import { groupBy } from '../output/group-by.ts';
import { markdownTable } from '../output/markdown.ts';
import { greatest, least } from '../stats/describe.ts';
import { significant } from '../stats/significant.ts';
import { type Choice, rowOf } from './choices.ts';
import type { Claim } from './claims.ts';
import { type Curve, standsBy, standsUnder } from './specification.ts';
import { percent, valueText } from './verdict-text.ts';

/** The numbers of a report that its readers remember: the best of a grid, and those of figures of at most three numbers. */
export function isHeadline(claim: Claim, all: readonly Claim[]): boolean {
  if (claim.kind !== 'number') return false;
  if (claim.take !== undefined && claim.take !== 'only') return true;
  const { figure } = claim;
  const inFigure = all.filter((one) => one.kind === 'number' && one.figure === figure);
  return figure === undefined || inFigure.length <= mostInFigure;
}
const mostInFigure = 3;

export const curveHeader = [
  'claim',
  'published',
  'value under the choices',
  'stands in',
  'the most variance is from',
];

/** A curve in one line. */
export function curveCells(curve: Curve): string[] {
  const { claim, specifications } = curve;
  const values = specifications.flatMap(({ value }) => value ?? []);
  const range = (low: number, high: number) =>
    claim.kind === 'conclusion'
      ? `true in ${low === high ? '' : `${percent(low, 2)} to `}${percent(high, 2)} of the seeds`
      : `${significant(low, 3)} to ${Number.isFinite(high) ? significant(high, 3) : 'diverged'}`;
  return [
    claim.id,
    claim.kind === 'number' ? valueText(claim.value) : '',
    values.length < specifications.length ? 'not run' : range(least(values), greatest(values)),
    standsText(curve),
    sourcesText(curve),
  ];
}

/** "12 of 16", "12 of 16, 4 undecided". */
function standsText({ specifications }: Curve): string {
  const undecided = specifications.filter(({ verdict }) => verdict === 'undecided').length;
  const all = specifications.length;
  if (undecided === all) return 'undecided: too few seeds';
  const stands = `${specifications.filter(standsUnder).length} of ${all}`;
  return undecided === 0 ? stands : `${stands}, ${undecided} undecided`;
}

/** "centerTargets yes 61 %, seeds 20 %": what makes at least a twentieth of the variance, at most three. */
export function sourcesText({ choices, shares }: Curve): string {
  if (shares === null) return '';
  const sources = [
    ...choices.map(({ name }, index) => ({ name, share: shares.factors[index].share })),
    { name: 'seeds', share: shares.seeds },
    { name: 'combinations of choices', share: shares.combinations },
    { name: 'choices that act differently between seeds', share: shares.rest },
  ];
  const large = sources.filter(({ share }) => share >= 0.05).sort((a, b) => b.share - a.share);
  if (large.length === 0) return 'nothing varies';
  return large
    .slice(0, 3)
    .map(({ name, share }) => `${name} ${percent(share, 2)}`)
    .join(', ');
}

/**
 * The choices that recover a claim: it stands under at least half of the specifications that have them, and under fewer than
 * half as large a part of the others.
 */
export function recovering(curve: Curve): Choice[] {
  const half = curve.specifications.length / 2;
  return curve.choices.filter((choice) => {
    const { program, other } = standsBy(curve, choice);
    return other >= half / 2 && program < other / 2;
  });
}

/** The curves for readers: how they were made, the headline numbers, the conclusions, and the figures as a whole. */
export function specificationMarkdown(
  curves: readonly Curve[],
  claims: readonly Claim[],
  seedsText: string,
  drawn: readonly string[],
  level: number,
): string {
  const rows = (some: readonly Curve[]) => markdownTable(curveHeader, some.map(curveCells));
  const headline = curves.filter(({ claim }) => isHeadline(claim, claims));
  const conclusions = curves.filter(({ claim }) => claim.kind === 'conclusion');
  const others = curves.filter(({ claim }) => claim.kind === 'number' && !isHeadline(claim, claims));
  const used = [...new Set(curves.flatMap(({ choices }) => choices))].sort((a, b) => rowOf(a) - rowOf(b));
  const choiceRows = used.map((choice) => [
    String(rowOf(choice)),
    choice.option,
    String(choice.program),
    String(choice.other),
    choice.experiments.join(', '),
  ]);
  const recovered = curves
    .map((curve) => ({ curve, by: recovering(curve) }))
    .filter(({ curve, by }) => by.length > 0 && !standsUnder(curve.specifications[0]));
  const parts = [
    `## The report under other choices\n\nEvery claim under combinations of the choices that the report leaves open. ${designText(curves)} ${seedsText} Shares are of the total sum of squares; a number is "typical" under a combination if it lies within the central ${percent(level)} of one more run there (Student's t over the seeds, not corrected for the number of claims).`,
    section('Headline numbers', headline, rows),
    section('Conclusions', conclusions, rows),
    others.length === 0 ? '' : `### Numbers of figures, mean shares\n\n${figureTable(others)}`,
    recovered.length === 0
      ? ''
      : `### Choices that recover a claim\n\nThe claim does not stand under the program, and does in at least half of the combinations with this choice.\n\n${markdownTable(
          ['claim', 'published', 'choice', 'stands with it', 'without'],
          recovered.flatMap(({ curve, by }) =>
            by.map((choice) => {
              const { program, other } = standsBy(curve, choice);
              const half = curve.specifications.length / 2;
              const published = curve.claim.kind === 'number' ? valueText(curve.claim.value) : '';
              return [curve.claim.id, published, choice.name, `${other} of ${half}`, `${program} of ${half}`];
            }),
          ),
        )}`,
    `### The choices\n\n${markdownTable(['row of differences.md', 'option', 'program', 'other', 'experiments'], choiceRows)}`,
    drawn.map((file) => `![${file}](${file})`).join('\n\n'),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function section(title: string, curves: readonly Curve[], rows: (some: readonly Curve[]) => string): string {
  return curves.length === 0 ? '' : `### ${title}\n\n${rows(curves)}`;
}

function designText(curves: readonly Curve[]): string {
  const resolutions = new Set(curves.map(({ resolution }) => resolution));
  const sizes = curves.map(({ specifications }) => specifications.length);
  const partly = resolutions.has('IV') || resolutions.has('III');
  const design = partly
    ? 'Two-level fractional factorial designs: of two choices every combination is run equally often.'
    : 'All combinations are run.';
  const mixed = resolutions.has('III')
    ? ' For claims about two experiments with many choices, an effect may be mixed with that of a pair of others.'
    : '';
  return `${design}${mixed} Each claim has ${least(sizes)} to ${greatest(sizes)} combinations.`;
}

/** One row per figure: in how many specifications its numbers stand, and the mean shares of variance. */
function figureTable(curves: readonly Curve[]): string {
  const figures = groupBy(curves, ({ claim }) => (claim.kind === 'number' && claim.figure) || '');
  const rows = [...figures].map(([figure, members]) => {
    const whole = members.filter(({ shares }) => shares !== null);
    const stands = members.map(({ specifications }) => specifications.filter(standsUnder).length);
    const all = members.map(({ specifications }) => specifications.length);
    const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
    const meanOf = (of: (curve: Curve) => number) => sum(whole.map(of)) / whole.length;
    const shares = {
      factors: members[0].choices.map((_, index) => ({
        share: meanOf((curve) => curve.shares!.factors[index].share),
        effect: 0,
        interval: null,
      })),
      seeds: meanOf(({ shares: own }) => own!.seeds),
      combinations: meanOf(({ shares: own }) => own!.combinations),
      rest: meanOf(({ shares: own }) => own!.rest),
    };
    const text = whole.length === 0 ? '' : sourcesText({ ...members[0], shares });
    return [figure, String(members.length), percent(sum(stands) / sum(all), 2), text];
  });
  return markdownTable(['figure', 'numbers', 'stand in', 'the most variance is from'], rows);
}
