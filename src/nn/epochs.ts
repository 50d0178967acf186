import type { HasDiverged } from './divergence.ts';
import type { BestEpoch, EarlyStopping } from './early-stopping.ts';
import type { Scores } from './evaluate.ts';
import { isEvaluated } from './evaluated-epochs.ts';
import { type Evaluator, type EvaluatorTask, type LendCore, startEvaluator } from './evaluator.ts';
import type { LayerWeights } from './network.ts';

/** One value per evaluated epoch, measured on all rows at its end (see `epochOfValue` in evaluated-epochs.ts). */
export interface Curve {
  readonly loss: number[];
  /** What the loss measures `second`; empty if nothing. */
  readonly second: number[];
}

/** The curves of a training run. */
export interface Curves {
  readonly train: Curve;
  readonly test: Curve;
  /** Absent without validation rows. */
  readonly validation?: Curve;
}

/** The results of the epochs: their curves, and the epoch after which training had diverged. */
export interface EpochRecord extends Curves {
  /** Counted from 0; null while it has not. */
  divergedAt(): number | null;
  /** Whether training has to end: it has diverged, or early stopping ends it. */
  isOver(): boolean;
  /** The epoch whose weights are the result; null without early stopping, where the last epoch's are. */
  best(): BestEpoch | null;
  /** Adds the scores of an epoch, from 1; null if it is not evaluated. `weights` copies the weights at its end. */
  add(epoch: number, scores: Scores | null, weights: () => readonly LayerWeights[]): void;
}

/**
 * The state of a training run between two epochs: all that the next one depends on except the config, and the curves so
 * far.
 */
export interface TrainingState extends Curves {
  /** The number of completed epochs. */
  readonly epoch: number;
  readonly weights: readonly LayerWeights[];
  /** The optimiser's state, one entry per slot, each with the same layout as the weights. */
  readonly state: readonly (readonly LayerWeights[])[];
  /** With early stopping, the best epoch so far; else null. */
  readonly best: BestEpoch | null;
  /** What the trial finished before this training, as JSON, and its number of epochs; absent if nothing. */
  readonly before?: { readonly results: unknown; readonly epochs: number };
}

/** Where a training run starts, and how its state is saved on the way. */
export interface Checkpoints {
  /** The state to resume from; null to start from the beginning. */
  readonly resume: TrainingState | null;
  /** Called after each epoch except the last one: whether to save the state with `keep`. */
  due(): boolean;
  /** Saves a state. An error ends the training run. */
  keep(state: TrainingState): Promise<void>;
  /**
   * Where training with more epochs can start: takes the state after the last epoch, as a training with more epochs has it
   * there. Absent if nothing keeps it. `due` is called after the last epoch: whether to keep it.
   */
  readonly final?: { due(): boolean; keep(state: TrainingState): Promise<void> };
}

export const noCheckpoints: Checkpoints = { resume: null, due: () => false, keep: async () => {} };

export function createRecord(
  hasDiverged: HasDiverged,
  onEpoch: (epoch: number) => void,
  resume: Curves | null = null,
  hasValidation = false,
  stopping: EarlyStopping | null = null,
): EpochRecord {
  const copy = (curve: Curve = { loss: [], second: [] }): Curve => ({
    loss: [...curve.loss],
    second: [...curve.second],
  });
  const train = copy(resume?.train);
  const test = copy(resume?.test);
  const validation = hasValidation ? copy(resume?.validation) : undefined;
  let divergedAt: number | null = null;
  return {
    train,
    test,
    ...(validation === undefined ? {} : { validation }),
    divergedAt: () => divergedAt,
    isOver: () => divergedAt !== null || stopping?.ends() === true,
    best: () => stopping?.best() ?? null,
    add(epoch, scores, weights) {
      if (scores !== null) {
        addTo(train, scores.train);
        addTo(test, scores.test);
        if (validation !== undefined) addTo(validation, scores.validation!);
        if (divergedAt === null && hasDiverged(scores)) divergedAt = epoch - 1;
        if (divergedAt === null) stopping?.add(epoch, scores, weights);
      }
      onEpoch(epoch);
    },
  };
}

function addTo(curve: Curve, { loss, second }: Scores['train']): void {
  curve.loss.push(loss);
  if (second !== null) curve.second.push(second);
}

