/** A literal of Python. Tuples and lists are arrays, a dictionary is a Map. */
export type PythonLiteral =
  | string
  | number
  | boolean
  | null
  | readonly PythonLiteral[]
  | ReadonlyMap<PythonLiteral, PythonLiteral>;

const deepest = 20;
const tokens =
  /\s*(?:([[\](){},:])|(-?\d+)L?|(True|False|None)\b|[ub]?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"))/suy;
const words: Readonly<Record<string, boolean | null>> = { True: true, False: false, None: null };

/**
 * Reads a literal of Python made of texts, integers, True, False, None, tuples, lists and dictionaries.
 * Errors: a SyntaxError for anything else, also for more than 20 levels.
 */
export function parsePythonLiteral(text: string): PythonLiteral {
  const read = tokensOf(text);
  const value = valueFrom(read, read(), 0);
  if (read() !== null) throw new SyntaxError('there is more than one value');
  return value;
}

type Token = { mark: string } | { value: string | number | boolean | null };

/** Returns a function that gives the next token, and null at the end. */
function tokensOf(text: string): () => Token | null {
  const pattern = new RegExp(tokens);
  return () => {
    const at = pattern.lastIndex;
    const found = pattern.exec(text);
    if (found === null) {
      if (text.slice(at).trim() !== '') throw new SyntaxError(`what is at place ${at + 1} is no literal`);
      pattern.lastIndex = text.length;
      return null;
    }
    const [, mark, digits, word, quoted] = found;
    if (mark !== undefined) return { mark };
    if (digits !== undefined) return { value: Number(digits) };
    return { value: word !== undefined ? words[word] : unescaped(quoted.slice(1, -1)) };
  };
}

function valueFrom(read: () => Token | null, token: Token | null, depth: number): PythonLiteral {
  if (token === null) throw new SyntaxError('it ends too early');
  if ('value' in token) return token.value;
  if (depth === deepest) throw new SyntaxError('it is nested too deeply');
  const next = () => valueFrom(read, read(), depth + 1);
  if (token.mark === '{') {
    const entries = listed(read, '}', (first) => {
      const key = valueFrom(read, first, depth + 1);
      requireMark(read(), ':');
      return [key, next()] as const;
    });
    return new Map(entries.items);
  }
  const close = { '(': ')', '[': ']' }[token.mark];
  if (close === undefined) throw new SyntaxError(`${token.mark} is out of place`);
  const { items, hasComma } = listed(read, close, (first) => valueFrom(read, first, depth + 1));
  return close === ')' && items.length === 1 && !hasComma ? items[0] : items;
}

/** Items that commas separate, up to the closing mark. */
function listed<Item>(read: () => Token | null, close: string, itemFrom: (token: Token | null) => Item) {
  const items: Item[] = [];
  let hasComma = false;
  for (let token = read(); ; token = read()) {
    if (isMark(token, close)) return { items, hasComma };
    items.push(itemFrom(token));
    const after = read();
    if (isMark(after, close)) return { items, hasComma };
    requireMark(after, ',');
    hasComma = true;
  }
}

function isMark(token: Token | null, mark: string): boolean {
  return token !== null && 'mark' in token && token.mark === mark;
}

function requireMark(token: Token | null, mark: string): void {
  if (!isMark(token, mark)) throw new SyntaxError(`"${mark}" is missing`);
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

function unescaped(text: string): string {
  return text.replace(
    /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|(.))/gis,
    (_, byte, short, long, one) => {
      const code = byte ?? short ?? long;
      if (code === undefined) return escapes[one] ?? one;
      const point = Number.parseInt(code, 16);
      if (point > 0x10ffff) throw new SyntaxError('a text has a character that does not exist');
      return String.fromCodePoint(point);
    },
  );
}
