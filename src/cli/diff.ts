import { basename } from 'node:path';
import type { Command } from 'commander';
import { allExperiments } from '../../experiments/index.ts';
import { UserError } from '../errors.ts';
import type { Results } from '../figures/results.ts';
import { manifestName } from '../output/earlier-run.ts';
import type { StoredRun } from '../output/stored-run.ts';
import { parseChoice, parseList } from '../parsing/value-list.ts';
import { choosing } from './command-options.ts';
import { addExamples } from './examples.ts';
import { fold } from './fold.ts';
import type { SideBySide } from './show-diff.ts';
import { writeStdoutRaw } from './terminal.ts';

interface Flags {
  readonly all?: boolean;
  readonly metric?: string;
  readonly format?: string;
  readonly json?: boolean;
}

const diffFormats = ['csv', 'markdown'] as const;

/** `fys-nn diff A B`: the settings and metrics of two runs side by side. */
export function addDiffCommand(program: Command): void {
  const command = program
    .command('diff')
    .description('Show the settings and metrics of two results folders side by side, and what moved')
    .argument('<folder>', 'A: a folder that a run wrote, or its manifest.json; also of a report')
    .argument('<other-folder>', 'B: another one')
    .option('--all', 'show settings that are the same too, and all cells')
    .option('--metric <names>', 'columns of trials.csv to compare (default: those that the experiment shows)')
    .addOption(choosing('--format <name>', 'print the metrics as a table: csv, markdown', diffFormats))
    .option('--json', 'print everything as JSON, and errors too')
    .action(runDiff);
  addExamples(command, [
    ['diff results/ffnn results/ffnn-epochs-400', 'what more epochs have changed'],
    ['diff results/ffnn other/ffnn --metric test_mse --format csv', 'one metric, for programs'],
  ]);
  command.addHelpText(
    'after',
    `
It informs and ends with 0. To judge whether numbers of the same settings have
changed, as in CI, use fys-nn check: it compares every number with a tolerance
and ends with 3. This command compares runs whose settings differ:

${fold(verdictText, 80).join('\n')}`,
  );
}

const verdictText =
  'cells correspond where their settings are equal, but for the seeds and what was changed everywhere. A difference is ' +
  '"better", "worse" or "moved" if it is more than seeds explain (p <= 0.05, adjusted for the number of cells; paired by ' +
  'seed where at least two seeds are in both, otherwise by Welch), and otherwise "within seeds": it may be chance.';

async function runDiff(pathA: string, pathB: string, flags: Flags): Promise<void> {
  const format = flags.format === undefined ? null : parseChoice(flags.format, diffFormats, '--format');
  const pairs = await pairsOf(pathA, pathB);
  const parts: string[] = [];
  const asJson: unknown[] = [];
  for (const [runA, runB] of pairs) {
    const { diff, facts, names } = await compared(runA, runB, flags);
    if (flags.json === true)
      asJson.push({ a: sideJson(runA), b: sideJson(runB), facts: factsJson(facts), ...diff });
    else if (format !== null) parts.push(await inFormat(format, diff));
    else parts.push(await forTerminal(diff, facts, names, flags));
  }
  if (flags.json === true) {
    const { toJson } = await import('../output/json.ts');
    writeStdoutRaw(toJson(asJson.length === 1 ? asJson[0] : asJson));
  } else writeStdoutRaw(parts.join('\n'));
}

/** The runs to compare: two experiments, or those that two reports have in common. */
async function pairsOf(pathA: string, pathB: string): Promise<[StoredRun, StoredRun][]> {
  const { readRun, reportParts } = await import('../output/stored-run.ts');
  const [a, b] = [await readRun(pathA), await readRun(pathB)];
  for (const { kind, path } of [a, b]) {
    if (!['experiment', 'report'].includes(kind)) throw otherKind(path, kind);
    if (basename(path) !== manifestName) throw aloneFile(path);
  }
  if (a.kind !== b.kind) throw mixed(a, b);
  if (a.kind === 'experiment') return [[a, b]];
  const [partsA, partsB] = [await reportParts(a), await reportParts(b)];
  const pairs = partsA.flatMap((one): [StoredRun, StoredRun][] => {
    const other = partsB.find(({ experiment }) => experiment === one.experiment);
    return other === undefined ? [] : [[one, other]];
  });
  if (pairs.length === 0) throw mixed(a, b);
  return pairs;
}

