import { Option } from 'commander';
import { UserError } from '../errors.ts';
import { parseChoice } from '../parsing/value-list.ts';

/** Of which trials something is kept: of the best cell, or of every trial. */
export const cellChoices = ['best', 'all'] as const;
export type CellChoice = (typeof cellChoices)[number];

export interface ModelFlags {
  readonly saveModel?: string;
  readonly predictions?: string;
}

/** What a run writes of its models, besides what their trials scored. */
export interface ModelOptions {
  readonly saveModel: CellChoice | null;
  /** The file for the best model instead of one in the folder of the results. */
  readonly modelFile: string | null;
  readonly predictions: CellChoice | null;
}

/** The options of commands that train models. */
export function modelFlags(): Option[] {
  return [
    new Option(
      '--save-model [what]',
      'keep the model for fys-nn predict: best (model.json, of the best cell, its first seed), all (one file for each trial), or a file to write the best to',
    ).preset('best'),
    new Option(
      '--predictions [what]',
      'write predictions and residuals, with figures: best (of the best cell, each seed) or all (of every trial)',
    ).preset('best'),
  ];
}

export function modelOptionsOf({ saveModel, predictions }: ModelFlags): ModelOptions {
  const isFile = saveModel !== undefined && !(cellChoices as readonly string[]).includes(saveModel);
  if (saveModel === '') {
    throw new UserError({
      what: '--save-model is empty',
      expected: `${cellChoices.join(', ')}, or the path of a file`,
      received: saveModel,
      remedy: 'write --save-model alone to keep the best model in the folder of the results',
    });
  }
  return {
    saveModel: saveModel === undefined ? null : isFile ? 'best' : (saveModel as CellChoice),
    modelFile: isFile ? saveModel : null,
    predictions: predictions === undefined ? null : parseChoice(predictions, cellChoices, '--predictions'),
  };
}
