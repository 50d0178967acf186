import { stringify } from 'yaml';
import type { DataChoice } from '../datasets/data-choice.ts';
import { listText } from '../experiment/command-text.ts';
import { type Experiment, optionsOf } from '../experiment/define.ts';
import { hyperparameterDefaults } from '../experiment/hyperparameter-defaults.ts';
import { groupOf, inGroups } from '../experiment/option-groups.ts';
import { inFull, type OptionName, type Setting, type SettingLists } from '../experiment/options.ts';
import { fold } from './fold.ts';

const width = 116;

/** What a new file is made from: an experiment of the program that it extends, or data. */
export interface Starting {
  /** The file as users give it to commands: one word of a shell. */
  readonly path: string;
  /** A name for the results; null: the file's is good. */
  readonly name: string | null;
  readonly experiment: Experiment;
  /** null: the file extends the experiment. */
  readonly data: DataChoice | null;
  /** What was inferred from the data; null if nothing was. */
  readonly note: string | null;
  /** The path of the JSON Schema from the file. */
  readonly schema: string;
}

/** The settings that most users change. The others are comments in a new file. */
const important: readonly OptionName[] = [
  ...(['samples', 'testSize', 'basis', 'degree', 'hidden', 'activation', 'net'] as const),
  ...(['loss', 'lambda', 'optimizer', 'learningRate', 'solver', 'epochs', 'batchSize', 'seed'] as const),
];

/**
 * An experiment file in YAML with the settings of an experiment, each with what it means and which values there are. It runs
 * as it is, and has the same trials as the experiment.
 */
export function starterFile({ path, name, experiment, data, note, schema }: Starting): string {
  const { settings, quick, layout } = experiment;
  const known = optionsOf(experiment);
  return `# yaml-language-server: $schema=${schema}
#
# An experiment of fys-nn. Run it with
#
#   fys-nn run ${path} --plan      which trials would run
#   fys-nn run ${path} --quick     a quick look
#   fys-nn run ${path}
#
# A setting has one value or a list of them, and every combination of lists runs. Values are written as on the command line:
# 0.1, [0.1, 0.01], 1..5, linspace(0,1,5), geomspace(1e-3,1,4). A line that begins with # changes nothing: remove the # to use
# it. An editor with the YAML language server completes names and values.

title: ${valueText([experiment.title])} # what is studied
${name === null ? '# name: my-name # names the folder of the results; without it, the name of this file' : `name: ${valueText([name])} # names the folder of the results`}
# note: first try # a line about the run
# tags: [first] # names by which runs are found again
${data === null ? extendsText(experiment) : dataText(data, note)}
settings:${groups(known, settings)}
# The settings of a quick look: fys-nn run ${path} --quick
${quickBlock(quick)}
# Instead of every combination, a search draws settings from lists and from ranges such as loguniform(1e-4,1) or int(8,64).
# search: sobol # or random
# trials: 50 # how many settings

# How tables and figures show the results: the settings down and across, and columns of trials.csv, of which the last one
# decides what is best. Without it, ${data === null ? 'it is as here' : 'it follows from the settings with several values'}.
# layout:
#   rows: ${layout.rows}
#   columns: ${layout.columns}
#   metrics: ${valueText(
    layout.metrics.map(({ name }) => name),
    'list',
  )}

# A file of claims about the results, for fys-nn verify. fys-nn verify --init writes one.
# claims: claims.yaml
`;
}

function extendsText({ name, text }: Experiment): string {
  const variant =
    Object.keys(text).length === 0
      ? ''
      : "# variant: text # the settings of the report's wording, for what is not set here\n";
  return `
# An experiment of fys-nn, or the path of another file. Without it, data are named: data: my-table.csv
extends: ${name}
${variant}`;
}

function dataText({ data, table = {}, dataName, labelNames }: DataChoice, note: string | null): string {
  const { target, features, drop, categorical, missing, id, decimalComma, task } = table;
  const line = (key: string, value: unknown, example: string) =>
    value === undefined || value === null
      ? `# ${key}: ${example}`
      : `${key}: ${valueText([value as Setting].flat())}`;
  return `
# Built-in data by name, or the path of a table or of a folder with images, from this file.${
    note === null
      ? ''
      : `
# ${note}`
  }
data: ${valueText([data])}
${line('dataName', dataName, 'my data # what titles call them')}
${line('labelNames', labelNames, '[benign, malignant] # names of the classes, in the order of their labels')}
# Of a table:
${line('target', target, 'price # the column to predict')}
${line('features', features, '[rooms, area] # the columns that it is predicted from; without it, all others')}
${line('drop', drop, '[comment] # columns that are left out')}
${line('categorical', categorical, '[district] # columns of numbers that name categories')}
${line('missing', missing, 'error # missing values: error, drop (their rows) or mean (of the training rows)')}
${line('id', id, 'number # the column that identifies a row')}
${line('decimalComma', decimalComma, 'true # 3,14 is a number')}
${line('task', task, 'auto # auto (by the target), regression or classification')}
`;
}

/** Every setting in its group: those that most users change, and those with several values, in use; the others as comments. */
function groups(known: readonly OptionName[], settings: SettingLists): string {
  const names = inGroups(known);
  return names
    .map((name, index) => {
      const group = groupOf(name);
      const isFirst = index === 0 || groupOf(names[index - 1]) !== group;
      const own = settings[name];
      const value = own === undefined ? hyperparameterDefaults(name).split(' ').at(-1)! : valueText(own);
      const isUsed = own !== undefined && (important.includes(name) || own.length > 1);
      const words =
        own === undefined ? `${inFull(name)}; default: ${hyperparameterDefaults(name)}` : inFull(name);
      const comment = fold(words, width)
        .map((line) => `  # ${line}\n`)
        .join('');
      return `${isFirst ? `\n  # ${group}\n\n` : ''}${comment}  ${isUsed ? '' : '# '}${name}: ${value}\n`;
    })
    .join('');
}

function quickBlock(quick: SettingLists): string {
  const names = Object.keys(quick) as OptionName[];
  if (names.length === 0) return '# quick:\n#   epochs: 5\n';
  return `quick:\n${names.map((name) => `  ${name}: ${valueText(quick[name]!)}\n`).join('')}`;
}

/** Values as YAML: 128, [0.1, 0.01], 1..10. */
function valueText(values: readonly Setting[], as: 'value' | 'list' = 'value'): string {
  const [first] = values;
  const range = listText(values);
  if (/^\d+\.\.\d+$/.test(range)) return range;
  const value = values.length === 1 && as === 'value' ? first : values;
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: false }).trimEnd();
}
