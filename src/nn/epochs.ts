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

export function createRecord(onEpoch: (epoch: number) => void): EpochRecord {
  const train: Curve = { loss: [], accuracy: [] };
  const test: Curve = { loss: [], accuracy: [] };
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
  /** A copy of the weights as they are now. */
  copy(): LayerWeights[];
  readonly record: EpochRecord;
  readonly task: EvaluatorTask;
  readonly lendCore: LendCore;
}

/** Trains epoch by epoch until the last one or divergence, evaluating each here or, meanwhile, on a core that is lent. */
export async function runEpochs(run: Epochs): Promise<void> {
  const { epochs, record } = run;
  const started = performance.now();
  for (let epoch = 0; epoch < epochs; epoch++) {
    run.trainEpoch(epoch);
    record.add(run.evaluateHere());
    if (record.divergedAt() !== null) return;
    const left = ((performance.now() - started) / (epoch + 1)) * (epochs - epoch - 1);
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
  const { epochs, record } = run;
  let before: Promise<Scores> | null = null;
  for (let epoch = from; epoch < epochs; epoch++) {
    run.trainEpoch(epoch);
    const scores = evaluator.evaluate(run.copy());
    scores.catch(() => {});
    if (before !== null) record.add(await before);
    if (record.divergedAt() !== null) return;
    before = scores;
  }
  if (before !== null) record.add(await before);
}
