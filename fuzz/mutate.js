// Random changes to valid input.

export const pick = (rng, list) => list[rng.below(list.length)];

/** Words that often break parsers. */
const words = [
  ...[
    '',
    ' ',
    '-',
    '--',
    '0',
    '-0',
    '-1',
    '1',
    '2.5',
    '1e400',
    '-1e400',
    '5e-324',
    '9007199254740993',
    '1e15',
    'NaN',
    'Infinity',
  ],
  ...[
    '1..5',
    '5..1',
    '1..1e9',
    '1..100001',
    '..',
    'linspace(0,1,5)',
    'geomspace(0,1,5)',
    'linspace(0,1,1e9)',
    'linspace(',
    '1,,2',
    ',',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'all',
    'none',
    'franke',
    'relu',
    'relu+',
    'sigmoid+relu',
    '128-',
    '3-3-3',
    'decay',
    'sgd',
  ],
  ...[
    '9^9^9^9',
    'x^x^x',
    '((((',
    'eta0/(epoch)',
    '1/x',
    'x.constructor',
    'f(x)=x',
    '"a"',
    'x;y',
    'x+'.repeat(300),
    '('.repeat(5000),
  ],
  ...[
    '../..',
    '/dev/null/x',
    '/dev/zero',
    '/',
    '.',
    '\u001b[31m',
    '\u202e',
    '\r\n',
    '\u2028',
    '=1+1',
    '🦆',
    '%s%n',
    '$(id)',
    '٣',
  ],
];

export const word = (rng) => {
  const one = pick(rng, words);
  return rng.below(4) === 0 ? one + pick(rng, words) : one;
};

const numbers = [
  0,
  -0,
  1,
  -1,
  0.5,
  2,
  3,
  40,
  1e-320,
  5e-324,
  1e300,
  -1e300,
  1.7e308,
  2 ** 31,
  2 ** 53,
  2 ** 53 + 2,
  1e21,
];

function jsonValue(rng, depth = 0) {
  const kinds = [
    () => pick(rng, numbers),
    () => word(rng),
    () => pick(rng, [null, true, false, '', [], {}]),
    () => (depth > 2 ? 0 : Array.from({ length: rng.below(4) }, () => jsonValue(rng, depth + 1))),
    () => (depth > 2 ? 0 : { [word(rng)]: jsonValue(rng, depth + 1) }),
  ];
  return pick(rng, kinds)();
}

/** A copy of a JSON value with one part replaced, removed, repeated or added. */
export function changedJson(rng, good) {
  const copy = structuredClone(good);
  let parent = copy;
  let key = pick(rng, Object.keys(parent));
  while (typeof parent[key] === 'object' && parent[key] !== null && rng.below(6) !== 0) {
    const keys = Object.keys(parent[key]);
    if (keys.length === 0) break;
    parent = parent[key];
    key = pick(rng, keys);
  }
  const how = rng.below(8);
  if (how === 0) delete parent[key];
  else if (how === 1 && Array.isArray(parent)) parent.push(...parent);
  else if (how === 2) parent[word(rng)] = jsonValue(rng);
  else if (how === 3) Object.defineProperty(parent, '__proto__', { value: jsonValue(rng), enumerable: true });
  else if (how === 4 && typeof parent[key] === 'string') parent[key] += word(rng);
  else parent[key] = jsonValue(rng);
  return copy;
}

/** The JSON text of a changed value, occasionally damaged as text or nested very deeply. */
export function changedJsonText(rng, good) {
  const changed =
    rng.below(3) === 0 ? changedJson(rng, changedJson(rng, good) ?? good) : changedJson(rng, good);
  const text = JSON.stringify(changed);
  const how = rng.below(12);
  if (how === 0) return changedBytes(rng, Buffer.from(text));
  if (how === 1)
    return text.replace(/"[a-z]+":/, (key) => `${key}${'['.repeat(2e5)}${']'.repeat(2e5)},${key}`);
  return text;
}

/** A copy of bytes with some flipped, removed, repeated, set or added. */
export function changedBytes(rng, good) {
  let bytes = Buffer.from(good);
  for (let changes = 1 + rng.below(4); changes > 0 && bytes.length > 0; changes--) {
    const at = rng.below(bytes.length);
    const to = at + rng.below(Math.min(64, bytes.length - at) + 1);
    const how = rng.below(6);
    if (how === 0) bytes[at] ^= 1 << rng.below(8);
    else if (how === 1) bytes[at] = pick(rng, [0, 1, 0x7f, 0x80, 0xff, 0x0a, 0x22, 0x2c]);
    else if (how === 2) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(to)]);
    else if (how === 3) bytes = Buffer.concat([bytes.subarray(0, to), bytes.subarray(at)]);
    else if (how === 4) bytes = bytes.subarray(0, at);
    else bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from(word(rng)), bytes.subarray(at)]);
  }
  return bytes;
}
