import { describe, expect, test } from '@jest/globals';
import { UserError } from '../errors.ts';
import { checkSchedule, compileSchedule, scheduleNames, schedules } from './schedules.ts';

const times = [0, 1, 2, 7].flatMap((epoch) => [0, 1, 74].map((step) => [epoch, step] as const));
const steps = 75;

describe('by name', () => {
  test('the names are those of the table', () => {
    expect(scheduleNames).toEqual(['constant', 'decay', 'decay_per_step']);
  });

  test.each(scheduleNames)('%s compiles to the entry of the table', async (name) => {
    expect(await compileSchedule(name)).toBe(schedules[name]);
  });

  test.each(times)('epoch %i, step %i', (epoch, step) => {
    expect(schedules.constant(0.3)).toBe(0.3);
    expect(schedules.decay(0.3, epoch, step, steps)).toBe(0.3 / (epoch * 75 + 1));
    expect(schedules.decay_per_step(0.3, epoch, step, steps)).toBe(0.3 / (epoch * 75 + step + 1));
  });

  test("the report's decay is eta0 in the first epoch and eta0 / 76 in the second", () => {
    const rates = [0, 1].flatMap((epoch) => [0, 74].map((step) => schedules.decay(1, epoch, step, 75)));
    expect(rates).toEqual([1, 1, 1 / 76, 1 / 76]);
  });
});

describe('expressions', () => {
  test('see eta0, epoch, step and steps', async () => {
    const schedule = await compileSchedule('eta0/(1 + 0.1*epoch) + step/steps');
    for (const [epoch, step] of times) {
      expect(schedule(0.3, epoch, step, steps)).toBe(0.3 / (1 + 0.1 * epoch) + step / steps);
    }
  });

  test('that write out a schedule of the table give its rates', async () => {
    const decay = await compileSchedule('eta0/(epoch*steps + 1)');
    for (const [epoch, step] of times) {
      expect(decay(0.3, epoch, step, steps)).toBe(schedules.decay(0.3, epoch, step, steps));
    }
  });

  test('t counts the steps of all epochs, as in the decay t0/(t + t1)', async () => {
    const schedule = await compileSchedule('5/(t + 50)');
    for (const [epoch, step] of times) {
      expect(schedule(0.3, epoch, step, steps)).toBe(5 / (epoch * 75 + step + 50));
    }
  });

  test('do not share their variables', async () => {
    const [first, second] = await Promise.all([compileSchedule('eta0'), compileSchedule('eta0*2')]);
    expect([first(1, 0, 0, 1), second(5, 0, 0, 1), first(2, 0, 0, 1)]).toEqual([1, 10, 2]);
  });

  test.each(['eta0/(1+epochs)', 'rate', 'Constant', 'toString', '', 'eta0 <', 'epoch > 1'])(
    '%j is refused',
    async (text) => {
      await expect(compileSchedule(text)).rejects.toThrow(UserError);
      await expect(compileSchedule(text)).rejects.toThrow('{schedule}');
    },
  );
});

/** How often the event loop comes round while this runs. */
async function turnsDuring(action: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  const count = (): NodeJS.Immediate =>
    setImmediate(() => {
      turns++;
      next = count();
    });
  let next = count();
  await action();
  clearImmediate(next);
  return turns;
}

describe('checkSchedule', () => {
  const refusal = async (text: string, epochs = 5, batches = 4): Promise<UserError | null> => {
    const schedule = await compileSchedule(text);
    try {
      await checkSchedule(text, schedule, 0.1, epochs, batches);
      return null;
    } catch (error) {
      if (error instanceof UserError) return error;
      throw error;
    }
  };

  test.each([...scheduleNames, '0', 'eta0 - eta0', 'max(0, 1 - epoch)'])('%s is accepted', async (text) => {
    expect(await refusal(text)).toBeNull();
  });

  test.each([
    ['negative', '1 - epoch', 'rate -1 at epoch 2, step 0'],
    ['not a number', 'log(-eta0)', 'rate NaN at epoch 0, step 0'],
    ['infinite', 'eta0/(epoch - 3)^2', 'rate Infinity at epoch 3, step 0'],
    ['negative in one step only', '2.5 - step', 'rate -0.5 at epoch 0, step 3'],
    ['negative in the very last step', '18 - epoch*steps - step', 'rate -1 at epoch 4, step 3'],
  ])('%s', async (_name, text, where) => {
    const error = await refusal(text);
    expect(error).toBeInstanceOf(UserError);
    expect(error!.message).toContain('{schedule}');
    expect(error!.message).toContain(where);
    expect(error!.message).toContain(text);
    expect(error!.exitCode).toBe(2);
  });

  test('looks at the first and the last step of each epoch of a long training', async () => {
    expect(await refusal('step < steps - 1 ? 1 : -1', 1001, 1000)).toMatchObject({
      message: expect.stringContaining('epoch 0, step 999'),
    });
    expect(await refusal('1000 - epoch', 1_000_002, 1)).toMatchObject({
      message: expect.stringContaining('epoch 1001, step 0'),
    });
    expect(await refusal('eta0', 1001, 1000)).toBeNull();
    // Looked at in bounded time, whatever their number.
    expect(await refusal('eta0 / (epoch + 1)', 1e15, 1e6)).toBeNull();
    expect(await refusal('decay', 1e15, 1e6)).toBeNull();
  });

  test('a long look leaves turns to others', async () => {
    const schedule = await compileSchedule('eta0');
    expect(await turnsDuring(() => checkSchedule('eta0', schedule, 0.1, 1, 10))).toBe(0);
    expect(await turnsDuring(() => checkSchedule('eta0', schedule, 0.1, 300, 1000))).toBeGreaterThan(2);
  });
});
