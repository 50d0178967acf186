import { scheduleNames, schedules } from '../../nn/schedules.ts';
import type { Exercise } from '../../trace/exercise.ts';
import type { Rules, Step } from '../../trace/rules.ts';
import type { Mistake, MistakeKind } from './mistake.ts';
import { canBeUpdate, kept } from './update-mistakes.ts';

interface RateMistake extends Omit<Mistake, 'rules'> {
  /** The learning rate, from the right program's. */
  readonly rate: (step: Step, right: (step: Step) => number) => number;
}

/** Default learning rates of libraries and texts. */
export const usualRates: readonly number[] = [1e-1, 1e-2, 1e-3, 1e-4];

/** Wrong learning rates, whatever the schedule. */
const constants = ({ x, learningRate }: Exercise): readonly RateMistake[] => {
  const explain =
    'The gradients are means over the rows of a batch already; the learning rate multiplies them as it is.';
  const fix = 'Take the learning rate from the exercise, and multiply by it once.';
  return [
    {
      id: 'rate-over-rows',
      title: 'the learning rate is divided by N, the rows of the batch',
      explain,
      fix,
      rate: (step, right) => right(step) / step.N,
    },
    {
      id: 'rate-over-all-rows',
      title: 'the learning rate is divided by the number of all training rows',
      explain,
      fix,
      rate: (step, right) => right(step) / x.shape[0],
    },
    {
      id: 'rate-over-batches',
      title: 'the learning rate is divided by the number of batches of an epoch',
      explain,
      fix,
      rate: (step, right) => right(step) / step.steps,
    },
    {
      id: 'rate-times-rows',
      title: 'the learning rate is multiplied by N, the rows of the batch',
      explain,
      fix,
      rate: (step, right) => right(step) * step.N,
    },
    {
      id: 'rate-twice',
      title: 'the learning rate is multiplied twice',
      explain,
      fix,
      rate: (step, right) => right(step) * learningRate,
    },
    {
      id: 'rate-missing',
      title: 'the learning rate is missing: it is 1',
      explain: 'The learning rate multiplies each step.',
      fix,
      rate: (step, right) => right(step) / learningRate,
    },
    ...usualRates
      .filter((value) => value !== learningRate)
      .map((value) => ({
        id: `rate-${value}`,
        title: `the learning rate is ${value}; the exercise has ${learningRate}`,
        explain: 'Libraries and texts have default learning rates of their own.',
        fix,
        rate: (step: Step, right: (step: Step) => number) => (right(step) / learningRate) * value,
      })),
  ];
};

/** A schedule that is asked for the rate of another moment. */
const moments = ({ schedule, batches }: Exercise): readonly RateMistake[] => {
  const explain = `The schedule is ${schedule}; epochs and the steps of an epoch count from 0, and an epoch has as many steps as batches. If your program is to have another rule, make the exercise with that schedule, such as eta0/(1+epoch).`;
  const at = (
    id: string,
    title: string,
    fix: string,
    when: (step: Step) => Partial<Pick<Step, 'epoch' | 'batch' | 'steps'>>,
  ): RateMistake => ({ id, title, explain, fix, rate: (step, right) => right({ ...step, ...when(step) }) });
  const fromZero = 'Count from 0: for epoch in range(epochs).';
  const stepsFix = 'Use the number of batches of the epoch: len(trace.epochs[epoch])';
  return [
    at(
      'schedule-ignored',
      'the learning rate stays that of the first step',
      'Compute the rate of the schedule in each step.',
      () => ({ epoch: 0, batch: 0 }),
    ),
    at('schedule-epoch-from-1', 'the schedule counts epochs from 1', fromZero, ({ epoch }) => ({
      epoch: epoch + 1,
    })),
    at('schedule-step-from-1', 'the schedule counts steps from 1', fromZero, ({ batch }) => ({
      batch: batch + 1,
    })),
    at(
      'schedule-both-from-1',
      'the schedule counts epochs and steps from 1',
      fromZero,
      ({ epoch, batch }) => ({ epoch: epoch + 1, batch: batch + 1 }),
    ),
    at('schedule-epoch-late', 'the schedule is an epoch late', fromZero, ({ epoch }) => ({
      epoch: Math.max(0, epoch - 1),
    })),
    at('schedule-step-late', 'the schedule is a step late', fromZero, ({ epoch, batch, steps }) =>
      batch > 0 ? { batch: batch - 1 } : epoch > 0 ? { epoch: epoch - 1, batch: steps - 1 } : {},
    ),
    at(
      'schedule-step-of-epoch-ignored',
      'the rate changes once an epoch, not in each step',
      'Count all steps: epoch * steps + step',
      () => ({ batch: 0 }),
    ),
    at(
      'schedule-epoch-ignored',
      'the schedule starts again in each epoch',
      'Count all steps: epoch * steps + step',
      () => ({ epoch: 0 }),
    ),
    at(
      'schedule-epoch-is-step',
      'the schedule counts each step as an epoch',
      'Compute the rate of an epoch in the outer loop.',
      ({ step }) => ({ epoch: step }),
    ),
    at(
      'schedule-per-step',
      'the schedule counts each step as an epoch: the rate changes in each step',
      'Compute the rate of an epoch in the outer loop.',
      ({ step }) => ({ epoch: step, batch: 0, steps: 1 }),
    ),
    at('schedule-steps-1', 'the schedule counts epochs where it should count steps', stepsFix, () => ({
      steps: 1,
    })),
    at(
      'schedule-steps-rows',
      'the steps of an epoch in the schedule are its rows',
      stepsFix,
      ({ epoch }) => ({ steps: batches[epoch].flat().length }),
    ),
    at(
      'schedule-steps-batch-size',
      'the steps of an epoch in the schedule are the rows of a batch',
      stepsFix,
      ({ epoch }) => ({ steps: batches[epoch][0].length }),
    ),
    at(
      'schedule-steps-fewer',
      'the schedule counts one step too few in an epoch',
      `${stepsFix}: the last batch is a batch even if it is smaller`,
      ({ steps }) => ({ steps: steps - 1 }),
    ),
    at('schedule-steps-more', 'the schedule counts one step too many in an epoch', stepsFix, ({ steps }) => ({
      steps: steps + 1,
    })),
    at(
      'schedule-steps-of-run',
      'the steps of an epoch in the schedule are those of the whole run',
      stepsFix,
      () => ({ steps: batches.flat().length }),
    ),
  ];
};

