import { Option } from 'commander';
import { missingChoices, type TableChoices, taskChoices } from '../datasets/table-choices.ts';
import { parseChoice } from '../parsing/value-list.ts';
import { choosing } from './command-options.ts';

/** The flags that say how a table is read, as the user typed them. */
export interface TableFlags {
  readonly target?: string;
  readonly features?: string;
  readonly drop?: string;
  readonly categorical?: string;
  readonly missing?: string;
  readonly id?: string;
  readonly decimalComma?: boolean;
  readonly task?: string;
}

export function tableFlags(): Option[] {
  return [
    new Option('--target <column>', 'of a table: the column to predict'),
    new Option('--features <columns>', 'of a table: the columns to predict it from (default: all others)'),
    new Option('--drop <columns>', 'of a table: columns that are left out'),
    new Option('--id <column>', 'of a table: the column that names its rows, which is left out'),
    new Option('--categorical <columns>', 'of a table: columns of numbers that stand for categories'),
    choosing(
      '--missing <how>',
      'of a table: missing values are an error; or their rows are dropped; or they become the mean of the training rows',
      missingChoices,
    ),
    new Option('--decimal-comma', 'of a table: 3,14 is a number'),
    choosing(
      '--task <name>',
      'of a table: regression or classification (default: by the target)',
      taskChoices,
    ),
  ];
}

/** What the user said of a table. */
export function tableChoicesOf(flags: TableFlags): Partial<TableChoices> {
  const { target, features, drop, categorical, missing, id, decimalComma, task } = flags;
  return {
    ...(target === undefined ? {} : { target }),
    ...(features === undefined ? {} : { features: columnsIn(features) }),
    ...(drop === undefined ? {} : { drop: columnsIn(drop) }),
    ...(categorical === undefined ? {} : { categorical: columnsIn(categorical) }),
    ...(missing === undefined ? {} : { missing: parseChoice(missing, missingChoices, '--missing') }),
    ...(id === undefined ? {} : { id }),
    ...(decimalComma === undefined ? {} : { decimalComma }),
    ...(task === undefined ? {} : { task: parseChoice(task, taskChoices, '--task') }),
  };
}

function columnsIn(list: string): string[] {
  return list.split(',').map((name) => name.trim());
}
