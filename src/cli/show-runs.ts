import { counted, printable } from '../errors.ts';
import { listText, shellQuoted } from '../experiment/command-text.ts';
import { describeModel } from '../experiment/describe-model.ts';
import { optionTitle } from '../experiment/options.ts';
import { remarksText } from '../output/remarks.ts';
import type { ResultFolder } from '../output/result-folders.ts';
import { type Catalog, mostValues, type TrialKind } from '../store/catalog.ts';
import { shortId } from '../trial/id.ts';
import { durationText } from './duration.ts';
import { fold, foldCommand } from './fold.ts';
import { digitsText } from './number-text.ts';

/** The kinds of trials in a store, a paragraph each. */
export function showCatalog(
  store: string,
  { kinds, trials }: Catalog,
  most: number,
  width: number,
  filter = '',
): string {
  if (trials === 0) return `${store}: no trials${filter}`;
  const heading = `${store}: ${counted(trials, 'trial')} of ${counted(kinds.length, 'kind')}${filter}, the last first (times in UTC)`;
  return [
    heading,
    ...kinds.slice(0, most).map((kind) => kindText(kind, width)),
    ...moreText(kinds.length, most),
  ].join('\n\n');
}

function kindText(kind: TrialKind, width: number): string {
  const { trials, diverged, seconds, best, tags, first, last } = kind;
  const counts = [
    counted(trials, 'trial'),
    ...(diverged > 0 ? [`${diverged} diverged`] : []),
    durationText(seconds),
  ];
  const value =
    best === null ? 'none finished' : `best ${best.title} ${digitsText(best.value, 3)} (${shortId(best.id)})`;
  return [
    ...fold(`${modelText(kind)}; ${kind.data}`, width, 2),
    ...variedText(kind, width),
    ...fold(`  ${counts.join(', ')}; ${periodText(first, last)}`, width, 4),
    ...fold(`  ${value}${tags.length === 0 ? '' : `; tags ${tags.join(', ')}`}`, width, 4),
  ].join('\n');
}

/** The kind of model in words, as titles have it. */
function modelText({ task, values }: TrialKind): string {
  const lists = new Map([...values].map(([name, found]) => [name, [...found]]));
  return describeModel({ task, architecture: 'given' }, lists, []);
}

/** "  learning rate 0.01,0.1; hidden 8, 16, 32, ... (40)"; nothing if no setting has several values. */
function variedText({ values }: TrialKind, width: number): string[] {
  const varied = [...values].filter(([, found]) => found.size > 1);
  if (varied.length === 0) return [];
  return fold(
    `  ${varied.map(([name, found]) => `${optionTitle(name)} ${valuesText(found)}`).join('; ')}`,
    width,
    4,
  );
}

const mostShown = 6;
const longestList = 60;

function valuesText(found: ReadonlySet<string | number>): string {
  const values = [...found];
  const count = found.size > mostValues ? `more than ${mostValues}` : found.size;
  const isNumeric = values.every((one) => typeof one === 'number');
  const sorted = isNumeric ? values.sort((a, b) => a - b) : values;
  const whole = listText(sorted);
  if (sorted.length <= mostShown && whole.length <= longestList) return whole.replaceAll(',', ', ');
  if (!whole.includes(',')) return whole;
  return isNumeric ? `${sorted[0]}, ${sorted[1]}, ... ${sorted.at(-1)} (${count})` : `${count} different`;
}

/** The folders of results, a paragraph each. */
export function showFolders(
  root: string,
  folders: readonly ResultFolder[],
  most: number,
  { width, commandWidth }: { readonly width: number; readonly commandWidth: number },
  filter = '',
): string {
  if (folders.length === 0)
    return `${root}: no results folders${filter}; --results DIR looks in another folder`;
  const heading = `${root}: ${counted(folders.length, 'results folder')}${filter}, the last first (times in UTC)`;
  const shown = folders.slice(0, most).map((one) => folderText(one, width, commandWidth));
  return [heading, ...shown, ...moreText(folders.length, most)].join('\n\n');
}

function folderText({ folder, run }: ResultFolder, width: number, commandWidth: number): string {
  if (run === null) return `${printable(folder)}\n  unfinished or damaged: run it again`;
  const { kind, title, trials, startedAt, remarks, command } = run;
  const when = startedAt === null ? '' : `${minuteText(startedAt)}, `;
  const what = kind === 'experiment' ? `${countsText(trials)}; ${title}` : kindWords[kind];
  const said = remarksText(remarks);
  return [
    ...fold(printable(folder), width, 2),
    ...fold(printable(`  ${when}${what}`), width, 4),
    ...(command.length === 0
      ? []
      : foldCommand(['  npx', 'fys-nn', ...command.map(shellQuoted)].map(printable), commandWidth, 4)),
    ...(said === '' ? [] : fold(printable(`  note: ${said}`), width, 4)),
  ].join('\n');
}

const kindWords = {
  report: 'a report',
  verify: 'a verification',
  specification: 'curves of a verification',
  functions: 'activation functions',
} as const;

function countsText({ total, diverged }: { readonly total: number; readonly diverged: number }): string {
  return `${counted(total, 'trial')}${diverged > 0 ? `, ${diverged} diverged` : ''}`;
}

function moreText(count: number, most: number): string[] {
  return count > most ? [`... and ${count - most} more: --all lists them`] : [];
}

/** "2026-11-29 16:25 UTC", or from one to another. */
function periodText(first: string, last: string): string {
  const [from, to] = [minuteText(first), minuteText(last)];
  return from === to ? from : `${from} to ${to}`;
}

const minuteText = (at: string): string => printable(at.slice(0, 16).replace('T', ' '));

/** The same for programs. */
export function catalogJson({ kinds, trials, unread }: Catalog) {
  return {
    trials,
    unread,
    kinds: kinds.map(({ values, ...kind }) => ({
      model: modelText({ ...kind, values }),
      ...kind,
      settings: Object.fromEntries([...values].map(([name, found]) => [name, [...found]])),
    })),
  };
}

export function folderJson({ folder, run }: ResultFolder) {
  if (run === null) return { folder, unfinished: true };
  const { kind, experiment, title, trials, startedAt, remarks, command, version, numerics } = run;
  return {
    ...{ folder, kind, experiment, title, trials, startedAt, command },
    ...{ note: remarks.note ?? null, tags: remarks.tags ?? [], version, numerics },
  };
}
