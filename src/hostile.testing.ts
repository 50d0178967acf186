import fc from 'fast-check';
import { printableText, UserError } from './errors.ts';

// Shared by the property tests: the rule that they check, and inputs that often break parsers.

/** All property tests use this seed, so that the cases are the same on every machine. */
export const fixedSeed = 20201113;

/**
 * Checks the outcome that hostile input may have: a value, or a UserError with exit status 2 and a printable message.
 * Any other error is rethrown, and a change of Object.prototype is an error.
 */
export async function valueOrRefusal<T>(
  action: () => T | Promise<T>,
): Promise<{ value: T } | { refusal: UserError }> {
  const inherited = inheritedByAll();
  const outcome = await settled(action);
  if (inheritedByAll() !== inherited) throw new Error('what every object inherits was changed');
  return outcome;
}

async function settled<T>(action: () => T | Promise<T>): Promise<{ value: T } | { refusal: UserError }> {
  try {
    return { value: await action() };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (error.exitCode !== 2) throw new Error(`exit ${error.exitCode}: ${error.message}`);
    const badLine = error.message.split('\n').find((line) => !printableText.test(line));
    if (badLine !== undefined) throw new Error(`not printable: ${JSON.stringify(badLine)}`);
    return { refusal: error };
  }
}

function inheritedByAll(): string {
  return [Object.prototype, Array.prototype].map((one) => Object.getOwnPropertyNames(one).join()).join();
}

const words = [
  ...['__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'hasOwnProperty'],
  ...[
    '..',
    '...',
    '1..5',
    '1..1e9',
    '-1..1',
    '5..1',
    '1..',
    'linspace(',
    'geomspace(1,10,3)',
    'linspace(0,1,1e9)',
  ],
  ...['NaN', 'Infinity', '-Infinity', '-0', '0', '1e400', '1e-400', '5e-324', '1.7976931348623157e308'],
  ...['9007199254740991', '9007199254740992', '9007199254740993', '3.4028236e38', '1.401298464324817e-45'],
  ...['0x10', '0b1', '1_000', '1,5', '½', '٣', '1e', 'e5', '.', '+', '--', "'", '"', '`', '\\', '%s', '%00'],
  ...['(', ')', '((', '))', ',', ',,', ';', ':', '?', '=', '==', '!', '^', '*', '/', ' ', '\t', '\n', '\r'],
  ...[
    '\u0000',
    '\u001b[2J',
    '\u001b]0;x\u0007',
    '\u202e',
    '\u200f',
    '\u061c',
    '\u2028',
    '\u{e0041}',
    '\ud800',
    '\ufeff',
    'é',
    '😀',
  ],
  ...[
    '=cmd()',
    '@x',
    '-1+1',
    '../..',
    '/dev/zero',
    'all',
    'none',
    'relu',
    'eta0',
    'epoch',
    'x',
    'mod',
    'and',
    'not',
  ],
];

/** Texts made of words that parsers know and of words that they do not. */
export const hostileText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.array(fc.constantFrom(...words), { maxLength: 8 }).map((parts) => parts.join('')),
  fc
    .tuple(fc.constantFrom(...words), fc.integer({ min: 1, max: 3000 }))
    .map(([word, times]) => word.repeat(times)),
  fc.double().map(String),
);

/** Numbers at the limits of float64, float32 and the integers, and arbitrary ones. */
export const edgeNumber = fc.oneof(
  fc.constantFrom(0, -0, 1, -1, 0.1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  fc.constantFrom(
    5e-324,
    -5e-324,
    2.2250738585072014e-308,
    2.225073858507201e-308,
    Number.MAX_VALUE,
    -Number.MAX_VALUE,
  ),
  fc.constantFrom(2 ** 53 - 1, 2 ** 53, 2 ** 53 + 2, -(2 ** 53), 2 ** 31, 2 ** 32, 2 ** 24 + 1),
  fc.constantFrom(2 ** -149, 2 ** -150, 2 ** -126, 3.4028234663852886e38, 3.4028235677973366e38, 1e300),
  fc.double(),
  fc.integer(),
);

/** Arbitrary JSON. Its keys include names that every object inherits. */
export const hostileJson: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, true, false),
    edgeNumber,
    hostileText,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.oneof(fc.constantFrom(...words.slice(0, 6)), fc.string({ maxLength: 10 })),
      tie('value'),
      {
        maxKeys: 4,
        noNullPrototype: true,
      },
    ),
  ),
})).value;

/**
 * A copy of a valid value with one part changed at any depth, like the content of a nearly correct file.
 */
export function mutated(good: unknown): fc.Arbitrary<unknown> {
  return fc
    .tuple(
      fc.array(fc.nat(), { maxLength: 6 }),
      hostileJson,
      fc.constantFrom('replace', 'remove', 'add', 'repeat'),
    )
    .map(([path, part, how]) => mutate(structuredClone(good), path, part, how));
}

function mutate(value: unknown, [step, ...rest]: readonly number[], part: unknown, how: string): unknown {
  if (typeof value !== 'object' || value === null || step === undefined) return part;
  const keys = Object.keys(value);
  if (keys.length === 0) return part;
  const key = keys[step % keys.length];
  const object = value as Record<string, unknown>;
  if (rest.length > 0 && typeof object[key] === 'object' && object[key] !== null) {
    object[key] = mutate(object[key], rest, part, how);
  } else if (how === 'remove') delete object[key];
  else if (how === 'add') Object.defineProperty(object, '__proto__', { value: part, enumerable: true });
  else if (how === 'repeat' && Array.isArray(value)) value.push(object[key]);
  else object[key] = part;
  return value;
}
