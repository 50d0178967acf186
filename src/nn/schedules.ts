import { setImmediate } from 'node:timers/promises';
import { UserError } from '../errors.ts';
import { compileExpression, type FormulaKind } from '../math/expression.ts';

/**
 * The learning rate of one step. eta0 is the initial rate, epoch and step count from 0, and an epoch has `steps` steps.
 */
export type Schedule = (eta0: number, epoch: number, step: number, steps: number) => number;

/** Schedules by name. Any other text is an expression in eta0, epoch, step, steps and t, the steps before this one in all epochs. */
export const schedules = {
  constant: (eta0) => eta0,
  /** As in the report: the rate falls once per epoch (with 75 steps, to 1/76 after the first epoch). */
  decay: (eta0, epoch, _step, steps) => eta0 / (epoch * steps + 1),
  decay_per_step: (eta0, epoch, step, steps) => eta0 / (epoch * steps + step + 1),
} satisfies Record<string, Schedule>;

export type ScheduleName = keyof typeof schedules;
export const scheduleNames = Object.keys(schedules) as ScheduleName[];

export const scheduleFormula: FormulaKind = {
  variables: ['eta0', 'epoch', 'step', 'steps', 't'],
  names: scheduleNames,
  example: 'eta0/(1+0.01*epoch)',
};

/** Returns the schedule of that name, or compiles the expression. Errors: UserError for an invalid expression. */
export async function compileSchedule(text: string): Promise<Schedule> {
  if (Object.hasOwn(schedules, text)) return schedules[text as ScheduleName];
  const evaluate = await compileExpression(text, scheduleFormula.variables, '{schedule}', scheduleFormula);
  const scope = { eta0: 0, epoch: 0, step: 0, steps: 0, t: 0 };
  return (eta0, epoch, step, steps) => {
    scope.eta0 = eta0;
    scope.epoch = epoch;
    scope.step = step;
    scope.steps = steps;
    scope.t = epoch * steps + step;
    return evaluate(scope);
  };
}

/** Above this many steps or epochs, only some of them are checked. */
const maxCheckedSteps = 1e6;
const maxCheckedEpochs = 2e6;

/**
 * Rejects a schedule that gives a negative or non-finite rate at any step. In a training run of more than a million
 * steps, only the first and last steps of at most two million epochs are checked. Yields regularly, so that Ctrl-C
 * works.
 */
export async function checkSchedule(
  text: string,
  schedule: Schedule,
  eta0: number,
  epochs: number,
  steps: number,
): Promise<void> {
  if (Object.hasOwn(schedules, text)) return; // these rates stay between 0 and eta0
  const isLong = epochs * steps > maxCheckedSteps;
  const stepStride = isLong ? Math.max(1, steps - 1) : 1;
  const epochStride = Math.ceil(epochs / maxCheckedEpochs);
  let looks = 0;
  for (let epoch = 0; epoch < epochs; epoch += epochStride) {
    for (let step = 0; step < steps; step += stepStride) {
      if (++looks % 2 ** 16 === 0) await setImmediate();
      const rate = schedule(eta0, epoch, step, steps);
      if (rate >= 0 && rate < Infinity) continue;
      throw new UserError({
        what: `{schedule} gives the rate ${rate} at epoch ${epoch}, step ${step} of ${steps} (eta0 ${eta0})`,
        expected: 'a finite rate >= 0 at every step',
        received: text,
        remedy: 'change the expression, for example to "max(eta0/(1+0.01*epoch), 1e-6)"',
      });
    }
  }
}
