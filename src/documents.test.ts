import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('..', import.meta.url));
const filesIn = (folder: string, recursive: boolean) =>
  readdirSync(join(root, folder), { recursive, encoding: 'utf8' }).map((name) => join(folder, name));
const documents = [
  ...filesIn('.', false),
  ...['docs', 'data', 'examples'].flatMap((folder) => filesIn(folder, true)),
].filter((path) => path.endsWith('.md'));
const textOf = (path: string) => readFileSync(join(root, path), 'utf8');
/** The files that a document links to, as paths from the root. */
const linkedFrom = (path: string) =>
  Array.from(textOf(path).matchAll(/\]\((?!\w+:)([^)#\s]+)[^)]*\)/g), ([, target]) =>
    relative(root, join(root, dirname(path), target)),
  );

test('every document in docs/ is linked from another one', () => {
  const linked = new Set(documents.flatMap((path) => linkedFrom(path).filter((target) => target !== path)));
  expect(documents.filter((path) => path.startsWith('docs/') && !linked.has(path))).toEqual([]);
});

test('every test that SECURITY.md names exists', () => {
  const names = Array.from(textOf('SECURITY.md').matchAll(/`([\w/.-]+\.test\.ts)`/g), ([, name]) => name);
  const tests = filesIn('src', true);
  expect(names.length).toBeGreaterThan(10);
  expect(names.filter((name) => !tests.some((path) => path.endsWith(`/${name}`)))).toEqual([]);
});

test('every source file that ARCHITECTURE.md names exists', () => {
  const names = Array.from(textOf('ARCHITECTURE.md').matchAll(/`([a-z][\w/-]+\.tsx?)`/g), ([, name]) => name);
  expect(names.length).toBeGreaterThan(50);
  const places = (name: string) => [name, join('src', name)].map((path) => join(root, path));
  expect(names.filter((name) => !places(name).some(existsSync) && name.includes('/'))).toEqual([]);
});
