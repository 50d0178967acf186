/** The messages of zod, and the same in words that continue "expected:". */
const patterns: readonly (readonly [RegExp, (...groups: string[]) => string])[] = [
  [/^Invalid input: expected (.+), received .+$/, (type) => withArticle(type)],
  [/^Invalid input: expected (.+)$/, (type) => withArticle(type)],
  [
    /^Invalid option: expected one of (.+)$/,
    (list) => `one of ${list.replaceAll('"', '').split('|').join(', ')}`,
  ],
  [/^Unrecognized keys?: (.+)$/, (keys) => `only fields of the format, without ${keys.replaceAll('"', '')}`],
  [/^Too (?:small|big): expected (\w+) to be (.+)$/, (type, bound) => `${withArticle(type)} ${bound}`],
  [/^Too (?:small|big): expected (\w+) to have (.+)$/, (type, bound) => `${withArticle(type)} with ${bound}`],
  [/^Invalid string: must match pattern (.+)$/, (pattern) => `text that matches ${pattern}`],
];

/** What would be correct, from the message of a failed check of a file's content. */
export function plainIssue(message: string): string {
  for (const [pattern, words] of patterns) {
    const found = pattern.exec(message);
    if (found !== null) return words(...found.slice(1));
  }
  return message;
}

function withArticle(type: string): string {
  const name = { int: 'whole number', string: 'text', record: 'object', array: 'list' }[type] ?? type;
  if (name === 'text' || /^["\d]/.test(name)) return name;
  return `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`;
}
