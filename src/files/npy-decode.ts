import { UserError } from '../errors.ts';
import { type PythonLiteral, parsePythonLiteral } from './python-literal.ts';

/** A NumPy array, whose values are read when asked for. */
export interface NpyArray {
  readonly shape: readonly number[];
  /** The number of elements. */
  readonly length: number;
  /** What each element has: one unnamed field, or those of a structured array. */
  readonly fields: readonly NpyField[];
}

export interface NpyField {
  /** Null for an array that is not structured. */
  readonly name: string | null;
  readonly isText: boolean;
  /** NumPy's name of its type, such as "<f8". */
  readonly type: string;
  /**
   * The value of an element: its place in row-major order. Booleans are 0 and 1. Errors: UserError for an integer that a
   * double cannot hold, and for text with a character that does not exist.
   */
  readonly at: (index: number) => number | string;
}

const magic = '\x93NUMPY';
const longestHeader = 2 ** 20;

/** Whether a file begins as NumPy's files do. */
export function isNpy(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, magic.length)).toString('latin1') === magic;
}

/**
 * Decodes a NumPy file of version 1 to 3: numbers, booleans and text in any order of bytes and of elements, and structured
 * arrays of these. Pickled objects are never unpickled.
 *
 * `what` names the array in messages. Errors: UserError for anything else, and for more or fewer bytes than the header says.
 * Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function decodeNpy(bytes: Uint8Array, what: string): NpyArray {
  const refuse = refusing(what);
  const { header, start } = readHeader(bytes, refuse);
  const { descr, shape, fortran } = header;
  const { itemSize, fields } = typesOf(descr, refuse);
  const length = shape.reduce((product, size) => product * size, 1);
  const expected = length * itemSize;
  const body = bytes.subarray(start);
  if (body.length !== expected) {
    const sizes = `${body.length} bytes of values, not ${expected} (${shapeText(shape)} of ${itemSize})`;
    refuse(`${body.length < expected ? 'is cut off' : 'is damaged'}: it has ${sizes}`);
  }
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const placeOf = fortran && shape.length > 1 ? columnMajor(shape) : (index: number) => index;
  return {
    shape,
    length,
    fields: fields.map(({ name, type, offset }) => {
      const { isText, read } = readerOf(type, refuse);
      return {
        name,
        isText,
        type: type.text,
        at: (index) => {
          const value = read(view, placeOf(index) * itemSize + offset);
          if (typeof value === 'string' || Number.isSafeInteger(value) || !isWide(type)) return value;
          return refuse(
            `has an integer beyond 2^53 at place ${placeText(index, shape)} (counted from 0), which no double holds`,
            'write it as text if it names something (astype(str)), or as floats if it is a measure',
          );
        },
      };
    }),
  };
}

/**
 * What the first bytes of a NumPy file say of its array: the shape, and the types of its fields such as "<f8". Null if the header is
 * longer than they are. Errors: UserError as decodeNpy, but for the values.
 */
export function npyKind(
  start: Uint8Array,
  what: string,
): (Pick<NpyArray, 'shape'> & { types: string[] }) | null {
  const refuse = refusing(what);
  if (start.length < 12 || headerPlace(start, refuse).end > start.length) return null;
  const { descr, shape } = readHeader(start, refuse).header;
  return { shape, types: typesOf(descr, refuse).fields.map(({ type }) => type.text) };
}

function refusing(what: string): Refuse {
  return (problem, remedy) => {
    throw new UserError({
      what: `${what} ${problem}`,
      expected: 'an array of numbers or text that numpy.save or numpy.savez wrote',
      remedy: remedy ?? 'write or copy the file again',
    });
  };
}

/** "(70000, 784)" as NumPy writes a shape. */
export function shapeText(shape: readonly number[]): string {
  return `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`;
}

