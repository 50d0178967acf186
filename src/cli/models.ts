import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { counted, UserError } from '../errors.ts';
import type { Cell } from '../experiment/cells.ts';
import { decidingMetric } from '../experiment/deciding.ts';
import { describeTrials } from '../experiment/describe.ts';
import type { Plan } from '../experiment/plan.ts';
import { codeOf } from '../files/errno.ts';
import type { FileContent } from '../files/write-files.ts';
import { writeWhole } from '../files/write-whole.ts';
import type { Kept } from '../launchers/launcher.ts';
import { modelToText, readModel } from '../model/model-file.ts';
import { type SavedModel, withClassNames } from '../model/saved-model.ts';
import { classNamesByConfig } from '../output/class-names.ts';
import { competes } from '../output/settings.ts';
import { summaryCells } from '../output/summary.ts';
import { programVersion } from '../output/version.ts';
import { readStoredModel } from '../store/models.ts';
import type { Records } from '../store/store.ts';
import { shortId } from '../trial/id.ts';
import { canonicalJson, type Trial } from '../trial/trial.ts';
import { bestOf } from './best-cell.ts';
import { type CellChoice, cellChoices, type ModelOptions } from './model-flags.ts';

/** The models of some cells of a plan, which the store has. */
export interface Models {
  /** Those to save, and those whose predictions are written. */
  readonly saved: readonly Cell[];
  readonly predicting: readonly Cell[];
  /** Whether there are neither. */
  readonly isEmpty: boolean;
  /** With the names of its classes that the plan's data have. */
  read(cell: Cell): Promise<SavedModel>;
}

type Wanted = Pick<ModelOptions, 'saveModel' | 'predictions'>;

/** What the first run of missing trials puts into the store: models too, if those of all trials are wanted anyway. */
export function keptAtFirst(plans: readonly Plan[], { saveModel, predictions }: Wanted): Kept {
  const wantsAll = [saveModel, predictions].includes('all');
  const isOneCell = (plan: Plan) => summaryCellsAtMost(plan, 2) === 1;
  const wantsSome = saveModel !== null || predictions !== null;
  return wantsAll || (wantsSome && plans.every(isOneCell)) ? 'records and models' : 'records';
}

function summaryCellsAtMost(plan: Plan, most: number): number {
  let count = 0;
  for (const _ of summaryCells(plan, new Map())) if (++count === most) break;
  return count;
}

/**
 * Refuses models of other libraries, which keep them, and one file for the models of several experiments. Errors: UserError if no
 * cell of a plan is ours.
 */
export function checkModels(
  plans: readonly Plan[],
  { saveModel, predictions, modelFile }: ModelOptions,
): void {
  if (modelFile !== null && plans.length > 1) {
    throw new UserError({
      what: '{saveModel} names one file for the models of several experiments',
      expected: cellChoices.join(' or '),
      received: modelFile,
      remedy: 'leave out the file: each experiment then writes model.json into its own folder',
    });
  }
  if (saveModel === null && predictions === null) return;
  const other = plans.find(({ cells }) => !cells.some((cell) => competes(cell, undefined)));
  if (other === undefined) return;
  const { experiment, cells } = other;
  throw new UserError({
    what: `${saveModel === null ? '{predictions}' : '{saveModel}'} is for models of fys-nn: other libraries keep theirs`,
    expected: `cells of ${experiment.name} that fys-nn trains itself`,
    received: `{reference} ${cells[0]?.settings.reference}`,
    remedy: 'leave out {reference}, or add none to it',
  });
}

/**
 * The models that are wanted; `again`: those in the store do not count. `compute` computes the trials again whose models the store lacks; their records stay as they are.
 */