async function compared(runA: StoredRun, runB: StoredRun, { metric }: Flags) {
  const { readResults } = await import('../figures/folder.ts');
  const { commonMetrics, diffRuns } = await import('../check/diff.ts');
  const read = (run: StoredRun) => readResults(run.folder, allExperiments, 'trials');
  const [a, b] = [await read(runA), await read(runB)];
  const common = commonMetrics(a.experiment, b.experiment);
  if (common.length === 0) throw otherTask(a, b);
  const wanted =
    metric === undefined
      ? []
      : parseList(metric, '--metric').map((name) => parseChoice(name, common, '--metric'));
  return {
    diff: diffRuns(a, b, wanted),
    facts: factsOf([runA, runB], [a, b]),
    names: namesOf([runA, runB], [a, b]),
  };
}

async function forTerminal(
  diff: Awaited<ReturnType<typeof compared>>['diff'],
  facts: readonly SideBySide[],
  names: readonly string[],
  { all }: Flags,
): Promise<string> {
  const { screenOf } = await import('./screen.ts');
  const { showDiff } = await import('./show-diff.ts');
  const screen = screenOf(process.stdout);
  const heading = names
    .flatMap((line) => (line.startsWith(' ') ? fold(line, screen.width, 3) : line))
    .join('\n');
  return `${heading}\n\n${showDiff(diff, facts, all === true, screen)}\n`;
}

async function inFormat(
  format: (typeof diffFormats)[number],
  diff: Parameters<typeof diffTableOf>[0],
): Promise<string> {
  const { formats } = await import('../output/formats.ts');
  const pieces: string[] = [];
  for await (const piece of formats[format].render(await diffTableOf(diff))) pieces.push(piece);
  return pieces.join('');
}

async function diffTableOf(diff: Awaited<ReturnType<typeof compared>>['diff']) {
  const { diffTable } = await import('../check/diff-table.ts');
  return diffTable(diff);
}

/** What A and B are: the folder, and the title below it. */
function namesOf(runs: readonly StoredRun[], results: readonly Results[]): string[] {
  return runs.flatMap(({ folder, title }, index) => {
    const data = [...new Set(results[index].data.map((one) => one.title))].join(', ');
    return [`${'AB'[index]}  ${folder}`, `   ${title}${data === '' ? '' : ` (${data})`}`];
  });
}

/** What is not a setting, of both runs. */
function factsOf(runs: readonly StoredRun[], results: readonly Results[]): SideBySide[] {
  const row = (title: string, of: (run: StoredRun, result: Results) => string): SideBySide => {
    const [a, b] = runs.map((run, index) => of(run, results[index]));
    return [title, a || null, b || null];
  };
  const dataOf = ({ data }: StoredRun) =>
    data.map(({ title, sha256 }) => (sha256 === null ? title : `${title} (sha256:${sha256.slice(0, 12)})`));
  return [
    row('experiment', ({ experiment }) => experiment ?? ''),
    row('data', (run) => [...new Set(dataOf(run))].join(', ')),
    row('variant', ({ variant }) => variant),
    row('quick run', ({ quick }) => (quick ? 'yes' : 'no')),
    row('fys-nn', ({ version }) => version),
    row('numerics', ({ numerics }) => String(numerics ?? '')),
    row('note', ({ remarks }) => remarks.note ?? ''),
    row('tags', ({ remarks }) => (remarks.tags ?? []).join(', ')),
    row(
      'trials',
      ({ trials }) => `${trials.total}${trials.diverged > 0 ? `, ${trials.diverged} diverged` : ''}`,
    ),
  ];
}

function sideJson({ folder, experiment, title, command, startedAt }: StoredRun) {
  return { folder, experiment, title, command, startedAt };
}

const factsJson = (facts: readonly SideBySide[]) =>
  facts.map(([title, a, b]) => ({ title, a, b, differs: a !== b }));

function otherKind(path: string, kind: string): UserError {
  return new UserError({
    what: `${path} is of ${kind === 'functions' ? 'activation functions' : 'a verification'}, which has no trials of its own to compare`,
    expected: 'the folders of two experiments, or of two reports',
    received: path,
    remedy: 'fys-nn check compares the tables of any two folders',
  });
}

function aloneFile(path: string): UserError {
  return new UserError({
    what: `${path} is a manifest without the tables of its run`,
    expected: `the folder that the run wrote, with its ${manifestName} and trials.csv`,
    received: path,
    remedy: 'name the folder',
  });
}

function mixed(a: StoredRun, b: StoredRun): UserError {
  return new UserError({
    what: 'the two folders have no experiment in common',
    expected: 'the folders of two experiments, or of two reports',
    received: `${a.folder}, ${b.folder}`,
    remedy: 'name two folders of the same level',
  });
}

function otherTask(a: Results, b: Results): UserError {
  return new UserError({
    what: 'the two runs have no metric in common',
    expected: 'two regressions, or two classifications',
    received: `${a.experiment.name}, ${b.experiment.name}`,
    remedy: 'compare runs of one task',
  });
}
