import { join, relative, resolve, sep } from 'node:path';
import { type Command, Option } from 'commander';
import { exitCodes, printable, UserError } from '../errors.ts';
import type { Experiment } from '../experiment/define.ts';
import type { SettingLists } from '../experiment/options.ts';
import type { Choices, Plan } from '../experiment/plan.ts';
import { searchOf, type WrittenSearch } from '../experiment/search.ts';
import type { StoppingRule } from '../experiment/stopping.ts';
import { manifestName } from '../output/earlier-run.ts';
import { reportFolderName, runFolderName } from '../output/folder-name.ts';
import { formatNames, formats } from '../output/formats.ts';
import type { StoredRun } from '../output/stored-run.ts';
import { programVersion } from '../output/version.ts';
import { numerics } from '../trial/config.ts';
import { ProgramCommand } from './command.ts';
import { addUnder, headings } from './command-options.ts';
import { addExamples } from './examples.ts';
import { experimentCommand, givenSettings } from './experiment.ts';
import { settingFlag, withFlags } from './flags.ts';
import { addRunFlags, type RunFlags, type RunOptions, runOptionsOf } from './run-flags.ts';
import { type SearchFlags, searchFlags } from './search-flags.ts';
import type { SetStatus } from './status.ts';
import { stoppingFlags, stoppingRuleOf } from './stopping-flags.ts';
import { writeStderr } from './terminal.ts';

type Flags = RunFlags & { readonly data?: string };

/** `fys-nn rerun results/ffnn`: runs again what a manifest says. */
export function addRerunCommand(program: Command, setStatus: SetStatus): void {
  const command = program
    .command('rerun')
    .description('Run again what the manifest of a results folder says, on the same data')
    .argument('<folder>', 'a folder that a run wrote, or its manifest.json')
    .argument('[settings...]', 'options of its experiment that override the recorded ones: --seed 6..10')
    .allowUnknownOption();
  addUnder(
    command,
    headings.data,
    new Option('--data <file>', 'where the data are now, a file or a folder (default: where they were)'),
  );
  addRunFlags(command, {
    out: 'its folder',
    elsewhere: 'results/its-experiment',
    fromFiles: true,
    quick: null,
  });
  addUnder(command, headings.output, new Option('--page', 'write a page too (default: if the run did)'));
  addExamples(command, [
    ['rerun results/ffnn --plan', 'which of its trials are in the store'],
    ['rerun results/ffnn --out again --store again/.trials', 'compute it again, elsewhere'],
    ['rerun results/ffnn --seed 6..10', 'the same with other seeds'],
  ]);
  command.addHelpText(
    'after',
    `
The settings are those of the manifest, so the trials have the same ids: those
in the store are not computed twice. Data from files must have the same digest.
A run in results/ is written to its own folder again, any other to results/.
Formats and figures are those of the run.`,
  );
  command.action(async (path: string, words: string[], flags: Flags) =>
    setStatus(await rerun(path, words, flags, command)),
  );
}

async function rerun(
  path: string,
  words: readonly string[],
  flags: Flags,
  command: Command,
): Promise<number> {
  if (path.startsWith('-')) throw folderFirst(path);
  const { readRun } = await import('../output/stored-run.ts');
  const run = await readRun(path);
  const isGiven = (name: string) => command.getOptionValueSource(name) === 'cli';
  const say = (text: string) => {
    if (flags.quiet !== true) writeStderr(`note: ${withFlags(text)}`);
  };
  const version = versionNote(run);
  if (version !== null) say(version);
  const asBefore = asWritten(run, flags, isGiven);
  if (run.kind === 'report') return await rerunReport(run, words, asBefore);
  if (run.kind !== 'experiment') throw otherKind(run);
  const { plan, planAt, sources, given, isSame } = await planAgain(run, flags, (experiment) =>
    settingsFrom(words, experiment),
  );
  const { settingNotes } = await import('../experiment/setting-notes.ts');
  for (const text of settingNotes(plan, given)) say(text);
  const other = isSame ? idsNote(run, plan) : null;
  if (other !== null) say(other);
  const out = flags.out ?? ownFolder(run, isSame) ?? join('results', runFolderName(plan));
  const options = { ...runOptionsOf(asBefore, sources), rerun: rerunOf(run) };
  const { runPlans } = await import('./run.ts');
  const status = await runPlans([{ plan, out, planAt }], options);
  if (isSame && status === exitCodes.done && !options.planOnly && options.shard === null)
    await compareBytes(run, out, say);
  return status;
}

