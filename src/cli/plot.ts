import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { UserError } from '../errors.ts';
import { type FigureFormat, figureFormatNames } from '../figures/files.ts';
import { parseChoice, parseList } from '../parsing/value-list.ts';
import { addExamples } from './examples.ts';
import { writeStderr } from './terminal.ts';

interface Flags {
  readonly out?: string;
  readonly format: string;
  readonly quiet?: boolean;
}

/** `fys-nn plot results/grid-search-ols`: redraws figures from the files of a run, without training. */
export function addPlotCommand(program: Command): void {
  const command = program
    .command('plot')
    .description('Redraw the figures of results folders, without training')
    .argument('<folder...>', 'folders that runs wrote, or a folder that contains several of them')
    .option('--out <dir>', 'where to write the figures (default: the folder itself)')
    .option(
      '--format <names>',
      `formats of the figures: ${figureFormatNames.join(', ')}`,
      figureFormatNames.join(','),
    )
    .option('--quiet', 'print no notes')
    .action(async (folders: string[], flags: Flags) => {
      const formats = parseList(flags.format, '--format').map((name) =>
        parseChoice(name, figureFormatNames, '--format'),
      );
      const all = (await Promise.all(folders.map(runFolders))).flat();
      const destinations = destinationsOf(all, flags);
      // Everything is read and drawn before anything is written.
      const drawn = [];
      for (const [out, folder] of destinations) drawn.push({ out, figures: await figuresIn(folder, flags) });
      for (const { out, figures } of drawn) await write(out, figures, formats, flags);
    });
  addExamples(command, [
    ['plot results', 'the figures of every folder in it'],
    ['plot results/ffnn --format svg --out figures', 'those of one folder, elsewhere'],
  ]);
}

/** The folder itself if a run wrote it; otherwise its subfolders that runs wrote, as in `results` after a report. */
async function runFolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  if (entries.some(({ name }) => name === 'manifest.json' || name === 'functions.csv')) return [folder];
  const inside = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
  const kept: string[] = [];
  for (const path of inside) {
    const found = await stat(join(path, 'manifest.json')).catch(() =>
      stat(join(path, 'functions.csv')).catch(() => null),
    );
    if (found !== null) kept.push(path);
  }
  // If there are none, readResults reports what is wrong with the folder itself.
  return kept.length > 0 ? kept : [folder];
}

async function figuresIn(folder: string, flags: Flags) {
  const { draw } = await import('../figures/index.ts');
  const { whyNotDrawn } = await import('../figures/limits.ts');
  const { readResults } = await import('../figures/folder.ts');
  const { experiments } = await import('../../experiments/index.ts');
  const { publishedOf } = await import('../claims/published.ts');
  const { isFunctionsFolder, readFunctionsFigure } = await import('./activation-functions.ts');
  if (await isFunctionsFolder(folder)) return [await readFunctionsFigure(folder)];
  const results = await readResults(folder, experiments);
  const why = whyNotDrawn(results.experiment, results.trials);
  if (why !== null) {
    if (flags.quiet !== true) writeStderr(`note: ${folder}: ${why}`);
    return [];
  }
  return draw(results, { published: await publishedOf(results.experiment.name) });
}

/** Which folder's figures are written where, by destination. Errors: two folders with the same destination. */
function destinationsOf(folders: readonly string[], { out }: Flags): Map<string, string> {
  const distinct = [...new Map(folders.map((folder) => [resolve(folder), folder])).values()];
  if (out === undefined) return new Map(distinct.map((folder) => [folder, folder]));
  if (distinct.length === 1) return new Map([[out, distinct[0]]]);
  const destinations = new Map<string, string>();
  for (const folder of distinct) {
    const destination = join(out, basename(resolve(folder)));
    const other = destinations.get(destination);
    if (other !== undefined) throw clash(folder, other, destination);
    destinations.set(destination, folder);
  }
  return destinations;
}

function clash(folder: string, other: string, destination: string): UserError {
  return new UserError({
    what: `the figures of ${folder} would overwrite those of ${other}`,
    expected: 'folders with different names, if --out takes the figures of several',
    received: destination,
    remedy: 'draw them one at a time, each with its own --out, or leave out --out',
  });
}

async function write(
  out: string,
  figures: Awaited<ReturnType<typeof figuresIn>>,
  formats: readonly FigureFormat[],
  { quiet }: Flags,
): Promise<void> {
  const { checkOutputDirectory } = await import('../files/write-files.ts');
  const { writeFigures } = await import('./figures.ts');
  await checkOutputDirectory(out, '--out');
  await writeFigures(out, figures, formats);
  if (quiet === true) return;
  for (const { name, caption } of figures) writeStderr(`wrote ${join(out, name)}: ${caption}`);
}