export async function openModels(
  plan: Plan,
  records: Records,
  directory: string,
  { saveModel, predictions, again }: Wanted & { readonly again: boolean },
  compute: (trials: readonly Trial[]) => Promise<void>,
): Promise<Models | null> {
  if (saveModel === null && predictions === null) return null;
  const predicting = predictions === null ? [] : chosenCells(plan, records, predictions);
  const kept = saveModel === null ? [] : chosenCells(plan, records, saveModel);
  const saved = saveModel === 'best' ? kept.slice(0, 1) : kept;
  const lacking: Trial[] = [];
  for (const { trial } of new Set([...saved, ...predicting]))
    if (again || (await readStoredModel(directory, trial)) === null) lacking.push(trial);
  if (lacking.length > 0) await compute(lacking);
  const failed = new Set<string>();
  for (const trial of lacking) if ((await readStoredModel(directory, trial)) === null) failed.add(trial.id);
  const whole = (cells: readonly Cell[]) => cells.filter(({ trial }) => !failed.has(trial.id));
  const namesOf = classNamesByConfig(plan.data);
  return {
    saved: whole(saved),
    predicting: whole(predicting),
    isEmpty: saved.length + predicting.length === 0,
    async read({ trial }) {
      const model = await readStoredModel(directory, trial);
      if (model === null) throw new Error(`the store has no model of trial ${shortId(trial.id)}`);
      return withClassNames(model, namesOf(trial.config));
    },
  };
}

/** The cells whose models are wanted, in the plan's order; only those that finished, and not those of other libraries. */
function chosenCells(plan: Plan, records: Records, choice: CellChoice): readonly Cell[] {
  if (choice === 'best') {
    const [best] = bestOf(summaryCells(plan, records), decidingMetric(plan.experiment), 1, plan.search);
    return best?.cells ?? [];
  }
  return plan.cells.filter(
    (cell) => competes(cell, undefined) && records.get(cell.trial.id)?.status === 'done',
  );
}

/** The names of the model files in the folder of the results, as far as they are known before it has results. */
export function modelNames({ cells }: Plan, { saveModel, modelFile }: ModelOptions): string[] {
  if (saveModel === null || modelFile !== null) return [];
  return saveModel === 'best' ? ['model.json'] : cells.map(({ trial }) => modelName(trial));
}

const modelName = ({ id }: Trial): string => `model-${shortId(id)}.json`;

/** The model files in the folder of the results. */
export function modelFiles(
  plan: Plan,
  models: Models,
  { saveModel, modelFile }: ModelOptions,
): ReadonlyMap<string, FileContent> {
  if (modelFile !== null) return new Map();
  return new Map(
    models.saved.map((cell): [string, FileContent] => [
      saveModel === 'best' ? 'model.json' : modelName(cell.trial),
      async function* () {
        yield await modelText(plan, models, cell);
      },
    ]),
  );
}

/** Writes the best model to the file that was asked for. Returns its path; null if there is nothing to write. */
export async function writeModelFile(
  plan: Plan,
  models: Models,
  { modelFile }: ModelOptions,
): Promise<string | null> {
  const [cell] = models.saved;
  if (modelFile === null || cell === undefined) return null;
  await mkdir(dirname(modelFile), { recursive: true });
  await writeWhole(modelFile, await modelText(plan, models, cell));
  return modelFile;
}

/** Refuses to replace a file that is no model. Errors: UserError. */
export async function checkModelFile({ modelFile }: ModelOptions): Promise<void> {
  if (modelFile === null) return;
  const { lstat } = await import('node:fs/promises');
  const found = await lstat(modelFile).catch((error) => {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return null;
    throw error;
  });
  if (found === null || (found.isFile() && (await readModel(modelFile).catch(() => null)) !== null)) return;
  throw new UserError({
    what: `--save-model: there is ${found.isDirectory() ? 'a folder' : 'a file'} of this name that is no model`,
    expected: 'the path of a new file, or of a model to replace',
    received: modelFile,
    remedy: 'name another file',
  });
}

async function modelText(plan: Plan, models: Models, cell: Cell): Promise<string> {
  const model = await models.read(cell);
  const { experiment, variant, quick } = plan;
  const own = canonicalJson(cell.trial.config.data);
  const data = plan.data.find(({ config }) => canonicalJson(config) === own) ?? plan.data[0];
  const { title, source, license } = data;
  const words = describeTrials({ experiment, variant, quick, settings: [cell.settings], data: [data] });
  const about = {
    program: programVersion(),
    title: words.heading,
    data: { title, source, license },
  };
  return modelToText({ ...model, about });
}

/** "to keep its model, 1 trial is trained once more, with the same result". */
export function againNote(count: number): string {
  const models = count === 1 ? 'its model' : 'their models';
  return `to keep ${models}, ${counted(count, 'trial')} ${count === 1 ? 'is' : 'are'} trained once more, with the same result`;
}