/** The plan of a run, with the settings that the user has changed. */
async function planAgain(
  run: StoredRun,
  { dataDir, data = dataDir, dataName }: Pick<Flags, 'data' | 'dataDir' | 'dataName'>,
  changed: (experiment: Experiment) => {
    readonly given: SettingLists;
    readonly search?: SearchFlags;
    readonly rule?: StoppingRule | null;
  },
) {
  const { planExperiment } = await import('../experiment/plan.ts');
  const { choicesIn, experimentOf } = await import('./rerun-choices.ts');
  const { sourcesFor } = await import('./rerun-data.ts');
  const experiment = await experimentOf(run);
  const { given, search = {}, rule: changedRule = null } = changed(experiment);
  const recorded = choicesIn(run, experiment);
  const choices = {
    ...recorded,
    given: { ...recorded.given, ...given },
    search: searchOf(search.search === 'grid' ? search : { ...writtenSearch(recorded.search), ...search }),
    rule: changedRule ?? run.rule,
    keepsValidation: true,
  };
  const lists = { ...experiment.settings, ...choices.given };
  const sources = await sourcesFor(run, experiment, lists, { path: data, name: dataName });
  const isSame = Object.keys(given).length + Object.keys(search).length === 0 && changedRule === null;
  const planAt = (epochs: number) => {
    const given = { ...choices.given, epochs: [epochs] };
    return planExperiment(experiment, { ...choices, given }, sources);
  };
  const plan = await planExperiment(experiment, choices, sources);
  return { plan, planAt, sources, given, isSame };
}

function writtenSearch(search: Choices['search'] = null): WrittenSearch {
  return search === null ? {} : { search: search.method, trials: search.trials };
}

/** The settings and the search that the user gives, read as the experiment's own command reads them. */
function settingsFrom(
  words: readonly string[],
  experiment: Experiment,
): { given: SettingLists; search: SearchFlags; rule: StoppingRule | null } {
  const command = experimentCommand(parentCommand(), { ...experiment, name: 'rerun' });
  addUnder(command, headings.run, ...searchFlags(), ...stoppingFlags());
  command.parse([...words], { from: 'user' });
  const { search, trials } = command.opts();
  return {
    given: givenSettings(experiment, command.opts()),
    rule: stoppingRuleOf(command.opts()),
    search: { ...(search === undefined ? {} : { search }), ...(trials === undefined ? {} : { trials }) },
  };
}

/** A report has no other settings than its seeds. */
async function rerunReport(run: StoredRun, words: readonly string[], flags: Flags): Promise<number> {
  const { parseOption } = await import('../experiment/options.ts');
  const { reportParts } = await import('../output/stored-run.ts');
  const command = parentCommand()
    .command('rerun')
    .addOption(settingFlag('seed', 'seed of every random draw'));
  command.parse([...words], { from: 'user' });
  const { seed } = command.opts<{ seed?: string }>();
  const given = seed === undefined ? {} : { seed: parseOption('seed', seed) };
  const planned = [];
  for (const part of await reportParts(run)) planned.push(await planAgain(part, flags, () => ({ given })));
  const plans = planned.map(({ plan }) => plan);
  const isOwn = plans.every(({ experiment }) => experiment.definition !== null);
  const { locatedSources } = await import('../experiment/located.ts');
  const sources = isOwn
    ? locatedSources(planned)
    : (planned.find((one) => one.sources.dataDir !== null)?.sources ?? { dataDir: null });
  const folder =
    flags.out ?? ownFolder(run, seed === undefined) ?? join('results', reportFolderName(plans) ?? '.');
  const { runReport } = await import('./report.ts');
  return await runReport(plans, folder, { ...runOptionsOf(flags, sources), rerun: rerunOf(run) });
}

