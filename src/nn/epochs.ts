import type { Scores } from './evaluate.ts';
import { type Evaluator, type EvaluatorTask, type LendCore, startEvaluator } from './evaluator.ts';
import type { LayerWeights } from './network.ts';

/** One value an epoch, measured after it on all rows. */
export interface Curve {
  readonly loss: number[];
  /** Share of rows whose largest output is the target's; empty for regression. */
  readonly accuracy: number[];
}

/** What becomes of the epochs: their curves, and the one after which a loss was no longer finite. */
export interface EpochRecord {
  readonly train: Curve;
  readonly test: Curve;
  /** From 0; null while all losses are finite. */
  divergedAt(): number | null;
  /** Takes the next epoch's scores. */
  add(scores: Scores): void;
}

/** A training between two epochs: all that the next one depends on but the config, and what those before gave. */
export interface TrainingState {
  /** Epochs that are done. */
  readonly epoch: number;
  readonly weights: readonly LayerWeights[];
  /** The optimiser's state, one entry a slot, each laid out like the weights. */
  readonly state: readonly (readonly LayerWeights[])[];
  readonly train: Curve;
  readonly test: Curve;
}

/** Where a training begins, and what is to be kept of it on the way. */
export interface Checkpoints {
  /** To go on from; null to begin at the beginning. */
  readonly resume: TrainingState | null;
  /** Asked after each epoch but the last: whether `keep` is to have the state. */
  due(): boolean;
  /** An error ends the training. */
  keep(state: TrainingState): Promise<void>;
}

export const noCheckpoints: Checkpoints = { resume: null, due: () => false, keep: async () => {} };

export function createRecord(
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
        if (!Number.isFinite(score.loss)) divergedAt = train.loss.length - 1;
      }
      onEpoch(train.loss.length);
    },
  };
}

export interface Epochs {
  readonly epochs: number;
  trainEpoch(epoch: number): void;
  evaluateHere(): Scores;
  /** Copies of the weights as they are now, and of the optimiser's state. */
  copy(): LayerWeights[];
  copyState(): LayerWeights[][];
  readonly checkpoints: Checkpoints;
  readonly record: EpochRecord;
  readonly task: EvaluatorTask;
  readonly lendCore: LendCore;
}

/** Trains epoch by epoch until the last one or divergence, evaluating each here or, meanwhile, on a core that is lent. */
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
      return await runApart(run, epoch + 1, evaluator);
    } finally {
      await evaluator.close();
      giveBack();
    }
  }
}

/** The rest of the epochs: while one trains, the one before is evaluated on a copy of its weights. */
async function runApart(run: Epochs, from: number, evaluator: Evaluator): Promise<void> {
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

/** To be called when the record has the scores of the snapshot's epoch, and no later ones. */
function keep({ record, checkpoints }: Epochs, kept: Snapshot): Promise<void> {
  return checkpoints.keep({ ...kept, train: record.train, test: record.test });
}
