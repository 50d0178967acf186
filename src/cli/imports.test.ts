import { readFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { packageFolder } from '../files/package-folder.ts';

/** What every command loads before it does anything, --help too: the modules of the program, and packages. */
async function loadedAtStart(): Promise<{ modules: string[]; packages: string[] }> {
  const folder = resolve(packageFolder, 'dist/src');
  const modules = new Set([resolve(folder, 'cli/main.js')]);
  const packages = new Set<string>();
  for (const module of modules) {
    const code = await readFile(module, 'utf8');
    for (const [, from] of code.matchAll(/^(?:import|export)\s(?:[^'";]*?\sfrom\s*)?['"]([^'"]+)['"]/gm)) {
      if (from.startsWith('.')) modules.add(resolve(dirname(module), from));
      else if (!from.startsWith('node:')) packages.add(from);
    }
  }
  return { modules: [...modules].map((module) => relative(folder, module)), packages: [...packages] };
}

test('what only some commands need is loaded by these alone', async () => {
  const { modules, packages } = await loadedAtStart();
  expect(modules.length).toBeGreaterThan(100);
  expect(packages.sort()).toEqual(['commander', 'fastest-levenshtein']);
  expect(modules).toEqual(
    expect.arrayContaining(['cli/train.js', 'datasets/terrain.js', 'datasets/table.js']),
  );
  const readers =
    /^(model|store|launchers|page|claims|figures\/folder)\b|^datasets\/(read-|resolve-|find-|geotiff|tiff-|idx|image-content|image-csv|table-(columns|dataset|formats))|^files\/(npy|zip|unpacked)|^experiment\/(plan|definition|file)\b|^output\/(manifest|run-folder)\b/;
  expect(modules.filter((module) => readers.test(module))).toEqual([]);
});
