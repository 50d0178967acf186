/** Larger pieces would only take more memory. */
const linesInPiece = 1000;

/** Joins lines into pieces of text, each line with a newline, so that a long table is never in memory as a whole. */
export async function* linePieces(lines: Iterable<string>): AsyncGenerator<string> {
  let piece: string[] = [];
  for (const line of lines) {
    if (piece.push(`${line}\n`) < linesInPiece) continue;
    yield piece.join('');
    piece = [];
  }
  if (piece.length > 0) yield piece.join('');
}