/** The indices of an element by its place in row-major order: "[3, 1]". */
export function placeText(index: number, shape: readonly number[]): string {
  const indices: number[] = [];
  let rest = index;
  for (const size of shape.toReversed()) {
    indices.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return `[${indices.join(', ')}]`;
}

type Refuse = (problem: string, remedy?: string) => never;

interface Header {
  readonly descr: PythonLiteral;
  readonly shape: readonly number[];
  readonly fortran: boolean;
}

interface HeaderPlace {
  readonly version: number;
  /** Bytes from the start of the file. */
  readonly from: number;
  readonly end: number;
}

function headerPlace(bytes: Uint8Array, refuse: Refuse): HeaderPlace {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!isNpy(buffer)) refuse('is no NumPy array: it does not begin with \\x93NUMPY');
  const [version] = buffer.subarray(6, 7);
  if (buffer.length < 12) refuse('is cut off in its header');
  if (version < 1 || version > 3) refuse(`is in version ${version} of the format, which is not known`);
  const from = version === 1 ? 10 : 12;
  const end = from + (version === 1 ? buffer.readUInt16LE(8) : buffer.readUInt32LE(8));
  if (end > longestHeader) refuse(`has a header of ${end} bytes, more than ${longestHeader}`);
  return { version, from, end };
}

function readHeader(bytes: Uint8Array, refuse: Refuse): { header: Header; start: number } {
  const { version, from, end } = headerPlace(bytes, refuse);
  if (end > bytes.length) refuse('is cut off in its header');
  const text = Buffer.from(bytes.subarray(from, end)).toString(version === 3 ? 'utf8' : 'latin1');
  return { header: headerOf(text, refuse), start: end };
}

