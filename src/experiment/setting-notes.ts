import { fittedRows } from '../datasets/split.ts';
import { counted } from '../errors.ts';
import { solverEntry } from '../trial/solvers/index.ts';
import { solverOf } from './config.ts';
import { isValidated } from './deciding.ts';
import { linearNotes } from './linear-notes.ts';
import { idleOptions } from './no-effect.ts';
import type { OptionName, SettingLists, Settings } from './options.ts';
import type { Plan } from './plan.ts';
import { ownSeedOptions } from './seeds.ts';

/** Notes on the given settings: those that no trial reads or that have no effect, and rows that are left out. */
export function settingNotes(plan: Plan, given: SettingLists): string[] {
  // No hidden layers is what a linear solver has.
  const isLinear = (name: OptionName) => name === 'hidden' && given.hidden!.every((one) => one === 'none');
  const asked = (Object.keys(given) as OptionName[]).filter((name) => !isLinear(name));
  const ignored = asked.flatMap((name) => ignoredNote(plan, name) ?? []);
  // What the report's own settings leave out is the report's.
  const chosen = (['batches', 'batchSize', 'samples', 'testSize'] as const).some((name) => name in given);
  const counts = batchCountNotes(plan);
  return [
    ...ignored,
    ...idleSeedNotes(plan, given),
    ...stoppingNote(plan, given),
    ...searchNote(plan),
    ...comparisonNotes(plan),
    ...linearNotes(plan),
    ...counts,
    ...((chosen ? leftOverNote(plan) : undefined) ?? []),
  ];
}

/** Whoever asks for early stopping is told on which rows it chooses, if these are the rows that are to judge. */
function stoppingNote({ cells }: Plan, { earlyStopping }: SettingLists): string[] {
  if (earlyStopping === undefined) return [];
  const onTest = cells.filter(
    ({ settings }) => typeof settings.earlyStopping === 'number' && !isValidated(settings),
  );
  if (onTest.length === 0) return [];
  const decomposed = onTest.some(({ settings }) => settings.bootstrapMethod === 'bias-variance');
  const parts = decomposed
    ? '. Bias and variance are measured on them too, the rows on which each fit has stopped'
    : '';
  return [
    `{earlyStopping} chooses the epoch on the test rows, so their scores are better than on new rows${parts}; {validationSize} 0.2 or {folds} 5 chooses on others`,
  ];
}

/** A search tries many settings, so the best score on the test rows is partly luck. */
function searchNote({ search, experiment }: Plan): string[] {
  if (search === undefined || experiment.layout.validation?.decides === true) return [];
  return [
    'the best setting is chosen on the test rows, so its score is better than on new rows; {validationSize} 0.2 or {folds} 5 chooses on others',
  ];
}

/** Libraries that have no trial of ours to be compared with, because none is fitted by the same solver. */
function comparisonNotes({ experiment, cells }: Plan): string[] {
  const solvers = new Set(cells.map(({ settings }) => solverOf(experiment, settings)));
  return [...solvers].flatMap((solver) => {
    const { reference, comparedWith } = solverEntry(solver);
    const own = comparedWith as typeof solver | undefined;
    if (own === undefined || solvers.has(own)) return [];
    return [
      `{reference} ${reference} has no trial of ours to be compared with: compare it with {solver} ${own}`,
    ];
  });
}

function ignoredNote({ cells }: Plan, name: OptionName): string | undefined {
  const idle = idleOptions.find(
    ({ option, holds }) =>
      option === name &&
      cells.some(({ settings }) => holds(settings)) &&
      cells.every(({ settings }) => settings[name] === null || holds(settings)),
  );
  if (idle !== undefined) return `{${name}} has no effect, because ${idle.why}`;
  if (cells.every(({ settings }) => settings[name] === null))
    return `{${name}} has no effect with these settings`;
  return undefined;
}

/** Seeds that change no draw: several of them count the same trial several times. */
function idleSeedNotes({ cells, drawsSplits }: Plan, given: SettingLists): string[] {
  const notes: string[] = [];
  const readsSplitSeed = cells.some(({ settings }) => (settings.splitSeed ?? null) !== null);
  if (given.splitSeed !== undefined && readsSplitSeed && !drawsSplits)
    notes.push('{splitSeed} has no effect with these settings');
  const several = (given.seed?.length ?? 0) > 1;
  if (several && cells.every(({ settings }) => drawsNothingFromSeed(settings, drawsSplits)))
    notes.push('{seed} has no effect with these settings: all seeds give the same trial');
  return notes;
}

/** Whether everything that a cell draws is drawn from the seeds of single purposes. */
function drawsNothingFromSeed(settings: Settings, drawsSplits: boolean): boolean {
  // Random networks, and libraries that do not read the seeds of single purposes, draw from the seed itself.
  if ((settings.net ?? null) !== null) return false;
  if ((settings.reference ?? 'none') !== 'none' && settings.initSeed === null) return false;
  const left = ownSeedOptions.filter((name) => settings[name] === 'seed');
  return left.every((name) => name === 'splitSeed' && !drawsSplits);
}

/** Where rounding the size down gives another number of mini-batches than was asked for. */
function batchCountNotes({ cells, lists }: Plan): string[] {
  if ((lists.batchesPerEpoch ?? []).every((count) => count === 'none')) return [];
  const notes = new Set<string>();
  for (const cell of cells) {
    const { batchesPerEpoch } = cell.settings;
    const { model, split } = cell.trial.config;
    if (typeof batchesPerEpoch !== 'number' || !('batchSize' in model)) continue;
    const rows = fittedRows(split);
    const count = Math.floor(rows / model.batchSize);
    if (count === batchesPerEpoch) continue;
    const size = counted(model.batchSize, 'row');
    notes.add(
      `{batchesPerEpoch} ${batchesPerEpoch} with ${rows} training rows gives ${count} mini-batches of ${size}`,
    );
  }
  return [...notes];
}

/** The least share of the training rows whose absence from each epoch is worth a note. */
const noticeable = 0.01;

function leftOverNote({ cells, lists }: Plan): string[] | undefined {
  if (!(lists.batches ?? []).includes('permutation')) return undefined;
  const seen = new Set<string>();
  const found: { batchSize: number; left: number; trainRows: number }[] = [];
  for (const cell of cells) {
    const { batches, batchSize, samples, testSize, validationSize } = cell.settings;
    const key = JSON.stringify([batches, batchSize, samples, testSize, validationSize]);
    if (batches !== 'permutation' || typeof batchSize !== 'number' || seen.has(key)) continue;
    seen.add(key);
    const trainRows = fittedRows(cell.trial.config.split);
    const left = trainRows % batchSize;
    if (left >= noticeable * trainRows) found.push({ batchSize, left, trainRows });
  }
  if (found.length === 0) return undefined;
  const { batchSize, left, trainRows } = found.reduce((most, one) =>
    one.left / one.trainRows > most.left / most.trainRows ? one : most,
  );
  const how =
    found.length === 1
      ? ` with {batchSize} ${batchSize} leaves ${left} of ${trainRows} training rows out of each epoch`
      : ` leaves up to ${left} of ${trainRows} training rows out of each epoch (with {batchSize} ${batchSize})`;
  return [`{batches} permutation${how}, different ones each time`];
}
