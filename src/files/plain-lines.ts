/** What follows the lines that were split: the bytes after them, and the number of these lines. */
export interface Rest {
  readonly begun: Buffer;
  readonly lines: number;
}

const [lineFeed, carriageReturn, quote] = ['\n', '\r', '"'].map((sign) => sign.charCodeAt(0));
const byteOrderMark = Buffer.from('\ufeff');

/**
 * Yields the cells of the first lines of a CSV file, many lines at once, as long as these have no quotes and end in LF. Such lines are
 * only split, which is several times as fast as parsing them. Returns what it took from `bytes` and did not split.
 */
export async function* plainLines(
  bytes: AsyncGenerator<Buffer>,
  delimiter: string,
): AsyncGenerator<string[][], Rest> {
  let lines = 0;
  let begun: Buffer = Buffer.alloc(0);
  for (;;) {
    const { value, done } = await bytes.next();
    if (done === true) return { begun, lines };
    const all = begun.length === 0 ? value : Buffer.concat([begun, value]);
    begun = all;
    if (value.includes(quote) || value.includes(carriageReturn)) return { begun, lines };
    const end = all.lastIndexOf(lineFeed);
    if (end === -1) continue;
    const isMarked = lines === 0 && all.subarray(0, byteOrderMark.length).equals(byteOrderMark);
    const text = all.toString('utf8', isMarked ? byteOrderMark.length : 0, end);
    begun = all.subarray(end + 1);
    const split = text.split('\n').map((line) => line.split(delimiter));
    lines += split.length;
    yield split;
  }
}
