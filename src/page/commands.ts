import { datasets } from '../datasets/index.ts';
import { labelNamesText } from '../datasets/label-names.ts';
import { listText, shellQuoted } from '../experiment/command-text.ts';
import { isValidated, validationsOf } from '../experiment/deciding.ts';
import { flagOf, type OptionName, type Setting } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import type { StoppingRule } from '../experiment/stopping.ts';
import { folderName } from '../output/folder-name.ts';
import { parseList } from '../parsing/value-list.ts';

export { listText } from '../experiment/command-text.ts';

/** The folders that the page's runs read and write, as typed; null means the default. */
export interface Places {
  readonly dataDir: string | null;
  readonly dataName: string | null;
  readonly labelNames?: readonly string[] | null;
  readonly store: string | null;
  /** The folder of the page. */
  readonly out: string | null;
  /** Whether it has one subfolder per experiment, as that of a report. */
  readonly nested: boolean;
}

/** The command that runs a plan again into the same folder, with every option that differs from its default. */
export function commandOf(
  { experiment, variant, quick, search, lists: tried, rule, weightFiles = {} }: Plan,
  places: Places,
): string {
  const lists = { ...tried, ...search?.space };
  const own = {
    ...experiment.settings,
    ...(variant === 'text' ? experiment.text : {}),
    ...(quick ? experiment.quick : {}),
  };
  // Without it, a search and stopped settings are chosen on validation rows.
  const many = search !== undefined || rule !== undefined;
  const saysValidation = (name: OptionName) =>
    name === 'validationSize' && many && !validationsOf(lists).some(isValidated);
  const given = (Object.keys(lists) as OptionName[]).filter(
    (name) =>
      name === 'seed' || saysValidation(name) || JSON.stringify(lists[name]) !== JSON.stringify(own[name]),
  );
  // Results name files by what is in them.
  const typed = (name: OptionName, list: readonly Setting[]) =>
    name === 'initWeights' ? list.map((value) => weightFiles[value] ?? value) : list;
  // What runs an experiment of the user's says where its data are.
  const fromFiles = datasets[experiment.dataset].fromFiles && experiment.definition === null;
  return [
    'npx fys-nn',
    experiment.command,
    ...(quick ? ['--quick'] : []),
    ...(variant === 'code' ? [] : ['--variant', variant]),
    ...given.flatMap((name) => [flagOf(name), shellQuoted(rangeText(typed(name, lists[name]!)))]),
    ...(rule === undefined ? [] : stoppingFlags(rule)),
    ...(search === undefined ? [] : ['--search', search.method, '--trials', String(search.trials)]),
    ...pathOption('--data-dir', fromFiles ? places.dataDir : null),
    ...pathOption('--data-name', fromFiles ? places.dataName : null),
    ...pathOption('--label-names', fromFiles && places.labelNames ? labelNamesText(places.labelNames) : null),
    ...pathOption('--store', places.store),
    ...outOf(places, folderName(experiment.name)),
    ...(places.nested ? [] : ['--page']),
  ].join(' ');
}

/** More values than this are written as a range, if one gives them. */
const mostListed = 100;

/** Values as the command line takes them: very many as the range that gives them, such as linspace(0.001,0.1,1000). */
function rangeText(values: readonly Setting[], most = mostListed): string {
  const text = listText(values);
  if (values.length <= most || !text.includes(',')) return text;
  const ranges = ['linspace', 'geomspace'].map(
    (name) => `${name}(${values[0]},${values.at(-1)},${values.length})`,
  );
  return ranges.find((range) => isRangeOf(range, text)) ?? text;
}

function isRangeOf(range: string, text: string): boolean {
  try {
    return parseList(range, '').join() === text;
  } catch {
    return false; // words, or ends that no such range has
  }
}

/** A table has less room. */
const mostInTable = 12;

/** The same for readers: of many values that no range gives, the first and the last. */
export function shortList(values: readonly Setting[]): string {
  const text = rangeText(values, mostInTable);
  if (values.length <= mostInTable || !text.includes(',') || text.includes('(')) return text;
  return `${values.slice(0, 3).join(', ')}, ..., ${values.at(-1)} (${values.length} values)`;
}

/** The options that stop settings early as a rule does. */
function stoppingFlags(rule: StoppingRule): string[] {
  if (rule.kind === 'racing') return ['--racing'];
  const from = rule.minEpochs === null ? [] : ['--min-epochs', String(rule.minEpochs)];
  return ['--halving', String(rule.eta), ...from];
}

/** The `--out` option for the folder of an experiment; empty if that is the default. */
export function outOf({ out, nested }: Places, folder: string): string[] {
  return pathOption('--out', out === null || !nested ? out : `${out.replace(/(?<=.)\/+$/, '')}/${folder}`);
}

function pathOption(flag: string, path: string | null): string[] {
  return path === null ? [] : [flag, shellQuoted(path)];
}
