import type { Column, Table, Value } from '../output/table.ts';
import { type Choice, choices, rowOf } from './choices.ts';
import { type Curve, specificationVerdicts, standsBy } from './specification.ts';
import { percent } from './verdict-text.ts';

/** specification.csv: one row per claim and combination of choices. */
export function specificationTable(curves: readonly Curve[], level: number): Table {
  const switched = choices.map(
    (choice): Column => ({
      name: columnOf(choice),
      type: 'boolean',
      description: `whether ${choice.option} is ${choice.other} and not ${choice.program}; empty: it cannot affect the claim`,
    }),
  );
  return {
    name: 'specification',
    description: 'each claim under combinations of the choices that the report leaves open',
    columns: [
      text('claim', 'id in the file of claims'),
      text('says', 'the claim in a few words'),
      integer('specification', 'number of the combination of choices; 1 is the program'),
      ...switched,
      number('published', "the report's number; empty for a conclusion"),
      integer('seeds', 'runs of this combination'),
      integer('rank', 'place among the values of the claim, from 1 for the smallest'),
      number(
        'value',
        'median over the seeds, empty if infinite because runs diverged; for a conclusion, the share of the seeds in which it is true',
      ),
      number('low', 'smallest value of a seed; 1 and 0 where a conclusion is true and false'),
      number('high', 'largest value of a seed; empty if a run diverged'),
      text(
        'verdict',
        `${specificationVerdicts.join(', ')}; typical: within the central ${percent(level)} of one more run, not corrected for other claims`,
      ),
    ],
    primaryKey: ['claim', 'specification'],
    rows: curves.flatMap(curveRows),
  };
}

function curveRows({ claim, choices: own, specifications }: Curve): Value[][] {
  const ranks = ranksOf(specifications.map(({ value }) => value));
  return specifications.map(({ changed, values, value, low, high, verdict }, index) => [
    claim.id,
    claim.says,
    index + 1,
    ...choices.map((choice) => (own.includes(choice) ? changed.includes(choice) : null)),
    claim.kind === 'number' ? claim.value : null,
    values.filter((one) => one !== null).length,
    ranks[index],
    finite(value),
    finite(low),
    finite(high),
    verdict,
  ]);
}

/** choices.csv: one row per claim and choice, with what else makes its values differ. */
export function choicesTable(curves: readonly Curve[]): Table {
  return {
    name: 'choices',
    description: 'how much of the variance of each claim each open choice makes, and by how much it moves it',
    columns: [
      text('claim', 'id in the file of claims'),
      text(
        'source',
        'the choice; seeds: draws of the seed; combinations: choices that act together; rest: effects that differ between seeds',
      ),
      integer('row', 'row of docs/differences.md; empty for what is not a choice'),
      text('program', "the program's value"),
      text('other', 'the other value'),
      number(
        'share',
        'sum of squares as a share of the total (eta squared); the shares of a claim add up to 1',
      ),
      number('effect', "mean with the other value minus mean with the program's, on the scale"),
      number('effect_low', "lower end of its interval: Student's t over the seeds; empty with one seed"),
      number('effect_high', 'upper end of its interval'),
      text('scale', 'what the variance is that of; ranks: runs diverge, so only their order is compared'),
      integer('stands_program', "specifications with the program's value under which the claim stands"),
      integer('stands_other', 'the same with the other value'),
      integer('specifications', 'specifications with each of the two values'),
      text(
        'resolution',
        'full: all combinations; IV: effects are not mixed with those of pairs of choices; III: they can be',
      ),
    ],
    primaryKey: ['claim', 'source'],
    rows: curves.flatMap(choiceRows),
  };
}

function choiceRows(curve: Curve): Value[][] {
  const { claim, choices: own, shares, scale, resolution, specifications } = curve;
  const half = specifications.length / 2;
  const of = own.map((choice, index): Value[] => {
    const found = shares?.factors[index];
    const stands = standsBy(curve, choice);
    const { name, program, other } = choice;
    const effect = [found?.effect, found?.interval?.low, found?.interval?.high].map((x) => finite(x ?? null));
    const [share] = [found?.share ?? null];
    return [
      ...[claim.id, name, rowOf(choice), String(program), String(other), share, ...effect, scale],
      ...[stands.program, stands.other, half, resolution],
    ];
  });
  const others = (['seeds', 'combinations', 'rest'] as const).map((source): Value[] => [
    ...[claim.id, source, null, null, null, shares?.[source] ?? null, null, null, null, scale],
    ...[null, null, null, resolution],
  ]);
  return [...of, ...others];
}

/** "batches permutation" as batches_permutation, "maxHiddenLayers 10" as max_hidden_layers_10. */
function columnOf({ name }: Choice): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replaceAll(/[ -]/g, '_');
}

/** Places from 1, smallest first; null has none. */
function ranksOf(values: readonly (number | null)[]): (number | null)[] {
  const order = values.map((_, index) => index).filter((index) => values[index] !== null);
  order.sort((a, b) => (values[a]! < values[b]! ? -1 : values[a]! > values[b]! ? 1 : a - b));
  return values.map((_, index) => (order.includes(index) ? order.indexOf(index) + 1 : null));
}

function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}

const column =
  (type: Column['type']) =>
  (name: string, description: string): Column => ({ name, type, description });
const text = column('string');
const number = column('number');
const integer = column('integer');
