import { createHash } from 'node:crypto';
import { knownImages, mnistSha256 } from '../datasets/known-images.ts';
import { hyperparameterDefault } from '../experiment/config.ts';
import { columnName, type OptionName, options, type Setting } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import type { StoppingRule } from '../experiment/stopping.ts';

/** The folder of an experiment: grid-search-ols for `grid-search ols`. */
export function folderName(experiment: string): string {
  return experiment.replaceAll(' ', '-');
}

/** Something in which a run differs from the report's, as part of a folder's name. */
export interface Difference {
  /** "epochs-2", in safe characters. */
  readonly text: string;
  /** Whether the text alone tells it from every other difference. */
  readonly isExact: boolean;
  /** What it stands for, for the digest. */
  readonly value: unknown;
}

/** A name of at most this many characters, not counting a digest, is short enough to read and for every disk. */
const longest = 60;

/**
 * "ffnn" for the report's own trials, otherwise "ffnn-hidden-8-epochs-2": the same for the same trials, however their
 * options were written, and another for others, also where capitals do not count.
 */
export function runFolderName(plan: Plan): string {
  return withDifferences(folderName(plan.experiment.name), differencesOf(plan));
}

/** The name of a report's folder in results/; null for the report's own trials, which are in results/ itself. */
export function reportFolderName(plans: readonly Plan[]): string | null {
  const own = plans.filter(({ experiment }) => experiment.definition !== null);
  const named = own.length === 0 ? [] : [namesDifference(own.map(({ experiment }) => experiment.name))];
  const distinct = new Map(plans.flatMap(differencesOf).map((one) => [JSON.stringify(one), one]));
  const all = [...named, ...distinct.values()];
  return all.length === 0 ? null : withDifferences('report', all);
}

/** The name followed by the differences: at most 60 characters of them, then a digest where those do not say everything. */
export function withDifferences(name: string, differences: readonly Difference[]): string {
  if (differences.length === 0) return name;
  const whole = differences.map(({ text }) => text).join('-');
  const isExact = whole.length <= longest && differences.every((one) => one.isExact);
  if (isExact) return `${name}-${whole}`;
  const values = JSON.stringify(differences.map(({ text, value }) => [text, value]));
  const digest = createHash('sha256').update(values).digest('hex').slice(0, 10);
  return `${name}-${whole.slice(0, longest).replace(/[-.+_]+$/, '')}-${digest}`;
}

/** The experiments of the user's files: "of-my-net+other". */
function namesDifference(names: readonly string[]): Difference {
  const isExact = names.every((name) => safe(name) === folderName(name) && !name.includes('+'));
  return { text: `of-${names.map(safe).join('+')}`, isExact, value: names };
}

function differencesOf(plan: Plan): Difference[] {
  const { quick, variant } = plan;
  const word = (text: string): Difference => ({ text, isExact: true, value: text });
  return [
    ...(quick ? [word('quick')] : []),
    ...(variant === 'code' ? [] : [word(variant)]),
    ...(plan.rule === undefined ? [] : [word(ruleWords(plan.rule))]),
    ...dataDifferences(plan),
    ...(plan.search === undefined ? [] : [word(`${plan.search.method}-${plan.search.trials}`)]),
    ...optionDifferences(plan),
  ];
}

/** Settings that were stopped early never replace the results of all of them. */
function ruleWords(rule: StoppingRule): string {
  if (rule.kind === 'racing') return 'racing';
  const from = rule.minEpochs === null ? '' : `-from-${rule.minEpochs}`;
  return `halving-${rule.eta}${from}`;
}

