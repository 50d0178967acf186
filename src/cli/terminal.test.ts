import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { printableText } from '../errors.ts';
import { runProgram } from '../program.testing.ts';

let directory: string;

async function run(...args: string[]): Promise<{ status: number | null; lines: string[] }> {
  const { status, stdout, stderr } = await runProgram(args, { cwd: directory });
  return { status, lines: `${stdout}${stderr}`.trimEnd().split('\n') };
}

/** Sets the title of a terminal, clears it, colours it: nobody's folder is called so by accident. */
const evil = (name: string) => `${name}\u001b]0;x\u0007\u001b[2J\u009b31m\n`;
const shown = (name: string) => `${name}?]0;x??[2J?31m?`;
const tiny = ['--samples', '20', '--epochs', '1', '--hidden', '2', '--bootstrap', '2', '--jobs', '1'];
const ffnn = ['ffnn', ...tiny, '--no-figures'];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fys-nn-terminal-'));
  await run(...ffnn, '--store', evil('store'), '--out', 'out');
});
afterAll(() => rm(directory, { recursive: true }));

function expectPlain(lines: readonly string[]): void {
  for (const line of lines) expect(line).toMatch(printableText);
}

test('a store and a folder with control characters in their names are named without them', async () => {
  const { status, lines } = await run(...ffnn, '--store', evil('store'), '--out', evil('out'));
  expect(status).toBe(0);
  expect(lines).toContain(`wrote ${shown('out')}/: curves.csv, summary.csv, trials.csv`);
  expect(lines).toContain(`1 trial, 1 of them from the store ${shown('store')}`);
  expectPlain(lines);
});

test('so is a file that is called as a journal', async () => {
  await cp(join(directory, evil('store')), join(directory, 'damaged'), { recursive: true });
  await writeFile(join(directory, 'damaged', `journal-${evil('a')}.jsonl`), 'x\n'.repeat(2));
  const checked = await run('store', 'check', '--store', 'damaged');
  expect(checked.lines.join('\n')).toContain(`journal-${shown('a')}.jsonl was not written by fys-nn`);
  for (const { lines } of [checked, await run('store', 'stats', '--store', evil('store'))]) {
    expectPlain(lines);
  }
});

test('so are files that are written or opened, and columns that are new', async () => {
  await cp(join(directory, 'out'), join(directory, evil('copy')), { recursive: true });
  const column = 'v\u001b[31m\u009b2J';
  for (const name of ['datapackage.json', 'trials.csv']) {
    const file = join(directory, evil('copy'), name);
    const text = await readFile(file, 'utf8');
    const written = name === 'trials.csv' ? column : JSON.stringify(column).slice(1, -1);
    await writeFile(file, text.replaceAll('best_epoch', written));
  }
  await mkdir(join(directory, evil('page')));
  await writeFile(join(directory, evil('page'), 'report.html'), '');
  for (const args of [
    ['data', 'export', 'franke', '--samples', '10', '--out', evil('data')],
    ['activation-functions', '--out', evil('functions'), '--no-figures'],
    ['plot', evil('functions'), '--format', 'json'],
    ['check', evil('copy'), '--baseline', 'out'],
    ['open', evil('page')],
    ['table', 'ffnn', ...tiny.slice(0, -2), '--seed', '7', '--store', evil('store')],
  ]) {
    const { lines } = await run(...args);
    expect(lines.join('')).toContain('?');
    expectPlain(lines);
  }
});

test('all of cli writes through terminal.ts, and progress.ts to the stream that it is given', async () => {
  const folder = resolve('src/cli');
  const files = (await readdir(folder)).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  const found: string[] = [];
  for (const name of files) {
    const text = await readFile(join(folder, name), 'utf8');
    if (/\bstd(out|err)\s*\.\s*(write|end)\b|\bconsole\b/.test(text)) found.push(name);
  }
  expect(found).toEqual(['terminal.ts']);
});
