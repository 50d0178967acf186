import { UserError } from '../errors.ts';
import type { Option } from '../parsing/option.ts';

/** From the lowest to the highest value of an input. */
export type Interval = readonly [low: number, high: number];

/** The option for where a function is sampled: "-1:1", one interval for each input "-1:1x0:2", or "auto". */
export const domainOption = {
  placeholder: 'low:high',
  description:
    'where a formula is sampled: -1:1 along every input, -1:1x0:2 along each; auto: where the function is usual, else 0:1',
  type: 'string',
  parse: parseDomain,
  split: splitDomains,
} as const satisfies Option;

const number = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?`;
/** Its ends are separated by a colon, or as in other notations. */
const interval = new RegExp(String.raw`^[[(]?\s*(${number})\s*(?::|,|\.\.|to)\s*(${number})\s*[\])]?$`);

/** "-1:1x0:2" for "[-1, 1] x [0, 2]", "-1..1 × 0..2" and the like. Errors: UserError that names the option. */
function parseDomain(text: string, name: string): string {
  const plain = text.trim().toLowerCase().replaceAll('−', '-');
  if (plain === 'auto') return plain;
  const parts = plain.split(/[x×*]/).map((part) => interval.exec(part.trim()));
  const refuse = (what: string, remedy: string) =>
    new UserError({
      what: `${name} ${what}`,
      expected: 'low:high for all inputs, or low:high x low:high for two',
      received: text,
      remedy,
    });
  if (parts.length > 2 || parts.some((part) => part === null))
    throw refuse('is not an interval', `write for example ${name} -1:1`);
  const intervals = parts.map((part) => [Number(part![1]) + 0, Number(part![2]) + 0] as const);
  for (const [low, high] of intervals) {
    if (!Number.isFinite(high - low)) throw refuse('is out of range', 'give an interval of finite length');
    if (low === high) throw refuse('has no length', 'give two different ends');
    if (low > high) throw refuse('runs backwards', `write ${name} ${high}:${low}`);
  }
  return intervals.map(([low, high]) => `${low}:${high}`).join('x');
}

/** The values of a list. Commas inside brackets do not separate values: [-1,1],[0,1] are two intervals. */
function splitDomains(list: string, name: string): string[] {
  const values = list
    .replace(/[[(]([^[\](),]*),([^[\](),]*)[\])]/g, '$1:$2')
    .split(',')
    .map((value) => value.trim());
  if (values.length === 2 && values.every((value) => new RegExp(`^${number}$`, 'i').test(value))) {
    throw new UserError({
      what: `${name} ${list.trim()} is two values and not an interval`,
      expected: 'low:high, with commas between several intervals',
      received: list,
      remedy: `write ${name} ${values.join(':')}`,
    });
  }
  return values;
}

/** The intervals of a setting, one for each of at least `inputs` inputs; null for auto. One interval is that of all inputs. */
export function intervalsOf(setting: string, inputs: number): Interval[] | null {
  if (setting === 'auto') return null;
  const intervals = setting.split('x').map((part) => part.split(':').map(Number) as unknown as Interval);
  return intervals.length >= inputs ? intervals : Array.from({ length: inputs }, () => intervals[0]);
}

/** "[-1, 1] × [0, 2]"; a common interval once. */
export function domainText(domain: readonly Interval[]): string {
  const texts = domain.map(([low, high]) => `[${low}, ${high}]`);
  return texts.join(' × ');
}