/** Other data by their content, whatever their folder is called. */
function dataDifferences({ experiment, data }: Plan): Difference[] {
  if (experiment.definition?.ownData === true) return [];
  // Of a table, the same file may have another target, other columns or other rows.
  const tables = data.flatMap(({ config }) =>
    config.dataset === 'table' ? [{ text: safe(config.target), isExact: false, value: config }] : [],
  );
  if (tables.length > 0) return tables;
  const digests = new Set(data.flatMap(({ config }) => ('sha256' in config ? config.sha256 : [])));
  digests.delete(mnistSha256);
  return Array.from(digests, (sha256) => {
    const known = Object.hasOwn(knownImages, sha256) ? safe(knownImages[sha256].title) : null;
    return { text: known ?? `data-${sha256.slice(0, 12)}`, isExact: true, value: sha256 };
  });
}

/** The options that trials read, and whose values are not those of the experiment. */
function optionDifferences({
  experiment,
  variant,
  quick,
  lists: tried,
  search,
  cells,
  absent,
}: Plan): Difference[] {
  const own = {
    ...experiment.settings,
    ...(variant === 'text' ? experiment.text : {}),
    ...(quick ? experiment.quick : {}),
  };
  const lists = { ...tried, ...search?.space };
  const names = Object.keys(lists) as OptionName[];
  return names.flatMap((name) => {
    const left = (value: Setting) => name === 'reference' && absent.some((one) => one.name === value);
    const values = sorted(lists[name]!.filter((value) => !left(value)));
    const usual = own[name] === undefined ? defaultsOf(name, lists.optimizer ?? []) : sorted(own[name]);
    if (values.join('\n') === usual.join('\n')) return [];
    if (!cells.some(({ settings }) => (settings[name] ?? null) !== null)) return [];
    const shown = name === 'reference' ? values.filter((value) => value !== 'none') : values;
    return [optionDifference(name, shown)];
  });
}

/** The values of a hyperparameter that is not given: the defaults of the optimisers. */
function defaultsOf(name: OptionName, optimizers: readonly Setting[]): Setting[] {
  const defaults = optimizers.map((optimizer) => hyperparameterDefault(name, { optimizer }));
  return sorted([...new Set(defaults.filter((value) => value !== null))]);
}

function optionDifference(name: OptionName, values: readonly Setting[]): Difference {
  const texts = wholeRange(values) ?? values.map((value) => safe(String(value).replace('e+', 'e')));
  return {
    text: `${safe(columnName(name).replaceAll('_', '-'))}-${texts.join('+')}`,
    isExact: values.every((value) => isExact(name, value)),
    value: values,
  };
}

/** Numbers and the choices of an option are safe as they are; formulas are not. */
function isExact(name: OptionName, value: Setting): boolean {
  const { choices } = options[name] as { readonly choices?: readonly string[] };
  if (typeof value === 'number') return value >= 0;
  if (value === 'all' || isPlainRange(value)) return true;
  if (/^\d+([-x]\d+)*$/.test(value) || value === 'none') return true;
  return value.split('-').every((name) => choices?.includes(name) === true) && safe(value) === value;
}

/** One range of positive numbers: loguniform(0.0001,1) becomes loguniform-0.0001-1. */
function isPlainRange(value: string): boolean {
  return /^[a-z]+\(\d[\d.]*(e-\d+)?,\d[\d.]*(e-\d+)?\)$/.test(value);
}

/** "1to20" for three or more consecutive whole numbers; null for others. */
function wholeRange(values: readonly Setting[]): string[] | null {
  const [first] = values;
  if (values.length < 3 || !Number.isInteger(first)) return null;
  const isRange = values.every((value, index) => value === (first as number) + index);
  return isRange ? [`${first}to${values.at(-1)}`] : null;
}

/** In characters that are safe on every disk and in every shell; other ones become a hyphen. */
function safe(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[-.]+(?=.)|[-.]+$/g, '');
}

function sorted(values: readonly Setting[]): Setting[] {
  const text = (value: Setting) => (typeof value === 'number' ? '' : value);
  return [...new Set(values)].sort((a, b) =>
    typeof a === 'number' && typeof b === 'number'
      ? a - b
      : text(a) < text(b)
        ? -1
        : text(a) > text(b)
          ? 1
          : 0,
  );
}