function parentCommand(): ProgramCommand {
  return new ProgramCommand('fys-nn').exitOverride().helpCommand(false);
}

/** The flags with the formats, figures, page, note and tags that the run had, where the user does not choose. */
function asWritten(run: StoredRun, flags: Flags, isGiven: (name: string) => boolean): Flags {
  const names = [...(run.files?.keys() ?? [])];
  const written = formatNames.filter((name) =>
    ['trials', 'table'].some((table) => names.includes(`${table}.${formats[name].extension}`)),
  );
  const hasFigures = run.files === null || names.some((file) => file.endsWith('.svg'));
  const { note, tags } = run.remarks;
  return {
    ...flags,
    ...(isGiven('format') || written.length === 0 || run.kind === 'report'
      ? {}
      : { format: written.join(',') }),
    ...(isGiven('figures') || run.kind === 'report' ? {} : { figures: hasFigures }),
    ...(isGiven('page') ? {} : { page: run.kind !== 'report' && names.includes('report.html') }),
    ...(isGiven('note') || note === undefined ? {} : { note }),
    ...(isGiven('tag') || tags === undefined ? {} : { tag: tags }),
  };
}

function rerunOf({ path, origin }: StoredRun): NonNullable<RunOptions['rerun']> {
  return { manifest: path, command: origin };
}

/** The folder of the run, if it is one of this place and nothing is changed; null for a copy from elsewhere. */
function ownFolder({ path, folder }: StoredRun, isSame: boolean): string | null {
  const inside = relative(resolve('results'), resolve(folder));
  const isHere = inside.split(sep)[0] !== '..' && resolve(folder, manifestName) === resolve(path);
  return isSame && isHere ? folder : null;
}

function versionNote(run: StoredRun): string | null {
  const now = programVersion();
  if (run.numerics !== numerics) {
    return (
      `fys-nn ${run.version} with numerics ${run.numerics ?? 'unknown'} made this run, and this is ${now} with numerics ` +
      `${numerics}: its trials are computed again and may differ in their last digits`
    );
  }
  return run.version === now ? null : `fys-nn ${run.version} made this run, and this is ${now}`;
}

/** Other trials than those of the manifest, although nothing was changed. */
function idsNote(run: StoredRun, { cells, rule }: Plan): string | null {
  // Of the settings of all rounds, the manifest has those that were left.
  if (run.numerics !== numerics || rule !== undefined) return null;
  const before = new Set(run.ids);
  const same = cells.filter(({ trial }) => before.has(trial.id)).length;
  if (same === cells.length && before.size === cells.length) return null;
  return `${same} of ${cells.length} trials are those of the manifest, which has ${before.size}: it was edited, or this version reads its settings in another way`;
}

/** Says which tables have the bytes that the manifest lists. */
async function compareBytes(run: StoredRun, out: string, say: (text: string) => void): Promise<void> {
  const { readRun } = await import('../output/stored-run.ts');
  const now = (await readRun(out)).files;
  const tables = [...(run.files ?? [])].filter(([name]) => name.endsWith('.csv') && now?.has(name) === true);
  const other = tables.filter(([name, sha256]) => now?.get(name) !== sha256).map(([name]) => name);
  if (tables.length === 0) return;
  say(
    other.length === 0
      ? `the tables have the same bytes as before: ${tables.map(([name]) => printable(name)).join(', ')}`
      : `other bytes than before: ${other.map(printable).join(', ')}`,
  );
}

function folderFirst(path: string): UserError {
  return new UserError({
    what: 'the folder to run again comes first',
    expected: 'fys-nn rerun FOLDER, and then options',
    received: path,
    remedy: 'write fys-nn rerun results/ffnn --seed 6..10',
  });
}

function otherKind({ path, kind, origin }: StoredRun): UserError {
  const words = origin.map(printable).join(' ');
  return new UserError({
    what: `${path} is of ${kind === 'functions' ? 'activation functions, which need no training' : 'a verification'}, not of an experiment`,
    expected: 'the folder of an experiment or of a report',
    received: path,
    remedy: words === '' ? 'run its command again' : `run its command again: fys-nn ${words}`,
  });
}
