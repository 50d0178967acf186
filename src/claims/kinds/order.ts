import { z } from 'zod';
import { type Claim, combinations, common, quantity, setting, shownText } from '../claim-parts.ts';
import { type Better, defineKind, Misfit } from './kind.ts';
import { slug, words } from './naming.ts';

const { statistic, ...rest } = quantity;

const schema = z.strictObject({
  ...common,
  kind: z.literal('order'),
  for: combinations,
  ...rest,
  statistic: statistic.optional(),
  bestFirst: z
    .record(z.string().min(1).max(100), z.array(setting).min(2).max(20))
    .refine((axes) => Object.keys(axes).length === 1, 'one option with the list of its values')
    .optional()
    .describe('an option with its values, from the best to the worst by the statistic'),
  better: z
    .enum(['lower', 'higher'])
    .optional()
    .describe('which values of the statistic are better; only needed for a column that is no metric'),
  quantities: z
    .record(
      z
        .string()
        .regex(/^[a-zA-Z]\w{0,30}$/, 'a name of at most 31 letters, digits and _, beginning with a letter'),
      z.strictObject(quantity),
    )
    .optional()
    .describe('instead of bestFirst: the quantities in `order`'),
  order: shownText
    .optional()
    .describe('the names of the quantities in ascending order: "ridge < ols < network"'),
});

type Order = z.infer<typeof schema>;

/**
 * Quantities in an order. The whole order is one conclusion, and if it has more than two places, so is each step: the
 * verdict on the whole says little if it fails, because one pair of neighbours that are nearly equal is enough.
 */
export const order = defineKind({
  schema,
  expand: (claim, better) => {
    const { id, where, says, variant, cause, for: lists } = claim;
    const { quantities, names, sign } =
      claim.bestFirst === undefined ? writtenOut(claim) : listed(claim, better);
    const shared = { where, variant, cause, for: lists, kind: 'conclusion' as const };
    const step = (k: number) => `${names[k].key} ${sign} ${names[k + 1].key}`;
    const steps = names.slice(1).map((_, k) => step(k));
    const whole: Claim = { ...shared, id, says, quantities, holds: steps.join(' and ') };
    if (steps.length === 1) return [whole];
    const single = steps.map((holds, k): Claim => {
      const [first, second] = [names[k], names[k + 1]];
      const stepId = `${id}-${first.slug}-${second.slug}`;
      const stepSays = `${says}: ${first.title} before ${second.title}`;
      const both = { [first.key]: quantities[first.key], [second.key]: quantities[second.key] };
      return { ...shared, id: stepId, says: stepSays, quantities: both, holds };
    });
    return [whole, ...single];
  },
  example: `\
  # order: the values of an option from the best to the worst. Each step becomes a claim of its own.
  - id: rates-in-order
    kind: order
    where: Figure 2
    says: the higher the learning rate, the better
    experiment: grid-search ols
    with: *sgd
    select: { batchSize: 10 }
    statistic: test_mse
    bestFirst: { learningRate: [0.1, 0.01, 0.001] }

  # The same for any quantities, in ascending order.
  - id: sgd-beats-network
    kind: order
    where: conclusion
    says: least squares by SGD predicts better than the network
    quantities:
      network: { experiment: ffnn, with: *network, statistic: test_mse }
      sgd: { experiment: grid-search ols, with: *sgd, take: min, statistic: test_mse }
    order: sgd < network
`,
});

interface Ordered {
  readonly quantities: Extract<Claim, { kind: 'conclusion' }>['quantities'];
  readonly names: readonly { readonly key: string; readonly title: string; readonly slug: string }[];
  readonly sign: '<' | '>';
}

/** An order of the values of one option. */
function listed(claim: Order, better: Better): Ordered {
  const { bestFirst, better: given, quantities, order, statistic, select } = claim;
  if (quantities !== undefined || order !== undefined) {
    throw new Misfit([], 'either bestFirst, or quantities with order', 'both');
  }
  if (statistic === undefined) throw new Misfit([], 'a statistic, such as test_mse');
  const side = given ?? better(statistic);
  if (side === null)
    throw new Misfit(['statistic'], 'better: lower or better: higher, for this statistic', statistic);
  const [option, values] = Object.entries(bestFirst!)[0];
  const { experiment, with: given_, except, curve, take, by } = claim;
  const shared = { experiment, with: given_, except, curve, take, by, statistic };
  const names = values.map((value, k) => ({
    key: `q${k + 1}`,
    title: `${words(option)} ${value}`,
    slug: slug(value),
  }));
  return {
    quantities: Object.fromEntries(
      names.map(({ key }, k) => [key, { ...shared, select: { ...select, [option]: values[k] } }]),
    ),
    names,
    sign: side === 'lower' ? '<' : '>',
  };
}

/** An order of named quantities. */
function writtenOut(claim: Order): Ordered {
  const { quantities, order, ...rest } = claim;
  if (quantities === undefined || order === undefined) {
    throw new Misfit([], 'either bestFirst, or quantities with order');
  }
  const stray = (
    ['experiment', 'with', 'select', 'statistic', 'take', 'by', 'curve', 'except', 'better'] as const
  ).find((key) => rest[key] !== undefined && rest[key] !== '');
  if (stray !== undefined) throw new Misfit([stray], `${stray} in each of the quantities`, rest[stray]);
  const names = order.split('<').map((name) => name.trim());
  const unknown = names.find((name) => !Object.hasOwn(quantities, name));
  if (unknown !== undefined || names.length < 2 || new Set(names).size < names.length) {
    throw new Misfit(
      ['order'],
      `names of quantities with < between them: ${Object.keys(quantities).join(' < ')}`,
      order,
    );
  }
  return { quantities, names: names.map((key) => ({ key, title: key, slug: slug(key) })), sign: '<' };
}
