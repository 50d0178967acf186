/** More in one piece would only take memory. */
const linesInPiece = 1000;

/** Lines as text in pieces, each line with its end: a long table is never in memory as a whole. */
export async function* linePieces(lines: Iterable<string>): AsyncGenerator<string> {
  let piece: string[] = [];
  for (const line of lines) {
    if (piece.push(`${line}\n`) < linesInPiece) continue;
    yield piece.join('');
    piece = [];
  }
  if (piece.length > 0) yield piece.join('');
}
