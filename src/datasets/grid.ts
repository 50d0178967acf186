import { UserError } from '../errors.ts';
import type { Option } from '../parsing/option.ts';
import type { Interval } from './domain.ts';

/** As many rows as `samples` may ask for. */
const mostPoints = 1e7;

/** The option for points on a regular grid: "none", or the number of points along each input, "20x20". */
export const gridOption = {
  placeholder: 'n|nxn|none',
  description:
    'points on a regular grid, ends included, in place of random ones: 100 along one input, 20x20 along two; none',
  type: 'string',
  parse: parseGrid,
} as const satisfies Option;

/** "20x20" for "20 x 20", "20×20" or "20*20". Errors: UserError that names the option. */
function parseGrid(text: string, name: string): string {
  const plain = text.trim().toLowerCase();
  if (plain === 'none') return plain;
  const counts = plain.split(/[x×*]/).map((count) => count.trim());
  const isGrid = counts.length <= 2 && counts.every((count) => /^\d{1,8}$/.test(count) && Number(count) >= 2);
  const points = counts.reduce((product, count) => product * Number(count), 1);
  if (isGrid && points >= 4 && points <= mostPoints) return counts.map(Number).join('x');
  throw new UserError({
    what: `${name} is ${isGrid ? 'out of range' : 'not a grid'}`,
    expected: `none, or at least 2 points along each input, 4 to ${mostPoints} in all: 100 for one input, 20x20 for two`,
    received: text,
    remedy: `write for example ${name} 20x20`,
  });
}

/** The points along each input; undefined for none. Errors: UserError if the data have another number of inputs. */
export function gridOf(setting: unknown, inputs: number): number[] | undefined {
  if ((setting ?? 'none') === 'none') return undefined;
  const counts = String(setting).split('x').map(Number);
  if (counts.length === inputs) return counts;
  throw new UserError({
    what: `{grid} ${setting} is a grid over ${counts.length === 1 ? 'one input' : 'two inputs'}, the function has ${inputs}`,
    expected: `the number of points along each input: ${inputs === 1 ? '400' : '20x20'}`,
    received: String(setting),
    remedy: `write {grid} ${inputs === 1 ? counts[0] * counts[1] : `${counts[0]}x${counts[0]}`}`,
  });
}

/** The number of points of a grid. */
export function pointsOf(grid: readonly number[]): number {
  return grid.reduce((product, count) => product * count, 1);
}

/**
 * The inputs [rows][D] of a grid: `counts[d]` values from the lowest to the highest of each input, start + i * step, as
 * `numpy.linspace` gives them. The first input varies fastest, as in `numpy.meshgrid`.
 */
export function gridInputs(domain: readonly Interval[], counts: readonly number[]): Float64Array {
  const axes = domain.map(([low, high], d) => linspace(low, high, counts[d]));
  const inputs = new Float64Array(pointsOf(counts) * domain.length);
  let to = 0;
  for (let n = 0; to < inputs.length; n++) {
    let rest = n;
    for (const axis of axes) {
      inputs[to++] = axis[rest % axis.length];
      rest = Math.floor(rest / axis.length);
    }
  }
  return inputs;
}

function linspace(start: number, stop: number, count: number): Float64Array {
  const step = (stop - start) / (count - 1);
  const values = Float64Array.from({ length: count }, (_, i) => i * step + start);
  values[count - 1] = stop;
  return values;
}
