/**
 * JSON that a person can read: an entry of an object on each line, lists of numbers on one line, rows of numbers below each
 * other. Numbers have as many digits as they need to be read back unchanged.
 */
export function readableJson(value: unknown): string {
  return `${textOf(value, '')}\n`;
}

function textOf(value: unknown, indent: string): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const deeper = `${indent}  `;
  const isList = Array.isArray(value);
  if (isList && value.every((part) => typeof part !== 'object' || part === null))
    return `[${value.map((part) => JSON.stringify(part)).join(', ')}]`;
  const parts = isList
    ? value.map((part) => textOf(part, deeper))
    : Object.entries(value)
        .filter(([, part]) => part !== undefined)
        .map(([key, part]) => `${JSON.stringify(key)}: ${textOf(part, deeper)}`);
  const [open, close] = isList ? '[]' : '{}';
  if (parts.length === 0) return `${open}${close}`;
  const line = `${open}${isList ? '' : ' '}${parts.join(', ')}${isList ? '' : ' '}${close}`;
  if (line.length <= shortLine && !line.includes('\n')) return line;
  return `${open}\n${deeper}${parts.join(`,\n${deeper}`)}\n${indent}${close}`;
}

/** What fits into a line of this length stays on one. */
const shortLine = 80;
