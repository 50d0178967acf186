import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { experiments } from '../../../experiments/index.ts';
import { planExperiment } from '../../experiment/plan.ts';
import { fixedSeed } from '../../hostile.testing.ts';
import { trialSeconds } from '../../trial/size.ts';
import { cutIntoTasks, timeLimit } from './tasks.ts';

const ffnn = experiments.find(({ name }) => name === 'ffnn')!;

async function trialsWith(epochs: readonly number[]) {
  const given = { epochs: [...epochs], samples: [400], seed: [1, 2, 3, 4, 5] };
  const plan = await planExperiment(ffnn, { variant: 'code', quick: false, given }, { dataDir: null });
  return plan.cells.map(({ trial }) => trial);
}

test('every trial is in one task; no task takes much longer than asked, or than its longest trial', async () => {
  const trials = await trialsWith([1, 10, 100, 1000, 20_000]);
  const seconds = new Map(trials.map((trial) => [trial, trialSeconds(trial.config)]));
  const all = [...seconds.values()];
  const sum = all.reduce((total, each) => total + each, 0);
  const times = fc.double({ min: Math.min(...all) / 2, max: 2 * sum, noNaN: true });
  fc.assert(
    fc.property(times, fc.integer({ min: 1, max: 9 }), (taskTime, cpus) => {
      const tasks = cutIntoTasks(trials, { taskTime, cpus });
      expect(
        tasks
          .flatMap((task) => task.trials)
          .map(({ id }) => id)
          .sort(),
      ).toEqual(trials.map(({ id }) => id).sort());
      for (const task of tasks) {
        expect(task.trials.length).toBeGreaterThan(0);
        const own = task.trials.map((trial) => seconds.get(trial)!);
        const longest = Math.max(...own);
        expect(task.seconds).toBeLessThanOrEqual(Math.max(2 * taskTime, longest) + 1e-9);
        expect(own.reduce((total, each) => total + each, 0)).toBeLessThanOrEqual(cpus * task.seconds + 1e-9);
        // On one core, a trial that takes longer than a task has one for itself.
        if (cpus === 1 && longest >= taskTime) expect(own.length).toBe(1);
      }
      expect(tasks.map((task) => task.seconds)).toEqual(
        tasks.map((task) => task.seconds).sort((a, b) => b - a),
      );
    }),
    { seed: fixedSeed, numRuns: 60 },
  );
});

test('the time limit is in whole minutes, with a margin for slower machines', () => {
  expect([0.1, 600, 3601].map(timeLimit)).toEqual([360, 2100, 11_160]);
});
