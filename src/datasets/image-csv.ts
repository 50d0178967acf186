import { UserError } from '../errors.ts';
import { reasonOf } from '../files/errno.ts';
import { DamagedGzip, unpackedBytes } from '../files/unpacked.ts';
import { type Idx, idxOf } from './idx.ts';

/** The most pixels in all, one byte each, and the most pixels of one image. */
const mostPixels = 2 ** 30;
const mostColumns = 2 ** 20;
const [comma, lineFeed, carriageReturn, zero, nine] = [...',\n\r09'].map((text) => text.charCodeAt(0));

/**
 * Reads images from CSV as Kaggle has them: one line per image, the label first, then the pixels row by row, whole numbers
 * from 0 to 255; with a header line or without one; plain or gzip.
 *
 * Images are square if the number of pixels allows it, or as high and wide as the last column's name says: 28x28. null: the
 * file has no labels. Errors: UserError with the line and column of the first cell that is not as above. A reader of any CSV
 * takes ten times as long, half a minute for the 55 million cells of MNIST.
 */
export async function readImageCsv(path: string): Promise<{ images: Idx; labels: Idx } | null> {
  const scan = new Scan(path);
  try {
    for await (const piece of unpackedBytes(path, 2 ** 20)) scan.add(piece);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError({
      what: `${path} cannot be read: ${error instanceof DamagedGzip ? error.message : reasonOf(error)}`,
      expected: 'a CSV file, plain or gzip',
      remedy: 'check the path and its permissions, or download the file again',
    });
  }
  return scan.result();
}

/** Takes the pieces of a file and keeps the numbers of its cells. */
class Scan {
  readonly #path: string;
  /** The text of the first line until it ends; then null. */
  #header: Buffer[] | null = [];
  #columns = 0;
  #lastName = '';
  #hasLabels = true;
  #line = 1;
  #column = 0;
  #digits = 0;
  #value = 0;
  #labels: number[] = [];
  #pixels = new Uint8Array(2 ** 20);
  #count = 0;

  constructor(path: string) {
    this.#path = path;
  }

  add(piece: Buffer): void {
    let from = 0;
    if (this.#header !== null) {
      const end = piece.indexOf(lineFeed);
      this.#header.push(end === -1 ? piece : piece.subarray(0, end + 1));
      if (end === -1 && this.#header.reduce((sum, { length }) => sum + length, 0) < 16 * mostColumns) return;
      this.#startRows();
      from = end === -1 ? piece.length : end + 1;
    }
    this.#scan(piece, from);
  }

  result(): { images: Idx; labels: Idx } | null {
    if (this.#header !== null) this.#startRows();
    if (!this.#hasLabels) return null;
    if (this.#digits > 0 || this.#column > 0) this.#endLine();
    const rows = this.#labels.length;
    if (rows === 0) throw this.#wrong('has no images', 'a line for each image');
    const [height, width] = this.#shape();
    return {
      images: idxOf([rows, height, width], this.#pixels.subarray(0, this.#count)),
      labels: idxOf([rows], Uint8Array.from(this.#labels)),
    };
  }

  #shape(): [number, number] {
    const pixels = this.#columns - 1;
    const [, height, width] = /^(\d+)x(\d+)$/.exec(this.#lastName) ?? [];
    if (Number(height) * Number(width) === pixels) return [Number(height), Number(width)];
    const side = Math.sqrt(pixels);
    return Number.isInteger(side) ? [side, side] : [1, pixels];
  }

  /** Learns from the first line how many columns there are, and whether the first one is the label. */
  #startRows(): void {
    const first = Buffer.concat(this.#header!);
    this.#header = null;
    const text = first.toString('latin1').replace(/^\u00ef\u00bb\u00bf/, '');
    const names = text
      .trimEnd()
      .split(',')
      .map((name) => name.trim().replace(/^"(.*)"$/, '$1'));
    this.#columns = names.length;
    if (names.length < 2 || names.length > mostColumns)
      throw this.#wrong(
        `has ${names.length === 1 ? 'one column' : `${names.length} columns`}`,
        'a label and pixels, separated by commas',
      );
    if (names.every((name) => /^\d+$/.test(name))) {
      this.#hasLabels =
        Number.isInteger(Math.sqrt(names.length - 1)) || !Number.isInteger(Math.sqrt(names.length));
      this.#scan(Buffer.from(text, 'latin1'), 0);
      return;
    }
    this.#line = 2;
    this.#lastName = names[names.length - 1];
    this.#hasLabels = /^(label|class)$/i.test(names[0]);
    if (!this.#hasLabels && !/^(pixel|px?)?_?\d+(x\d+)?$/i.test(names[0]))
      throw this.#wrong(
        `has ${JSON.stringify(names[0].slice(0, 40))} as the name of its first column`,
        'label, then the pixels',
      );
  }

  #scan(piece: Buffer, from: number): void {
    if (!this.#hasLabels) return;
    for (let i = from; i < piece.length; i++) {
      const byte = piece[i];
      if (byte >= zero && byte <= nine) {
        this.#value = 10 * this.#value + byte - zero;
        this.#digits++;
      } else if (byte === comma) this.#endCell();
      else if (byte === lineFeed) this.#endLine();
      else if (byte !== carriageReturn)
        throw this.#wrongCell(
          `holds ${JSON.stringify(piece.toString('latin1', i, i + 20).split(/[,\n]/)[0])}`,
        );
    }
  }

  #endCell(): void {
    const what = this.#column === 0 ? 'the label' : 'a pixel';
    if (this.#digits === 0) throw this.#wrongCell('has an empty cell');
    if (this.#value > 255) throw this.#wrongCell(`has ${what} ${this.#value}`);
    if (this.#column === 0) this.#labels.push(this.#value);
    else {
      if (this.#count === this.#pixels.length) this.#grow();
      this.#pixels[this.#count++] = this.#value;
    }
    this.#column++;
    this.#digits = 0;
    this.#value = 0;
  }

  #endLine(): void {
    if (this.#digits > 0 || this.#column > 0) {
      this.#endCell();
      if (this.#column !== this.#columns) {
        throw this.#wrong(
          `has ${this.#column} cells in line ${this.#line}`,
          `${this.#columns}, as in its first line`,
        );
      }
    }
    this.#column = 0;
    this.#line++;
  }

  #grow(): void {
    if (this.#count >= mostPixels) throw this.#wrong('is too large', `at most ${mostPixels} pixels`);
    const larger = new Uint8Array(2 * this.#pixels.length);
    larger.set(this.#pixels);
    this.#pixels = larger;
  }

  #wrongCell(problem: string): UserError {
    return this.#wrong(
      `${problem} in line ${this.#line}, column ${this.#column + 1}`,
      'whole numbers from 0 to 255: a label, then pixels',
    );
  }

  #wrong(problem: string, expected: string): UserError {
    return new UserError({
      what: `${this.#path} ${problem}`,
      expected,
      remedy: 'see whether it holds images; any other table is read from its file, not from a folder',
    });
  }
}