export interface Epochs {
  readonly epochs: number;
  /** Losses are evaluated after this many epochs, twice as many, and so on, and after the last one. */
  readonly evaluateEvery: number;
  trainEpoch(epoch: number): void;
  evaluateHere(): Scores;
  /** Copies of the current weights and of the optimiser's state. */
  copy(): LayerWeights[];
  copyState(): LayerWeights[][];
  readonly checkpoints: Checkpoints;
  readonly record: EpochRecord;
  readonly task: EvaluatorTask;
  readonly lendCore: LendCore;
}

/**
 * Trains until the last epoch, divergence or early stopping. Evaluations run here or, during the next epoch, on a lent
 * core.
 */
export async function runEpochs(run: Epochs): Promise<void> {
  const { epochs, record, checkpoints } = run;
  const from = checkpoints.resume?.epoch ?? 0;
  const started = performance.now();
  if (record.isOver()) return;
  for (let epoch = from; epoch < epochs; epoch++) {
    run.trainEpoch(epoch);
    const keepFinal = epoch + 1 === epochs ? finalKeeper(run) : null;
    await keepFinal?.beforeScores();
    record.add(epoch + 1, isEvaluated(epoch + 1, run) ? run.evaluateHere() : null, run.copy);
    if (record.isOver()) return;
    await keepFinal?.afterScores();
    if (epoch + 1 < epochs && checkpoints.due()) await keep(run, snapshot(run, epoch));
    const left = ((performance.now() - started) / (epoch + 1 - from)) * (epochs - epoch - 1);
    const giveBack = run.lendCore(left);
    if (giveBack === null) continue;
    const evaluator = startEvaluator(run.task);
    try {
      return await runWithEvaluator(run, epoch + 1, evaluator);
    } finally {
      await evaluator.close();
      giveBack();
    }
  }
}

/** Runs the remaining epochs. While one trains, another core evaluates a copy of the weights of the one before. */
async function runWithEvaluator(run: Epochs, from: number, evaluator: Evaluator): Promise<void> {
  const { epochs, record, checkpoints } = run;
  let before: {
    scores: Promise<Scores> | null;
    weights: readonly LayerWeights[];
    kept: Snapshot | null;
  } | null = null;
  for (let epoch = from; epoch < epochs; epoch++) {
    run.trainEpoch(epoch);
    const kept = epoch + 1 < epochs && checkpoints.due() ? snapshot(run, epoch) : null;
    const evaluated = isEvaluated(epoch + 1, run);
    const weights = kept?.weights ?? (evaluated ? run.copy() : []);
    const scores = evaluated ? evaluator.evaluate(weights) : null;
    scores?.catch(() => {});
    if (before !== null) {
      const { weights: own } = before;
      record.add(epoch, await before.scores, () => own);
      if (record.isOver()) return;
      if (before.kept !== null) await keep(run, before.kept);
    }
    before = { scores, weights, kept };
  }
  if (before === null) return;
  const { weights } = before;
  const keepFinal = finalKeeper(run);
  await keepFinal?.beforeScores();
  record.add(epochs, await before.scores, () => weights);
  if (!record.isOver()) await keepFinal?.afterScores();
}

type Snapshot = Pick<TrainingState, 'epoch' | 'weights' | 'state'>;

function snapshot(run: Epochs, epoch: number): Snapshot {
  return { epoch: epoch + 1, weights: run.copy(), state: run.copyState() };
}

/** Saves a snapshot. The record must then end with the scores of the snapshot's epoch, if it is evaluated. */
function keep(run: Epochs, kept: Snapshot): Promise<void> {
  return run.checkpoints.keep(stateOf(run, kept));
}

function stateOf({ record }: Epochs, kept: Snapshot): TrainingState {
  const { train, test, validation } = record;
  const curves = validation === undefined ? { train, test } : { train, test, validation };
  return { ...kept, ...curves, best: record.best() };
}

/**
 * Keeps the state after the last epoch, if that is wanted. A training with more epochs evaluates this epoch only if it is a
 * multiple of `evaluateEvery`; otherwise its scores must not be in the state.
 */
function finalKeeper(run: Epochs): { beforeScores(): Promise<void>; afterScores(): Promise<void> } | null {
  const { epochs, evaluateEvery, checkpoints } = run;
  const { final } = checkpoints;
  if (final === undefined || !final.due()) return null;
  const isInStep = epochs % evaluateEvery === 0;
  const keepIt = () => final.keep(stateOf(run, snapshot(run, epochs - 1)));
  return {
    beforeScores: async () => {
      if (!isInStep) await keepIt();
    },
    afterScores: async () => {
      if (isInStep) await keepIt();
    },
  };
}
