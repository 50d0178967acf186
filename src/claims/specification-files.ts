import { optionTitle } from '../experiment/options.ts';
import type { Figure } from '../figures/figure.ts';
import { figureFiles, figureNames } from '../figures/files.ts';
import { specificationFigure } from '../figures/specification.ts';
import type { FileContent } from '../files/write-files.ts';
import { tableFiles, tableNames } from '../output/result-files.ts';
import { metricColumn } from '../trial/metrics.ts';
import type { Claim } from './claims.ts';
import type { Curve } from './specification.ts';
import { choicesTable, specificationTable } from './specification-table.ts';
import { specificationMarkdown } from './specification-text.ts';
import { percent } from './verdict-text.ts';

/** The names of the files of specification curves, of which those of these claims are drawn. */
export function specificationNames(drawn: readonly Claim[]): string[] {
  return [
    ...tableNames(['specification', 'choices']),
    'specification.md',
    ...drawn.flatMap((claim) => figureNames(figureName(claim))),
  ];
}

/**
 * specification.csv, choices.csv, specification.md, and a figure for each of the claims that are drawn. `claims` are all of
 * the report's; `seeds` is the number of seeds by experiment.
 */
export async function specificationFiles(
  curves: readonly Curve[],
  claims: readonly Claim[],
  seeds: ReadonlyMap<string, number>,
  drawn: readonly Claim[],
  level: number,
): Promise<Map<string, FileContent>> {
  const tables = [specificationTable(curves, level), choicesTable(curves)];
  const files = tableFiles('specification', 'the claims of the report under its open choices', tables);
  const figures = curves
    .filter(({ claim }) => drawn.includes(claim))
    .flatMap((curve) => figureOf(curve) ?? []);
  const images = figures.map(({ name }) => `${name}.svg`);
  files.set('specification.md', specificationMarkdown(curves, claims, seedsText(seeds), images, level));
  for (const [name, content] of await figureFiles(figures)) files.set(name, content);
  return files;
}

/** "Seeds: 5 of grid-search ols, ffnn; 2 of mnist." */
function seedsText(seeds: ReadonlyMap<string, number>): string {
  const counts = [...new Set(seeds.values())].sort((a, b) => b - a);
  const of = (count: number) => [...seeds].filter(([, own]) => own === count).map(([name]) => name);
  return `Seeds: ${counts.map((count) => `${count} of ${of(count).join(', ')}`).join('; ')}.`;
}

function figureName({ id }: Claim): string {
  return `specification-${id}`;
}

/** "94 %", "3 %", "< 1 %". */
function shareText(share: number): string {
  return share < 0.01 ? '< 1 %' : percent(Math.round(100 * share) / 100, 2);
}

/** The figure of a curve, choices that matter most first; null if a record is missing. */
export function figureOf({ claim, choices, specifications, shares, scale }: Curve): Figure | null {
  if (shares === null) return null;
  const order = choices
    .map((_, index) => index)
    .sort((a, b) => shares.factors[b].share - shares.factors[a].share);
  const words = (index: number) =>
    `${optionTitle(choices[index].option)} ${choices[index].other} (${shareText(shares.factors[index].share)})`;
  return specificationFigure({
    name: figureName(claim),
    title: `${claim.says} (${claim.where})`,
    valueTitle: claim.kind === 'number' ? metricColumn(claim.statistic).title : 'share of the seeds',
    published: claim.kind === 'number' ? claim.value : null,
    isLog: scale === 'log',
    seeds: specifications[0].values.length,
    choices: order.map(words),
    specifications: specifications.map(({ value, low, high, changed }) => ({
      value: value!,
      low: low!,
      high: high!,
      changed: order.map((index) => changed.includes(choices[index])),
    })),
  });
}
