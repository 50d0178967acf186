import { expect, test } from '@jest/globals';
import { agreementNotes, agreements } from './agreement.ts';

const trial = (settings: object, loss: readonly (number | null)[], status = 'done') => ({
  settings: { solver: 'sgd', reference: 'none', lambda: 0, dtype: 'float64', ...settings },
  status,
  curves: { train_mse: loss, test_accuracy: [0.5, 0.25] },
});
const theirs = { solver: null, dtype: null, reference: 'torch' };

test('losses of another library are compared with ours of the same settings, as far as it reads them', () => {
  const trials = [
    trial({}, [2, 1, 0]),
    trial({ dtype: 'float32' }, [2, 1.125]),
    trial({ lambda: 1 }, [1, 1]),
    trial(theirs, [2, 1.25, 7]),
    trial({ ...theirs, lambda: 1 }, [1, 1.5]),
    trial({ ...theirs, lambda: 2 }, [9, 9]),
    trial({ ...theirs, reference: 'tfjs' }, [2, 1, 0]),
  ];
  const found = agreements(trials);
  expect(found).toEqual([
    { reference: 'torch', dtype: 'float64', ofEpochs: true, differences: [0.25, 0.5] },
    { reference: 'torch', dtype: 'float32', ofEpochs: true, differences: [expect.closeTo(1 / 9, 12)] },
    { reference: 'tfjs', dtype: 'float64', ofEpochs: true, differences: [0] },
    { reference: 'tfjs', dtype: 'float32', ofEpochs: true, differences: [expect.closeTo(1 / 9, 12)] },
  ]);
  expect(agreementNotes(found).slice(0, 3)).toEqual([
    'torch: losses after every epoch differ from ours in float64 by at most 0.5 of their value',
    'torch: losses after every epoch differ from ours in float32 by at most 0.11 of their value',
    'tfjs: all losses after every epoch are equal to ours in float64',
  ]);
});

test('one trial in which differences grow does not hide that the others are equal', () => {
  const note = (...differences: number[]) =>
    agreementNotes([{ reference: 'torch', dtype: 'float64', ofEpochs: true, differences }])[0];
  expect(note(0, 2e-15, 5.25)).toMatch(/by at most 5\.\d of .*, in half of the 3 trials by at most 2e-15$/);
  expect(note(2e-15, 5e-15)).toMatch(/by at most 5e-15 of their value$/);
});

test('there is nothing to compare without other libraries, their curves or an end of both trainings', () => {
  expect(agreements([trial({}, [1])])).toEqual([]);
  expect(agreements([trial({}, [1]), { ...trial(theirs, []), curves: {} }])).toEqual([]);
  expect(agreements([trial({}, [1], 'diverged'), trial(theirs, [2])])).toEqual([]);
  expect(agreements([trial({}, [1]), trial(theirs, [2], 'diverged')])).toEqual([]);
});

test('fits without epochs are compared by their losses, with those of ours that have no epochs either', () => {
  const exact = (settings: object, mse: number) => ({
    ...trial(settings, []),
    curves: {},
    metrics: { train_mse: mse, test_mse: 2, test_r2: mse, best_test_mse: null, converged: 1 },
  });
  const closed = { solver: 'closed-form', dtype: null };
  const theirs = { solver: null, dtype: null, reference: 'sklearn-ridge' };
  const found = agreements([
    trial({}, [7]),
    ...[exact(closed, 1), exact({ ...closed, lambda: 1 }, 1)],
    ...[exact(theirs, 1), exact({ ...theirs, lambda: 1 }, 1.25)],
  ]);
  expect(found).toEqual([
    { reference: 'sklearn-ridge', dtype: 'float64', ofEpochs: false, differences: [0, 0.25] },
  ]);
  expect(agreementNotes(found)).toEqual([
    'sklearn-ridge: losses differ from ours by at most 0.25 of their value, in half of the 2 trials by at most 0',
  ]);
});
