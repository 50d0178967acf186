import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { UserError } from '../errors.ts';
import { type FigureFormat, figureFormatNames } from '../figures/files.ts';
import { parseChoice, parseList } from '../parsing/value-list.ts';
import { tell } from './terminal.ts';

interface Flags {
  readonly out?: string;
  readonly format: string;
  readonly quiet?: boolean;
}

/** `fys-nn plot results/grid-search-ols`: draws again from the files of a run; nothing is trained. */
export function addPlotCommand(program: Command): void {
  program
    .command('plot')
    .description('Draw the figures of results folders again; nothing is trained')
    .argument('<folder...>', 'folders that runs wrote, or one that holds several')
    .option('--out <dir>', 'where the figures go (default: the folder itself)')
    .option(
      '--format <names>',
      `of the figures: ${figureFormatNames.join(', ')}`,
      figureFormatNames.join(','),
    )
    .option('--quiet', 'no notes')
    .action(async (folders: string[], flags: Flags) => {
      const formats = parseList(flags.format, '--format').map((name) =>
        parseChoice(name, figureFormatNames, '--format'),
      );
      const all = (await Promise.all(folders.map(runFolders))).flat();
      const places = placesOf(all, flags);
      // Everything is read and drawn before anything is written.
      const drawn = [];
      for (const [out, folder] of places) drawn.push({ out, figures: await figuresIn(folder, flags) });
      for (const { out, figures } of drawn) await write(out, figures, formats, flags);
    });
}

/** A folder of a run, or those in it: `results` as `fys-nn report` leaves it. */
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
  // Without any, readResults says what is wrong with the folder itself.
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
    if (flags.quiet !== true) tell(`note: ${folder}: ${why}`);
    return [];
  }
  return draw(results, { published: await publishedOf(results.experiment.name) });
}

/** Where the figures of each folder go, place to folder. Errors: one place for two folders. */
function placesOf(folders: readonly string[], { out }: Flags): Map<string, string> {
  const distinct = [...new Map(folders.map((folder) => [resolve(folder), folder])).values()];
  if (out === undefined) return new Map(distinct.map((folder) => [folder, folder]));
  if (distinct.length === 1) return new Map([[out, distinct[0]]]);
  const places = new Map<string, string>();
  for (const folder of distinct) {
    const place = join(out, basename(resolve(folder)));
    const other = places.get(place);
    if (other !== undefined) throw clash(folder, other, place);
    places.set(place, folder);
  }
  return places;
}

function clash(folder: string, other: string, place: string): UserError {
  return new UserError({
    what: `the figures of ${folder} would take the place of those of ${other}`,
    expected: 'folders whose last names differ, where --out takes the figures of several',
    received: place,
    remedy: 'draw them one at a time, each with an --out of its own, or leave out --out',
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
  for (const { name, caption } of figures) tell(`wrote ${join(out, name)}: ${caption}`);
}
