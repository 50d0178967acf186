import { appendFileSync, statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { forEachLine, linesAt } from './lines.ts';

test('lines of any length are found, from any byte on, and no torn one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fys-nn-lines-'));
  const file = join(folder, 'lines');
  const lines = ['first', '', 'x'.repeat(9 * 2 ** 20), 'øre', 'y'.repeat(5 * 2 ** 20), 'last'];
  await writeFile(file, `${lines.join('\n')}\ntorn`);
  const found: [number, number, string][] = [];
  const end = await forEachLine(file, 0, (line, offset) => {
    found.push([offset, line.length, line.toString('utf8', 0, 5)]);
  });
  let offset = 0;
  const expected = lines.map((line) => {
    const bytes = Buffer.byteLength(line);
    offset += bytes + 1;
    return [offset - bytes - 1, bytes, line.slice(0, 5)];
  });
  expect(found).toEqual(expected);
  expect(end).toBe(offset);
  const rest: number[] = [];
  await forEachLine(file, found[3][0], (_line, at) => rest.push(at));
  expect(rest).toEqual(found.slice(3).map(([at]) => at));
  const pieces: Buffer[] = [];
  const wanted = new Set([found[0][0], found[3][0], found[4][0]]);
  for await (const piece of linesAt(file, (at) => wanted.has(at))) pieces.push(piece);
  expect(Buffer.concat(pieces).toString()).toBe(`first\nøre\n${lines[4]}\n`);
  await rm(folder, { recursive: true });
});

test('a file that grows while it is read is read to its end', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fys-nn-lines-'));
  const file = join(folder, 'lines');
  await writeFile(file, 'line 0\n');
  let lines = 1;
  const end = await forEachLine(file, 0, () => {
    if (lines < 3000) appendFileSync(file, `line ${lines++}\n`);
  });
  expect(lines).toBe(3000);
  expect(end).toBe(statSync(file).size);
  await rm(folder, { recursive: true });
});
