import type { HasDiverged } from './divergence.ts';
import type { Scores } from './evaluate.ts';
import { type Evaluator, type EvaluatorTask, type LendCore, startEvaluator } from './evaluator.ts';
import type { LayerWeights } from './network.ts';

/** One value per epoch, measured on all rows at its end. */
export interface Curve {
  readonly loss: number[];
  /** The share of rows classified correctly; empty for regression. */
  readonly accuracy: number[];
}

/** The results of the epochs: their curves, and the epoch after which training had diverged. */
export interface EpochRecord {
  readonly train: Curve;
  readonly test: Curve;
  /** Counted from 0; null while it has not. */
  divergedAt(): number | null;
  /** Adds the scores of the next epoch. */
  add(scores: Scores): void;
}

/**
 * The state of a training run between two epochs: all that the next one depends on except the config, and the curves so
 * far.
 */
export interface TrainingState {
  /** The number of completed epochs. */
  readonly epoch: number;
  readonly weights: readonly LayerWeights[];
  /** The optimiser's state, one entry per slot, each with the same layout as the weights. */
  readonly state: readonly (readonly LayerWeights[])[];
  readonly train: Curve;
  readonly test: Curve;
}

/** Where a training run starts, and how its state is saved on the way. */
export interface Checkpoints {
  /** The state to resume from; null to start from the beginning. */
  readonly resume: TrainingState | null;
  /** Called after each epoch except the last one: whether to save the state with `keep`. */
  due(): boolean;
  /** Saves a state. An error ends the training run. */
  keep(state: TrainingState): Promise<void>;
}

export const noCheckpoints: Checkpoints = { resume: null, due: () => false, keep: async () => {} };

export function createRecord(
  hasDiverged: HasDiverged,
  onEpoch: (epoch: number) => void,
  resume: TrainingState | null = null,
): EpochRecord {
  const copy = (curve: Curve = { loss: [], accuracy: [] }): Curve => ({
    loss: [...curve.loss],
    accuracy: [...curve.accuracy],
  });
  const train = copy(resume?.train);
  const test = copy(resume?.test);
  let divergedAt: number | null = null;
  return {
    train,
    test,
    divergedAt: () => divergedAt,
    add(scores) {
      for (const [curve, score] of [
        [train, scores.train],
        [test, scores.test],
      ] as const) {
        curve.loss.push(score.loss);
        if (score.accuracy !== null) curve.accuracy.push(score.accuracy);
      }
      if (divergedAt === null && hasDiverged(scores)) divergedAt = train.loss.length - 1;
      onEpoch(train.loss.length);
    },
  };
}

export interface Epochs {
  readonly epochs: number;
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
 * Trains until the last epoch or divergence. Each epoch is evaluated here or, during the next epoch, on a lent core.
 */
export async function runEpochs(run: Epochs): Promise<void> {
  const { epochs, record, checkpoints } = run;
  const from = checkpoints.resume?.epoch ?? 0;
  const started = performance.now();
  for (let epoch = from; epoch < epochs; epoch++) {
    run.trainEpoch(epoch);
    record.add(run.evaluateHere());
    if (record.divergedAt() !== null) return;
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
  let before: { scores: Promise<Scores>; kept: Snapshot | null } | null = null;
  for (let epoch = from; epoch < epochs; epoch++) {
    run.trainEpoch(epoch);
    const kept = epoch + 1 < epochs && checkpoints.due() ? snapshot(run, epoch) : null;
    const scores = evaluator.evaluate(kept?.weights ?? run.copy());
    scores.catch(() => {});
    if (before !== null) {
      record.add(await before.scores);
      if (record.divergedAt() !== null) return;
      if (before.kept !== null) await keep(run, before.kept);
    }
    before = { scores, kept };
  }
  if (before !== null) record.add(await before.scores);
}

type Snapshot = Pick<TrainingState, 'epoch' | 'weights' | 'state'>;

function snapshot(run: Epochs, epoch: number): Snapshot {
  return { epoch: epoch + 1, weights: run.copy(), state: run.copyState() };
}

/** Saves a snapshot. The record must then end with the scores of the snapshot's epoch. */
function keep({ record, checkpoints }: Epochs, kept: Snapshot): Promise<void> {
  return checkpoints.keep({ ...kept, train: record.train, test: record.test });
}