function headerOf(text: string, refuse: Refuse): Header {
  let literal: PythonLiteral = null;
  try {
    literal = parsePythonLiteral(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    refuse(`has a damaged header: ${error.message}`);
  }
  const entries = literal instanceof Map ? (literal as ReadonlyMap<PythonLiteral, PythonLiteral>) : new Map();
  const descr = entries.get('descr');
  const fortran = entries.get('fortran_order');
  const shape = entries.get('shape');
  const isSize = (size: PythonLiteral) => typeof size === 'number' && Number.isSafeInteger(size) && size >= 0;
  const isShape = Array.isArray(shape) && shape.length <= 32 && shape.every(isSize);
  if (entries.size !== 3 || descr === undefined || typeof fortran !== 'boolean' || !isShape) {
    refuse('has a damaged header: it does not say descr, fortran_order and shape');
  }
  return { descr: descr!, fortran: fortran as boolean, shape: shape as number[] };
}

interface NpyType {
  readonly text: string;
  readonly kind: string;
  readonly size: number;
  readonly littleEndian: boolean;
}

interface PlacedType {
  readonly name: string | null;
  readonly type: NpyType;
  /** Bytes from the start of an element. */
  readonly offset: number;
}

function typesOf(descr: PythonLiteral, refuse: Refuse): { itemSize: number; fields: PlacedType[] } {
  if (typeof descr === 'string') {
    const type = typeOf(descr, refuse);
    return { itemSize: type.size, fields: [{ name: null, type, offset: 0 }] };
  }
  if (!Array.isArray(descr) || descr.length === 0)
    return refuse('has a damaged header: its descr is no type');
  const fields: PlacedType[] = [];
  let itemSize = 0;
  for (const field of descr) {
    const [title, text, shape] = Array.isArray(field) ? field : [];
    const name = Array.isArray(title) ? title[1] : title;
    if (typeof name !== 'string') return refuse('has a damaged header: a field has no name');
    if (typeof text !== 'string' || shape !== undefined) {
      return refuse(
        `has a nested field, ${JSON.stringify(name)}`,
        'write structured arrays whose fields are single values',
      );
    }
    const padding = /^\|V(\d{1,9})$/.exec(text);
    if (padding !== null && name === '') {
      itemSize += Number(padding[1]);
      continue;
    }
    const type = typeOf(text, refuse);
    fields.push({ name, type, offset: itemSize });
    itemSize += type.size;
  }
  if (fields.length === 0) refuse('has no fields');
  return { itemSize, fields };
}

const asNumbers = 'write it as numbers, for example with astype(float)';

/** Types that are not read, by their letter. */
const refused: Readonly<Record<string, string>> = {
  O: 'holds pickled Python objects, which are never unpickled: they could run any code',
  c: 'holds complex numbers',
  M: 'holds dates',
  m: 'holds spans of time',
  V: 'holds bytes without a type',
};

function typeOf(text: string, refuse: Refuse): NpyType {
  const [, order, kind, digits] = /^([<>|=]?)([a-zA-Z])(\d{0,9})(?:\[.*\])?$/.exec(text) ?? [];
  if (kind === undefined) return refuse(`has the type ${JSON.stringify(text)}, which is not known`);
  if (Object.hasOwn(refused, kind)) return refuse(refused[kind], asNumbers);
  const size = Number(digits) * (kind === 'U' ? 4 : 1);
  const sizes: Readonly<Record<string, readonly number[]>> = {
    b: [1],
    f: [2, 4, 8],
    i: [1, 2, 4, 8],
    u: [1, 2, 4, 8],
  };
  const isKnown = kind === 'U' || kind === 'S' ? size > 0 : sizes[kind]?.includes(size) === true;
  if (!isKnown) return refuse(`has the type ${JSON.stringify(text)}, which is not read`, asNumbers);
  return { text, kind, size, littleEndian: order !== '>' };
}

/** Whether a type has integers that a double cannot hold. */
function isWide({ kind, size }: NpyType): boolean {
  return (kind === 'i' || kind === 'u') && size === 8;
}

type Read<Value> = (view: DataView, at: number) => Value;

function readerOf(
  { kind, size, littleEndian: little }: NpyType,
  refuse: Refuse,
): { isText: boolean; read: Read<number | string> } {
  const high = little ? 4 : 0;
  const numbers: Readonly<Record<string, Read<number>>> = {
    b1: (view, at) => (view.getUint8(at) === 0 ? 0 : 1),
    f2: (view, at) => half(view.getUint16(at, little)),
    f4: (view, at) => view.getFloat32(at, little),
    f8: (view, at) => view.getFloat64(at, little),
    i1: (view, at) => view.getInt8(at),
    i2: (view, at) => view.getInt16(at, little),
    i4: (view, at) => view.getInt32(at, little),
    i8: (view, at) => view.getInt32(at + high, little) * 2 ** 32 + view.getUint32(at + 4 - high, little),
    u1: (view, at) => view.getUint8(at),
    u2: (view, at) => view.getUint16(at, little),
    u4: (view, at) => view.getUint32(at, little),
    u8: (view, at) => view.getUint32(at + high, little) * 2 ** 32 + view.getUint32(at + 4 - high, little),
  };
  const read = numbers[kind + size];
  if (read !== undefined) return { isText: false, read };
  return {
    isText: true,
    read:
      kind === 'S'
        ? (view, at) => bytesText(view, at, size)
        : (view, at) => text(view, at, size, little, refuse),
  };
}

/** Fixed-width text is filled up with zeros. */
function bytesText(view: DataView, at: number, size: number): string {
  return Buffer.from(view.buffer, view.byteOffset + at, size)
    .toString('utf8')
    .replace(/\0+$/, '');
}

function text(view: DataView, at: number, size: number, little: boolean, refuse: Refuse): string {
  let found = '';
  for (let i = 0; i < size; i += 4) {
    const point = view.getUint32(at + i, little);
    if (point > 0x10ffff) refuse('is damaged: its text has a character that does not exist');
    found += String.fromCodePoint(point);
  }
  return found.replace(/\0+$/, '');
}

/** A float of 16 bits, IEEE 754 binary16: 1 bit of sign, 5 of exponent, 10 of fraction. */
export function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

/** From places in row-major order to those in the order of Fortran, in which the first index varies fastest. */
function columnMajor(shape: readonly number[]): (index: number) => number {
  if (shape.length === 2) {
    const [rows, columns] = shape;
    return (index) => (index % columns) * rows + Math.floor(index / columns);
  }
  const strides = shape.map((_, d) => shape.slice(0, d).reduce((product, size) => product * size, 1));
  return (index) => {
    let place = 0;
    for (let d = shape.length - 1, rest = index; d >= 0; d--) {
      place += (rest % shape[d]) * strides[d];
      rest = Math.floor(rest / shape[d]);
    }
    return place;
  };
}
