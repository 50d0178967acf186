#!/usr/bin/env node
// From src/rooms.json, the one table of who may import whom, to the lint rules in biome.json and the table in
// ARCHITECTURE.md: a room imports from those above it. `npm run rooms` writes both; `--check` fails where they differ.
import { readFileSync, writeFileSync } from 'node:fs';

const rooms = JSON.parse(readFileSync('src/rooms.json', 'utf8'));
const names = Object.keys(rooms);

/** An override of Biome's that forbids some imports to some files; tests may import anything. */
const forbid = (includes, group, message, more = {}) => ({
  includes: [...includes, '!**/*.test.ts'],
  linter: {
    rules: {
      style: {
        noRestrictedImports: { level: 'error', options: { ...more, patterns: [{ group, message }] } },
      },
    },
  },
});

const removals = {
  paths: {
    'node:fs/promises': {
      importNames: ['rename', 'rm', 'rmdir', 'unlink'],
      message: 'src/files/until-free.ts renames and removes files: on Windows it tries again.',
    },
  },
};

const ruleOf = (name, index) => {
  const below = names.slice(index + 1).map((room) => `**/${room}/**`);
  // The entry points of the program and of its users are no room's to import.
  const entries = ['cli', 'doctor'].includes(name) ? ['../index.ts'] : ['../index.ts', '**/experiments/**'];
  return forbid(
    [`src/${name}/**/*.ts`],
    [...below, ...entries],
    `src/${name} imports from the rooms above it (src/rooms.json).`,
    name === 'files' ? {} : removals,
  );
};

const generated = [
  forbid(['src/errors.ts'], ['./**', '../**'], 'src/errors.ts imports nothing.'),
  ...names.map(ruleOf),
  forbid(
    ['src/page/browser/**/*.ts'],
    [
      'node:*',
      ...names
        .filter((room) => !['math', 'kernels', 'nn', 'datasets'].includes(room))
        .map((room) => `**/${room}/**`),
    ],
    'src/page/browser runs in a browser: it imports from math, kernels, nn and datasets (src/rooms.json).',
  ),
  forbid(
    ['experiments/*.ts'],
    ['../src/**', '!../src/index.ts'],
    'experiments import from src/index.ts only.',
  ),
];

const biome = JSON.parse(readFileSync('biome.json', 'utf8'));
const own = biome.overrides.filter(({ linter }) => linter.rules.style?.noRestrictedImports === undefined);
const table = [
  '| room | holds |',
  '| --- | --- |',
  ...Object.entries(rooms).map(([room, holds]) => `| \`${room}\` | ${holds} |`),
].join('\n');
const marks = /(<!-- rooms -->)[\s\S]*?(<!-- end of rooms -->)/;

const files = {
  'biome.json': `${JSON.stringify({ ...biome, overrides: [...generated, ...own] }, null, 2)}\n`,
  'ARCHITECTURE.md': readFileSync('ARCHITECTURE.md', 'utf8').replace(
    marks,
    (_all, begin, end) => `${begin}\n${table}\n${end}`,
  ),
};
const isSame = (file, text) => {
  const before = readFileSync(file, 'utf8');
  return file.endsWith('.json')
    ? JSON.stringify(JSON.parse(before)) === JSON.stringify(JSON.parse(text))
    : before === text;
};
for (const [file, text] of Object.entries(files)) {
  if (isSame(file, text)) continue;
  if (process.argv.includes('--check')) {
    process.stderr.write(`${file} is not what src/rooms.json says: run npm run rooms\n`);
    process.exitCode = 1;
  } else writeFileSync(file, text);
}
