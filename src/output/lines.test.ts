import { expect, test } from '@jest/globals';
import { linePieces } from './lines.ts';

async function piecesOf(lines: Iterable<string>): Promise<string[]> {
  const pieces: string[] = [];
  for await (const piece of linePieces(lines)) pieces.push(piece);
  return pieces;
}

test('each line has its end', async () => {
  expect(await piecesOf(['a', '', 'b'])).toEqual(['a\n\nb\n']);
  expect(await piecesOf([])).toEqual([]);
});

test.each([999, 1000, 1001, 2500])(
  '%d lines are in pieces of at most 1000, none lost or empty',
  async (count) => {
    const lines = Array.from({ length: count }, (_, i) => String(i));
    const pieces = await piecesOf(lines);
    expect(pieces.join('')).toBe(`${lines.join('\n')}\n`);
    expect(pieces).toHaveLength(Math.ceil(count / 1000));
  },
);

test('lines are made as they are asked for', async () => {
  let made = 0;
  const lines = function* () {
    for (;;) yield String(made++);
  };
  const pieces = linePieces(lines());
  await pieces.next();
  expect(made).toBe(1000);
});
