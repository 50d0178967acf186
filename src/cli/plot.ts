import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { UserError } from '../errors.ts';
import { type FigureFormat, figureFormatNames, usualFormats } from '../figures/files.ts';
import type { Figure } from '../figures/index.ts';
import { logChoices } from '../figures/look.ts';
import { readManifest } from '../output/earlier-run.ts';
import { integer } from '../parsing/option.ts';
import { parseChoice, parseList } from '../parsing/value-list.ts';
import { addExamples } from './examples.ts';
import { writeStderr } from './terminal.ts';

interface Flags {
  readonly out?: string;
  readonly format: string;
  readonly quiet?: boolean;
  readonly axes?: string;
  readonly metric?: string;
  readonly width?: string;
  readonly height?: string;
  readonly title: boolean;
  readonly log?: string;
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
      usualFormats.join(','),
    )
    .option(
      '--axes <settings>',
      'settings that vary, as the axes: one for lines (learning-rate), two for rows and columns of heat maps ' +
        '(lambda,hidden); whatever else varies becomes lines or panels',
    )
    .option(
      '--metric <names>',
      'columns of trials.csv to show with --axes or in heat maps (default: those of the report)',
    )
    .option(
      '--log <axes>',
      'logarithmic axes: none, x, y (also the colours of heat maps), both (default: by the values)',
    )
    .option('--width <pixels>', 'width of the figures; print has two pixels a point (default: about 480)')
    .option('--height <pixels>', 'height of the figures (default: as their content needs)')
    .option('--no-title', 'leave out the title; notes that explain what is drawn stay')
    .option('--quiet', 'print no notes')
    .action(async (folders: string[], flags: Flags) => {
      const formats = parseList(flags.format, '--format').map((name) =>
        parseChoice(name, figureFormatNames, '--format'),
      );
      const look = lookOf(flags);
      const all = (await Promise.all(folders.map(runFolders))).flat();
      const destinations = destinationsOf(all, flags);
      for (const [out, folder] of destinations) await refuseOtherRun(out, folder);
      // Everything is read and drawn before anything is written.
      const drawn = [];
      for (const [out, folder] of destinations)
        drawn.push({ out, figures: await figuresIn(folder, flags, look) });
      for (const { out, figures } of drawn) await write(out, figures, formats, flags);
    });
  addExamples(command, [
    ['plot results', 'the figures of every folder in it'],
    ['plot results/ffnn --format svg --out figures', 'those of one folder, elsewhere'],
    ['plot results/grid-search-ffnn --axes learning-rate --log x --format svg', 'a line for each lambda'],
  ]);
}

/** The folder itself if a run wrote it; otherwise its subfolders that runs wrote, as in `results` after a report. */
async function runFolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const isRun = entries.some(({ name }) => name === 'manifest.json' || name === 'functions.csv');
  // The manifest of a report is next to the folders of its runs.
  if (isRun && (await readManifest(folder))?.report === undefined) return [folder];
  const inside = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
  const kept: string[] = [];
  for (const path of inside) {
    const found = await stat(join(path, 'manifest.json')).catch(() =>
      stat(join(path, 'functions.csv')).catch(() => null),
    );
    const manifest = await readManifest(path);
    const isOther = manifest?.report !== undefined || manifest?.verify !== undefined;
    if (found !== null && !isOther) kept.push(path);
  }
  // If there are none, readResults reports what is wrong with the folder itself.
  return kept.length > 0 ? kept : [folder];
}

type AskedLook = ReturnType<typeof lookOf>;

/** How the figures should look, and what they should show. Errors: UserError that names the flag. */
function lookOf({ axes, metric, width, height, title, log }: Flags) {
  const pixels = integer('pixels', 100, 10_000);
  const size = (text: string | undefined, flag: string) =>
    text === undefined ? null : (pixels.parse(text, flag) as number);
  const listed = (text: string | undefined, flag: string) =>
    text === undefined ? [] : parseList(text, flag);
  return {
    wanted: { axes: listed(axes, '--axes'), metrics: listed(metric, '--metric') },
    size: { width: size(width, '--width'), height: size(height, '--height') },
    look: { title, ...(log !== undefined && { log: parseChoice(log, logChoices, '--log') }) },
  };
}

async function figuresIn(folder: string, flags: Flags, { wanted, size, look }: AskedLook): Promise<Figure[]> {
  const { withAxes } = await import('../figures/axes.ts');
  const { draw } = await import('../figures/index.ts');
  const { thinned } = await import('../figures/thinned.ts');
  const { fitted } = await import('../figures/fit.ts');
  const { whyNotDrawn } = await import('../figures/limits.ts');
  const { openRun, thinnedRun, wholeResults } = await import('../figures/folder.ts');
  const { allExperiments } = await import('../../experiments/index.ts');
  const { publishedOf } = await import('../claims/published.ts');
  const { isFunctionsFolder, readFunctionsFigure } = await import('./activation-functions.ts');
  if (await isFunctionsFolder(folder)) {
    const drawFunctions = await readFunctionsFigure(folder);
    return fitted((own) => [drawFunctions(own)], look, size);
  }
  let run = await openRun(folder, allExperiments);
  const { search, trials } = run.results;
  const { experiment } = withAxes(run.results, wanted).results;
  const why = whyNotDrawn(experiment, trials, {
    isSearch: search !== undefined && wanted.axes.length + wanted.metrics.length === 0,
  });
  if (why !== null && search !== undefined && wanted.axes.length > 0) {
    throw new UserError({
      what: `${folder}: ${why}`,
      expected: 'axes with which few settings differ in anything else: a search draws most numbers only once',
      received: `--axes ${wanted.axes.join(',')}`,
      remedy:
        'leave out --axes: the figure search has an axis for each setting; or draw a part of search.csv in another program',
    });
  }
  if (why !== null) {
    const fewer = search === undefined ? thinned(run.results, experiment.layout) : null;
    const instead = fewer === null ? '' : `; ${fewer.note[0].toLowerCase()}${fewer.note.slice(1, -1)}`;
    if (flags.quiet !== true) writeStderr(`note: ${folder}: ${why}${instead}`);
    if (fewer === null) return [];
    run = thinnedRun(run, fewer.isDrawn, fewer.note);
  }
  const results = await wholeResults(run);
  const published = await publishedOf(results.experiment.name);
  return fitted((own) => draw(results, { published, wanted, look: own }), look, size);
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

/** Figures of one run do not go to the folder of another. */
async function refuseOtherRun(out: string, folder: string): Promise<void> {
  if (resolve(out) === resolve(folder) || (await readManifest(out)) === null) return;
  throw new UserError({
    what: `--out is the folder of another run, whose figures those of ${folder} would replace`,
    expected: 'a new folder, or one without a run',
    received: out,
    remedy: 'name another folder, or leave out --out to draw into the folder of the run itself',
  });
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
  figures: readonly Figure[],
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