/** A schedule that is applied to a rate that it has lowered before. */
const compounded = ({ learningRate, schedule, batches }: Exercise): readonly RateMistake[] => {
  const explain = `The schedule is ${schedule}: it starts from the given learning rate each time, not from the rate of the step before.`;
  const fix = 'Keep eta0 apart from the rate of the step.';
  const factor = (right: (step: Step) => number, step: Step): number => right(step) / learningRate;
  return [
    {
      id: 'schedule-per-step-again',
      title: 'in each step, the schedule lowers the rate that it has lowered in the steps before',
      explain,
      fix,
      rate(step, right) {
        const rates = kept<number>('rate so far', { kind: 'kernel', layer: 0 });
        const rate = (rates.before(step) ?? learningRate) * factor(right, step);
        rates.keep(step, rate);
        return rate;
      },
    },
    {
      id: 'schedule-per-epoch-again',
      title: 'in each epoch, the schedule lowers the rate that it has lowered in the epochs before',
      explain,
      fix,
      rate: (step, right) =>
        Array.from({ length: step.epoch + 1 }, (_, epoch) =>
          factor(
            right,
            epoch === step.epoch ? step : { ...step, epoch, batch: 0, steps: batches[epoch].length },
          ),
        ).reduce((product, f) => product * f, learningRate),
    },
    {
      id: 'schedule-twice',
      title: 'the schedule is applied twice in a step',
      explain,
      fix,
      rate: (step, right) => learningRate * factor(right, step) ** 2,
    },
  ];
};

/** Another of the schedules that have names. */
const others = ({ schedule, learningRate }: Exercise): readonly RateMistake[] =>
  scheduleNames
    .filter((name) => name !== schedule && name !== 'constant')
    .map((name) => ({
      id: `schedule-is-${name}`,
      title: `the learning rate follows the schedule ${name}; the exercise has ${schedule}`,
      explain:
        'decay lowers the rate after each epoch, to eta0 / (epoch * steps + 1); decay_per_step after each step.',
      fix: 'Compute the rate of the schedule where it changes: in the loop over epochs, or in that over batches.',
      rate: ({ epoch, batch, steps }) => schedules[name](learningRate, epoch, batch, steps),
    }));

/** Mistakes in the learning rate and its schedule. */
export const schedule: readonly MistakeKind[] = [
  (exercise, evidence) => {
    if (!canBeUpdate(evidence)) return [];
    const scheduled = exercise.schedule === 'constant' ? [] : [...moments(exercise), ...compounded(exercise)];
    return [...scheduled, ...others(exercise), ...constants(exercise)].map(({ rate, ...mistake }) => ({
      ...mistake,
      rules: (right: Rules): Rules => ({ ...right, rate: (step) => rate(step, right.rate) }),
    }));
  },
];
