import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { exitCodes, exitMeanings } from '../errors.ts';
import { createProgram } from './program.ts';

const statuses = (Object.keys(exitCodes) as (keyof typeof exitCodes)[]).map(
  (name) => [exitCodes[name], exitMeanings[name]] as const,
);

test('--help names every exit status, those of signals too', () => {
  let help = '';
  const program = createProgram(() => {}).configureOutput({ writeOut: (text) => (help += text) });
  program.outputHelp();
  const lines = help.slice(help.indexOf('Exit status:')).trim().split('\n').slice(1);
  expect(lines.map((line) => line.trim().split(/ {2,}/))).toEqual(
    statuses.map(([code, meaning]) => [String(code), meaning]),
  );
  expect(statuses.map(([code]) => code)).toEqual([0, 1, 2, 3, 4, 129, 130, 143]);
});

test('so does every list of them in the documents', () => {
  const documents = ['README.md', ...readdirSync('docs').map((name) => `docs/${name}`)];
  const lists = documents
    .filter((name) => name.endsWith('.md'))
    .flatMap((name) => readFileSync(name, 'utf8').match(/Exit status: 0 done,[^.]*\./g) ?? []);
  const expected = `Exit status: ${statuses.map(([code, meaning]) => `${code} ${meaning}`).join(', ')}.`;
  expect(lists.length).toBeGreaterThan(0);
  for (const list of lists) expect(list.replace(/\s+/g, ' ')).toBe(expected);
});
