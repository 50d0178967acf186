#!/usr/bin/env node
// src/rooms.json lists the rooms of src/ in order: each may import only from the rooms above it. This script writes that
// order into the lint rules of biome.json and the table in ARCHITECTURE.md. With --check it writes nothing and fails if
// either is out of date.
import { readFileSync, writeFileSync } from 'node:fs';

const rooms = JSON.parse(readFileSync('src/rooms.json', 'utf8'));
const names = Object.keys(rooms);

/** A Biome override that forbids imports matching `group` in the files of `includes`, tests excepted. */
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
      message: 'Use src/files/retry-while-busy.ts, which retries renames and removals on Windows.',
    },
  },
};

const roomRule = (name, index) => {
  const below = names.slice(index + 1).map((room) => `**/${room}/**`);
  // Entry points use the rooms; no room uses them.
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
  ...names.map(roomRule),
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
    ['../src/**', '!../src/experiment/index.ts'],
    'experiments import from src/experiment/index.ts only.',
  ),
];

const biome = JSON.parse(readFileSync('biome.json', 'utf8'));
const own = biome.overrides.filter(({ linter }) => linter?.rules?.style?.noRestrictedImports === undefined);
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
    process.stderr.write(`${file} does not match src/rooms.json: run npm run rooms\n`);
    process.exitCode = 1;
  } else writeFileSync(file, text);
}
