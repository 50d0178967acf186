import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readResults } from '../figures/folder.ts';
import { valueOrRefusal } from '../hostile.testing.ts';
import { readTables } from '../output/read-tables.ts';
import { readClaims } from '../report/claims.ts';
import { forEachLine } from './lines.ts';
import { readJsonFile, readRegular } from './regular-file.ts';
import { readStore } from './store.ts';
import { readTrace } from './trace-file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fys-nn-files-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('a file is read whole; a larger one, a folder and a device are not', async () => {
  const file = join(folder, 'a.json');
  await writeFile(file, '{"é":1}');
  expect(await readRegular(file)).toBe('{"é":1}');
  expect(await readJsonFile(file, 8)).toEqual({ é: 1 });
  await expect(readRegular(file, 7)).rejects.toThrow('it has 8 bytes, more than 7');
  await expect(readRegular(folder)).rejects.toThrow('it is a folder');
  await expect(readRegular('/dev/zero')).rejects.toThrow('it is no regular file');
  await expect(readRegular(join(folder, 'x'))).rejects.toThrow('ENOENT');
});

// Each of these would wait for ever.
test('a pipe is refused wherever a file is read', async () => {
  const pipes = ['datapackage.json', 'manifest.json', 'claims.json', 'journal-x.jsonl'];
  execFileSync(
    'mkfifo',
    pipes.map((name) => join(folder, name)),
  );
  const refused = [
    () => readTables(folder),
    () => readResults(folder, []),
    () => readClaims(join(folder, 'claims.json')),
    () => readTrace(join(folder, 'claims.json')),
  ];
  for (const read of refused) expect(await valueOrRefusal<unknown>(read)).toHaveProperty('refusal');
  expect((await readStore(folder)).records.size).toBe(0);
  await expect(forEachLine(join(folder, 'journal-x.jsonl'), 0, () => {})).rejects.toThrow('no regular file');
});
