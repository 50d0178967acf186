/**
 * JSON as numbers and a template that says where they go: the same JSON with 0 for a number or null, and [] for a list of nothing else,
 * of which the length is a number too. Among the numbers NaN is null.
 */

/** Deeper and longer templates are not made: no record of this program needs one. */
const deepest = 8;
const longest = 2 ** 16;

/** Makes the template of a value and adds its numbers; null if filling it in would not give what JSON has of the value. */
export function templateOf(value: unknown, numbers: number[]): string | null {
  const template = nestedTemplate(value, numbers, deepest);
  return template !== null && template.length <= longest ? template : null;
}

function nestedTemplate(value: unknown, numbers: number[], depth: number): string | null {
  if (isNumber(value)) {
    numbers.push(jsonNumber(value));
    return '0';
  }
  if (typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value);
  if (typeof value !== 'object' || depth === 0) return null;
  if (Array.isArray(value)) {
    if (addList(value, numbers)) return '[]';
    const parts = value.map((each) => nestedTemplate(each, numbers, depth - 1));
    return parts.includes(null) ? null : `[${parts.join(',')}]`;
  }
  let text = '';
  for (const name in value) {
    const each = (value as Fields)[name];
    if (each === undefined) continue;
    const part = name === '__proto__' ? null : nestedTemplate(each, numbers, depth - 1);
    if (part === null) return null;
    text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${part}`;
  }
  return `{${text}}`;
}

type Fields = Record<string, unknown>;

const isNumber = (value: unknown): value is number | null => typeof value === 'number' || value === null;

/** JSON has neither infinities nor -0. */
const jsonNumber = (value: number | null): number => (Number.isFinite(value) ? value! + 0 : Number.NaN);

/** Adds the length and the numbers of a list of nothing else. */
function addList(value: unknown, numbers: number[]): boolean {
  if (!Array.isArray(value) || !value.every(isNumber)) return false;
  numbers.push(value.length);
  for (const each of value) numbers.push(jsonNumber(each));
  return true;
}

/** Whether a value has a template. If it has, its numbers are added; this is quicker than `templateOf`. */
export type Fits = (value: unknown, numbers: number[]) => boolean;

export function fitsOf(template: unknown): Fits {
  if (template === 0) {
    return (value, numbers) => isNumber(value) && numbers.push(jsonNumber(value)) > 0;
  }
  if (typeof template !== 'object' || template === null) return (value) => value === template;
  if (Array.isArray(template)) {
    const parts = template.map(fitsOf);
    if (parts.length === 0) return addList;
    return (value, numbers) =>
      Array.isArray(value) &&
      value.length === parts.length &&
      // Otherwise it is a list.
      !value.every(isNumber) &&
      parts.every((fits, i) => fits(value[i], numbers));
  }
  const names = Object.keys(template);
  const parts = Object.values(template).map(fitsOf);
  return (value, numbers) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    let i = 0;
    for (const name in value) {
      const each = (value as Fields)[name];
      if (each === undefined) continue;
      if (name !== names[i] || !parts[i](each, numbers)) return false;
      i++;
    }
    return i === names.length;
  };
}

/** Where the next number is. */
export interface Cursor {
  readonly numbers: ArrayLike<number>;
  at: number;
}

const readNumber = (cursor: Cursor): number | null => {
  const value = cursor.numbers[cursor.at++];
  return Number.isNaN(value) ? null : value;
};

function fillOf(template: unknown): (cursor: Cursor) => unknown {
  if (template === 0) return readNumber;
  if (typeof template !== 'object' || template === null) return () => template;
  if (!Array.isArray(template)) {
    const fill = fillInto(template);
    return (cursor) => fill(cursor, {});
  }
  const parts = template.map(fillOf);
  if (parts.length > 0) return (cursor) => parts.map((fill) => fill(cursor));
  return (cursor) => {
    const values: unknown[] = [];
    for (let left = cursor.numbers[cursor.at++]; left > 0; left--) values.push(readNumber(cursor));
    return values;
  };
}

/** Returns the function that fills the template of an object in, and adds its fields to another object. */
export function fillInto(template: object): (cursor: Cursor, into: object) => object {
  const names = Object.keys(template);
  const parts = Object.values(template).map(fillOf);
  return (cursor, into) => {
    for (let i = 0; i < names.length; i++) (into as Fields)[names[i]] = parts[i](cursor);
    return into;
  };
}
