import { z } from 'zod';
import { combinations, common, settings, source } from '../claim-parts.ts';
import { defineKind, Misfit } from './kind.ts';

const { curve: _, ...fields } = source;

const schema = z.strictObject({
  ...common,
  kind: z.literal('best cell'),
  for: combinations,
  ...fields,
  best: settings.describe('the settings of the cell that the report calls the best of those selected'),
  better: z
    .enum(['lower', 'higher'])
    .optional()
    .describe('which values of the statistic are better; only needed for a column that is no metric'),
});

/**
 * The best cell of a grid. In one seed it is the best if it is at least as good as the best of all others; whether it is
 * over the seeds is judged by `judgeBestCell`.
 */
export const bestCell = defineKind({
  schema,
  expand: (
    { id, where, says, variant, cause, for: lists, best, better: given, kind: _kind, ...grid },
    better,
  ) => {
    const side = given ?? better(grid.statistic);
    if (side === null) {
      throw new Misfit(['statistic'], 'better: lower or better: higher, for this statistic', grid.statistic);
    }
    if (Object.keys(best).length === 0) throw new Misfit(['best'], 'the settings of the best cell');
    const isWithin = ([name, value]: [string, unknown]) => {
      const selected = grid.select?.[name];
      const allowed = [value].flat().map(String);
      return selected !== undefined && [selected].flat().every((one) => allowed.includes(String(one)));
    };
    if (Object.entries(best).every(isWithin)) {
      throw new Misfit(
        ['select'],
        'other cells too: all that it selects are those called the best',
        JSON.stringify(grid.select),
      );
    }
    const [sign, take] = side === 'lower' ? (['<=', 'min'] as const) : (['>=', 'max'] as const);
    return [
      {
        ...{ id, where, says, variant, cause },
        kind: 'conclusion',
        for: lists,
        quantities: {
          cell: { ...grid, select: { ...grid.select, ...best } },
          others: { ...grid, except: best, take },
        },
        holds: `cell ${sign} others`,
        grid: { ...grid, take },
      },
    ];
  },
  example: `\
  # best cell: the cell of a grid that the report calls the best.
  - id: best-of-the-grid
    kind: best cell
    where: section 5
    says: least squares by SGD is best with batches of 10 and the learning rate 0.1
    experiment: grid-search ols
    with: *sgd
    statistic: test_mse
    best: { batchSize: 10, learningRate: 0.1 }
`,
});
