import { Chalk } from 'chalk';
import { experiments } from '../../experiments/index.ts';
import { type Quantity, quantitiesOf } from '../claims/claims.ts';
import type { Explanation, Runs } from '../claims/explain.ts';
import { argumentsOf, repeatsOf } from '../claims/repeat.ts';
import type { Verification } from '../claims/verdicts.ts';
import { shellQuoted } from '../experiment/command-text.ts';
import { groupBy } from '../output/group-by.ts';
import { toJson } from '../output/json.ts';
import { fold } from './fold.ts';
import { screenOf } from './screen.ts';
import { type MarkSet, seedStrip, stripKey, stripPlot } from './strip-plot.ts';
import { verdictPainter } from './verdict-painter.ts';

/** Strips are no wider than this, however wide the terminal is. */
const widest = 100;

/** Explanations for a terminal or a pipe: sentences, with a strip of the runs, and the commands that repeat them. */
export function explanationText(
  found: readonly Explanation[],
  verification: Verification,
  stream: NodeJS.WriteStream,
): string {
  const { color, width } = screenOf(stream);
  const bold = new Chalk({ level: color ? 2 : 0 }).bold;
  const paint = verdictPainter(color);
  const set: MarkSet = color ? 'unicode' : 'ascii';
  const texts = found.map((explanation) => {
    const { id, verdict, paragraphs } = explanation;
    const strips = paragraphs.flatMap(({ runs }) => runs);
    const named = strips.length > 1 ? Math.max(...strips.map(({ reading }) => reading.length)) + 1 : 0;
    const lines = [`${bold(id)}: ${paint(verdict, verdict)}`];
    for (const { text, runs } of paragraphs) {
      lines.push('', ...fold(text, width));
      for (const one of runs) lines.push(...stripLine(one, named, Math.min(width, widest), set));
    }
    const [kind] = strips;
    if (kind !== undefined) lines.push(`  ${stripKey('holds' in kind ? 'seeds' : 'runs', set)}`);
    const commands = commandsOf(explanation, verification);
    if (commands.length > 0) lines.push('', ...fold(repeatText(explanation, verification), width));
    // Whole, so that it can be copied.
    for (const command of commands) lines.push(`  ${command}`);
    return lines.join('\n');
  });
  return `${texts.join('\n\n')}\n`;
}

/** The same as JSON: an array if the text names several figures. */
export function explanationJson(found: readonly Explanation[], verification: Verification): string {
  const all = found.map((explanation) => {
    const { claims, paragraphs, ...rest } = explanation;
    const sentences = paragraphs.map(({ text }) => text);
    const runs = paragraphs.flatMap((paragraph) =>
      paragraph.runs.map((one) =>
        'values' in one
          ? { ...one, values: one.values.map((value) => (Number.isFinite(value) ? value : 'diverged')) }
          : one,
      ),
    );
    return {
      ...rest,
      sentences,
      runs,
      claims: claims.map(({ id }) => id),
      commands: commandsOf(explanation, verification),
    };
  });
  return toJson(all.length === 1 ? all[0] : all);
}

/** The commands that run again what the claims were judged by, for each reading. */
function commandsOf({ claims, seeds }: Explanation, verification: Verification): string[] {
  if (verification.runs !== undefined) return [verification.runs.command];
  const commands = seeds.flatMap(({ reading, count }) => {
    const seedsOf = (experiment: string) => {
      const dataset = experiments.find(({ name }) => name === experiment)?.dataset;
      if (dataset === undefined) return [];
      return ((verification.seeds[dataset] ?? []) as readonly number[]).slice(0, count);
    };
    const about = claims.filter(({ variant }) => variant === undefined || variant === reading);
    // A file of the user's experiment is not known here.
    const isKnown = (name: string) => experiments.some((experiment) => experiment.name === name);
    return count === 0
      ? []
      : repeatsOf(about, reading, seedsOf).filter(({ experiment }) => isKnown(experiment));
  });
  const lines = commands.map((repeat) => ['fys-nn', ...argumentsOf(repeat).map(shellQuoted)].join(' '));
  return [...new Set(lines)];
}

function repeatText({ claims }: Explanation, { runs }: Verification): string {
  if (runs !== undefined) return 'To repeat it:';
  const files = groupBy(claims.flatMap(quantitiesOf), fileOf);
  const places = [...files].map(([file, quantities]) => {
    const columns = new Set(quantities.map(({ statistic, by }) => by ?? statistic));
    return `${[...columns].join(', ')} in ${file}`;
  });
  return `To repeat it (the numbers are ${places.join(' and ')}):`;
}

/** The file of a run that has a quantity. */
function fileOf({ curve }: Quantity): string {
  return curve === undefined ? 'trials.csv' : 'curves.csv';
}

function stripLine(runs: Runs, named: number, width: number, set: MarkSet): string[] {
  const name = runs.reading.padEnd(named).slice(0, named);
  const line =
    'holds' in runs
      ? seedStrip(runs.holds, set)
      : stripPlot(runs.values, runs.published, runs.scale, width - named - 2, set);
  return line === null ? [] : [`  ${name}${line}`];
}
