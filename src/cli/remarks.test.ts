import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runProgram } from '../program.testing.ts';
import { callProgram } from './called.testing.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-remarks-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const small = [
  'ffnn',
  '--epochs',
  '2',
  '--samples',
  '40',
  '--hidden',
  '3',
  '--bootstrap',
  '2',
  '--jobs',
  '1',
  '--page',
];

test('a note and tags are in the manifest, on the page and in open, and change nothing else', async () => {
  const cwd = directory;
  const said = ['--note', 'first <try> & "more"', '--tag', 'baseline', '--tag', 'week-48'];
  const plain = await callProgram([...small, '--out', 'plain'], cwd);
  const noted = await callProgram([...small, ...said, '--out', 'noted', '--store', 'other'], cwd);
  expect([plain.status, noted.status]).toEqual([0, 0]);
  const names = await readdir(join(directory, 'plain'));
  expect(await readdir(join(directory, 'noted'))).toEqual(names);
  const read = (folder: string, name: string) => readFile(join(directory, folder, name), 'utf8');
  for (const name of names) {
    if (name === 'manifest.json' || name === 'report.html') continue;
    expect({ name, text: await read('noted', name) }).toEqual({ name, text: await read('plain', name) });
  }
  const manifest = JSON.parse(await read('noted', 'manifest.json'));
  expect(manifest).toMatchObject({ note: 'first <try> & "more"', tags: ['baseline', 'week-48'] });
  expect(JSON.parse(await read('plain', 'manifest.json'))).not.toHaveProperty('note');
  expect(manifest.trials).toEqual(JSON.parse(await read('plain', 'manifest.json')).trials);
  const page = await read('noted', 'report.html');
  expect(page).toContain('<dt>note</dt><dd>first &lt;try&gt; &amp; &quot;more&quot;</dd>');
  expect(page).toContain('<dt>tags</dt><dd>baseline, week-48</dd>');
  expect(await read('plain', 'report.html')).not.toContain('<dt>note</dt>');
  const opened = await runProgram(['open', 'noted'], { cwd, env: { CI: 'true' } });
  expect(opened.stderr).toContain('note: first <try> & "more" [baseline, week-48]\n');
});

test.each([
  ['--note', 'two\nlines', '--note cannot be kept'],
  ['--tag', 'a,b', '--tag is not a tag'],
])('%s %j is refused before anything runs', async (flag, text, problem) => {
  const { status, stderr } = await callProgram([...small, flag, text, '--store', 'none'], directory);
  expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining(problem) });
  expect(await readdir(directory)).not.toContain('none');
});
