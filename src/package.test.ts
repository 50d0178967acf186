import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';

// What is installed with fys-nn, and what fys-nn installs. SECURITY.md promises what is tested here.

interface Locked {
  readonly version: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly peer?: boolean;
  readonly hasInstallScript?: boolean;
}

const lock: { packages: Record<string, Locked> } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const { allowScripts } = JSON.parse(readFileSync('package.json', 'utf8'));
/** Name and entry of every package that comes from a registry. */
const packages = Object.entries(lock.packages)
  .filter(([path, { link }]) => path !== '' && link !== true)
  .map(([path, entry]) => ({ name: path.slice(path.lastIndexOf('node_modules/') + 13), ...entry }));
const forUsers = packages.filter(({ dev, peer }) => dev !== true && peer !== true);

describe('the lock file', () => {
  test('no package that users install runs a script when it is installed; what developers install is forbidden to', () => {
    const scripted = packages.filter(({ hasInstallScript }) => hasInstallScript === true);
    expect(scripted.filter(({ dev }) => dev !== true)).toEqual([]);
    expect(Object.fromEntries(scripted.map(({ name }) => [name, false]))).toEqual(allowScripts);
  });

  test('every package has a checksum', () => {
    expect(packages.filter(({ integrity }) => integrity?.startsWith('sha512-') !== true)).toEqual([]);
  });

  test('every package comes from the public registry', () => {
    for (const { resolved } of packages) {
      if (resolved !== undefined) expect(resolved).toMatch(/^https:\/\/registry\.npmjs\.org\//);
    }
  });
});

describe('licences of what users install', () => {
  const allowed = [
    'MIT',
    'ISC',
    '0BSD',
    'BSD-2-Clause',
    'BSD-3-Clause',
    'Apache-2.0',
    'BlueOak-1.0.0',
    'Unlicense',
    // Like MIT: free for any use, with the notice kept.
    'Python-2.0',
    '(MIT AND Zlib)',
    'MIT AND BSD-3-Clause',
    // In the public domain.
    'CC0-1.0',
  ];
  /** The SVG renderer, unchanged and in files of its own, which is all that this licence asks for. */
  const mpl = /^@resvg\/resvg-js/;
  /** Those that name no licence in package.json, and what their licence files say. */
  const inFiles: Record<string, RegExp> = {
    'png-js': /Permission is hereby granted, free of charge/,
    jstat: /Permission is hereby granted, free of charge/,
    'dejavu-fonts-ttf': /Permission is hereby granted, free of charge.*\n?.*[Ff]ont/,
  };

  test.each(forUsers.map(({ name, license }) => [name, license ?? '']))('%s: %s', (name, license) => {
    const file = inFiles[name];
    if (file !== undefined) {
      expect(readFileSync(join('node_modules', name, 'LICENSE'), 'utf8')).toMatch(file);
    } else expect(mpl.test(name) ? ['MPL-2.0'] : allowed).toContain(license);
  });
});

/** What runs: the text of each file, tests left out. */
function sourcesOf(...folders: string[]): Map<string, string> {
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter(
        (name) =>
          /\.(ts|js)$/.test(name) && !/\.(test|testing)\.ts$/.test(name) && !name.includes('assembly'),
      )
      .map((name) => join(folder, name)),
  );
  return new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));
}

test('every dependency is imported, but for tslib, which idx-data needs without saying so', () => {
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
  const sources = [...sourcesOf('src', 'experiments', 'bin').values()].join('\n');
  const unused = Object.keys(dependencies).filter((name) => !new RegExp(`['"]${name}['"/]`).test(sources));
  expect(unused).toEqual(['tslib']);
  expect(readFileSync('node_modules/idx-data/dist/src/index.js', 'utf8')).toContain('require("tslib")');
  const idxData = JSON.parse(readFileSync('node_modules/idx-data/package.json', 'utf8'));
  expect(idxData.dependencies).not.toHaveProperty('tslib');
});

test('the package holds what runs and nothing else', async () => {
  // The npm that belongs to this Node, where there is one: on Windows npm is no program that can be started so.
  const beside = resolve(dirname(process.execPath), '../lib/node_modules/npm/bin/npm-cli.js');
  const [command, args] = existsSync(beside) ? [process.execPath, [beside]] : ['npm', []];
  const all = [...args, 'pack', '--dry-run', '--json', '--ignore-scripts', '--silent'];
  const { stdout } = await promisify(execFile)(command, all, { maxBuffer: 1e8 });
  const [{ files }]: [{ files: { path: string; size: number }[] }] = JSON.parse(stdout);
  const paths = files.map(({ path }) => path);
  const wanted = [
    /^(package\.json|README\.md|CHANGELOG\.md|SECURITY\.md|LICENSE|bin\/fys-nn\.js)$/,
    /^data\/(README\.md|alternatives\.yaml|(claims|causes)(\.schema)?\.json|(experiment|rubric|trace)\.schema\.json|expected-verdicts\.json|golden\.json)$/,
    /^data\/fixtures\/.+$/,
    /^examples\/(cpp|julia|python)\/fys_trace\.(hpp|jl|py)$/,
    /^data\/tables\/(README\.md|make\.py|.+\.csv(\.gz)?)$/,
    /^dist\/(src|experiments)\/.+\.(js|d\.ts|wasm|py)$/,
  ];
  expect(paths.filter((path) => !wanted.some((one) => one.test(path)))).toEqual([]);
  expect(paths.filter((path) => /\.(test|testing)\./.test(path))).toEqual([]);
  expect(paths).toEqual(
    expect.arrayContaining([
      ...[
        'bin/fys-nn.js',
        'data/claims.json',
        'data/causes.json',
        'data/golden.json',
        'LICENSE',
        'SECURITY.md',
      ],
      ...['dist/src/cli/main.js', 'dist/src/launchers/worker.js', 'dist/src/doctor/golden-thread.js'],
      ...[
        'dist/src/kernels/float32.wasm',
        'dist/src/kernels/float64.wasm',
        'examples/cpp/fys_trace.hpp',
        'examples/julia/fys_trace.jl',
        'examples/python/fys_trace.py',
        'dist/src/references/reference_process.py',
        'dist/src/references/sklearn_network.py',
        'dist/src/references/sklearn_reference.py',
        'dist/src/references/torch_reference.py',
      ],
    ]),
  );
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  expect(bytes).toBeLessThan(6 * 2 ** 20);
});

test('nothing opens a connection or makes code of text; two files start a program', () => {
  const sources = [...sourcesOf('src', 'experiments', 'bin')];
  const using = (pattern: RegExp) => sources.flatMap(([file, text]) => (pattern.test(text) ? [file] : []));
  expect(
    using(/node:(http|https|http2|net|tls|dgram|dns|vm|inspector)\b|\bfetch\(|WebSocket|XMLHttpRequest/),
  ).toEqual([]);
  expect(using(/\beval\(|new Function\(/)).toEqual([]);
  expect(using(/node:child_process/).sort()).toEqual([
    'src/launchers/slurm/commands.ts',
    'src/output/manifest.ts',
    'src/references/python.ts',
  ]);
});
