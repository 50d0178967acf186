import { describe, expect, test } from '@jest/globals';
import type { Exercise, ExerciseLayer, Recording } from '../trace/exercise.ts';
import { madeExercise, recordingOf } from '../trace/exercises.testing.ts';
import { map, type NumberArray, scale } from '../trace/number-array.ts';
import { placesOf, shapeOf } from '../trace/quantities.ts';
import { rightRules } from '../trace/right-rules.ts';
import type { Rules } from '../trace/rules.ts';
import type { GivenExercise } from './given-exercises.ts';
import { givenExercises } from './given-exercises.ts';
import { gradeRecording, gradeSubmission } from './grade.ts';
import { identityOf, sharedNotes } from './identity.ts';
import type { Criterion, Rubric } from './rubric.ts';

const criterion = (points: number, quantities: string[], more: Partial<Criterion> = {}): Criterion => ({
  ...{ name: quantities.join(' '), points, quantities, layers: 'all', steps: 'all', optional: false },
  ...more,
});
const forward = criterion(2, ['z', 'a']);
const loss = criterion(1, ['loss']);
const backward = criterion(3, ['delta', 'kernel_gradient', 'bias_gradient']);
const update = criterion(2, ['kernel', 'bias']);
const usual = [forward, loss, backward, update];

const rubricOf = (criteria: readonly Criterion[] = usual, more: Partial<Rubric> = {}): Rubric => ({
  ...{ path: 'rubric.yaml', exercises: 'e.json', tolerance: null, consequences: 'full', criteria },
  error: () => {
    throw new Error('not in this test');
  },
  ...more,
});

const given = (exercise: Exercise, owner: string | null = null): GivenExercise => ({
  ...{ path: `exercises/${owner ?? 'all'}.json`, exercise, owner },
});

function grade(
  recording: Recording,
  rubric = rubricOf(),
  all = [given(recording.exercise)],
  student = 'anna',
) {
  const bytes = new TextEncoder().encode(JSON.stringify(recording.steps));
  const submission = { student, path: `${student}.json` };
  return gradeRecording(recording, identityOf(bytes, recording), submission, rubric, givenExercises(all));
}

const pointsOf = (recording: Recording, rubric?: Rubric) =>
  grade(recording, rubric).criteria.map(({ points }) => points);

/** A program that makes a mistake. */
const wrongly = (exercise: Exercise, change: (right: Rules) => Partial<Rules>): Recording => {
  const right = rightRules(exercise);
  return recordingOf(exercise, { ...right, ...change(right) });
};

/** A recording in which every array of a quantity is another one. */
function replaced(
  recording: Recording,
  change: (quantity: string, array: NumberArray, step: number, layer: number | null) => NumberArray | null,
): Recording {
  const places = placesOf(recording.exercise);
  const steps = recording.steps.map((step, index) =>
    step.map((array, place) =>
      array === null ? null : change(places[place].quantity, array, index, places[place].layer),
    ),
  );
  return { ...recording, steps };
}

const networks: [string, Exercise][] = [
  ['one layer', madeExercise(['linear'])],
  ['two layers', madeExercise(['tanh', 'linear'])],
  ['three layers, softmax', madeExercise(['relu', 'sigmoid', 'softmax'], { loss: 'cross_entropy' })],
  ['four layers, Adam', madeExercise(['elu', 'tanh', 'sigmoid', 'linear'], { optimizer: { name: 'adam' } })],
];

describe.each(networks)('%s', (_name, exercise) => {
  test('what is right gets all points', () => {
    const graded = grade(recordingOf(exercise));
    expect([graded.points, graded.refusal, graded.empty]).toEqual([8, null, null]);
    expect(graded.notes).toEqual(["the numbers are fys-nn's own answers, to the last bit"]);
  });

  test('a wrong forward pass costs its points alone, unless the rubric says otherwise', () => {
    const wrong = wrongly(exercise, ({ z }) => ({ z: (step, layer) => map(z(step, layer), (x) => 1.1 * x) }));
    expect(pointsOf(wrong)).toEqual([1, 1, 3, 2]); // a is right, given z
    expect(pointsOf(wrong, rubricOf(usual, { consequences: 'half' }))).toEqual([0.5, 0.5, 1.5, 1]);
    expect(pointsOf(wrong, rubricOf(usual, { consequences: 'none' }))).toEqual([0, 0, 0, 0]);
  });

  test('a wrong gradient of biases costs its share', () => {
    const wrong = wrongly(exercise, ({ dataGradient }) => ({
      dataGradient: (step, layer, kind) => scale(dataGradient(step, layer, kind), kind === 'bias' ? 3 : 1),
    }));
    expect(pointsOf(wrong)).toEqual([2, 1, 2, 2]);
  });

  test('what is not recorded gets no points', () => {
    const graded = grade(recordingOf(exercise, undefined, ['z', 'a', 'kernel']));
    expect(graded.criteria.map(({ points }) => points)).toEqual([2, 0, 0, 1]);
    expect(graded.criteria[1].quantities[0].outcome).toMatchObject({ kind: 'absent', absent: 6, cells: 6 });
  });

  test('a step that is missing costs its share of what is asked for in all steps', () => {
    const partial = replaced(recordingOf(exercise), (_q, array, step) => (step === 4 ? null : array));
    expect(pointsOf(partial)).toEqual([1.67, 0.83, 2.5, 1.67]);
    const half = replaced(partial, (quantity, array, step) =>
      quantity === 'loss' && step > 0 ? null : array,
    );
    expect(pointsOf(half)[1]).toBe(0);
    expect(pointsOf(partial, rubricOf([{ ...forward, steps: 'first' }]))).toEqual([2]);
  });

  const zero = (array: NumberArray) => map(array, () => 0);
  test.each([
    ['zeros', (_q: string, array: NumberArray) => zero(array), 'every recorded number is 0'],
    [
      'one number throughout',
      (_q: string, array: NumberArray) => map(array, () => 0.25),
      'one number throughout',
    ],
    [
      'the initial weights',
      (quantity: string, _a: NumberArray, _step: number, layer: number | null) =>
        quantity === 'kernel' || quantity === 'bias' ? exercise.layers[layer!][quantity] : null,
      'nothing was updated',
    ],
    [
      'the rows of the batches',
      (quantity: string, array: NumberArray) => (/^[xy]$/.test(quantity) ? array : null),
      'it has no number',
    ],
    ['nothing', () => null, 'it has no number'],
  ])('%s get no points', (_what, change, sentence) => {
    const recording = replaced(recordingOf(exercise), change);
    const graded = grade(recording);
    expect(graded.points).toBe(0);
    expect(graded.empty).toContain(sentence);
    // Nobody is told what is wrong with it, and to find that takes seconds.
    expect(graded.check).toMatchObject({ first: null, separate: [] });
  });

  test('zeros that follow from zeros get no points', () => {
    const lazy = wrongly(exercise, () => {
      const none = (step: { N: number }, layer: number) => {
        const place = placesOf(exercise).find((one) => one.quantity === 'delta' && one.layer === layer)!;
        const shape = shapeOf(exercise, place, step.N);
        return { shape, values: new Float64Array(shape[0] * shape[1]) };
      };
      return { outputDelta: (step) => none(step, exercise.layers.length - 1), hiddenDelta: none };
    });
    // The loss and the forward pass with the initial weights are right, given these.
    expect(pointsOf(lazy)).toEqual([2, 1, 0, 0]);
  });
});

test('other rows than those of the batches are noted', () => {
  const exercise = madeExercise(['tanh', 'linear']);
  const doubled = wrongly(exercise, (right) => ({ x: (step) => scale(right.x(step), 2) }));
  expect(grade(doubled).notes).toEqual([
    "its x is not that of the exercise's batches; points are for what follows from it",
  ]);
  expect(grade(recordingOf(exercise)).notes).not.toContain('its x');
});

test('a mistake that is made in every layer is not a consequence of itself', () => {
  const exercise = madeExercise(['tanh', 'linear'], { optimizer: { name: 'adam' } });
  const wrong = wrongly(exercise, ({ update: move }) => ({
    update: (step, parameter) => {
      const { value, state } = move(step, parameter);
      const half = (x: number, i: number) => (x + parameter.value.values[i]) / 2;
      return { value: map(value, half), state };
    },
  }));
  expect(pointsOf(wrong)).toEqual([2, 1, 3, 0]);
});

test('layers and steps of a criterion', () => {
  const exercise = madeExercise(['tanh', 'sigmoid', 'linear']);
  const wrong = wrongly(exercise, ({ hiddenDelta }) => ({
    hiddenDelta: (step, layer) => scale(hiddenDelta(step, layer), step.step < 2 ? 1 : 2),
  }));
  const of = (more: Partial<Criterion>) => pointsOf(wrong, rubricOf([criterion(1, ['delta'], more)]))[0];
  expect([of({}), of({ layers: 'output' }), of({ layers: 'hidden' }), of({ steps: 'first' })]).toEqual([
    0, 1, 0, 1,
  ]);
});

test('a looser tolerance accepts float32', () => {
  const single = wrongly(madeExercise(), () => ({
    stored: ({ shape, values }) => ({ shape, values: Float64Array.from(Float32Array.from(values)) }),
  }));
  expect(grade(single).points).toBeLessThan(8);
  expect(grade(single, rubricOf(usual, { tolerance: 1e-4 })).points).toBe(8);
});

test('optional points are extra, and thirds add up', () => {
  const recording = recordingOf(madeExercise(), undefined, ['delta', 'loss']);
  const rubric = rubricOf([criterion(1, backward.quantities as string[]), { ...loss, optional: true }]);
  expect(grade(recording, rubric).points).toBe(1.33);
});

describe('whose exercise it is', () => {
  const made = (seed: number): Exercise => {
    const exercise = madeExercise(['tanh', 'linear'] as ExerciseLayer['activation'][], {}, seed);
    return { ...exercise, id: `e${seed}` };
  };
  const [first, second, unknown] = [1, 2, 3].map(made);
  const own = [given(first, 'anna'), given(second, 'bob')];
  const refusalOf = (exercise: Exercise, all: GivenExercise[], student = 'Anna') =>
    grade(recordingOf(exercise), rubricOf(), all, student).refusal?.teacher ?? null;

  test('one of the student, or one of nobody', () => {
    expect(refusalOf(first, own)).toBeNull();
    expect(refusalOf(first, [given(first), given(second)])).toBeNull();
    expect(refusalOf(first, [given(first), given(second, 'bob')])).toBeNull();
    expect(refusalOf(first, [given(first, 'anna'), given(first, 'bob')], 'bob')).toBeNull();
  });

  test('another student\u2019s is refused, by name for the teacher alone', () => {
    expect(refusalOf(second, own)).toBe('its exercise is that of bob');
    expect(refusalOf(first, own, 'carl')).toBe('its exercise is that of anna');
    expect(refusalOf(second, [given(first, 'anna'), given(second)])).toContain('not the one of Anna');
    expect(grade(recordingOf(second), rubricOf(), own).refusal!.student).not.toContain('bob');
  });

  test('one that was not given out is refused, and says what was changed', () => {
    expect(refusalOf(unknown, [given(first), given(second)])).toContain("none of the rubric's");
    const easier = { ...first, id: 'e9', x: map(first.x, () => 1) };
    expect(refusalOf(easier, own)).toBe(
      'it has the exercise with data.x changed: not that of exercises/anna.json',
    );
    expect(refusalOf({ ...easier, batches: [[[0]]] }, [given(first)])).toContain(
      'data.x and batches changed',
    );
    expect(refusalOf(unknown, own)).toContain('it has another exercise');
    const refused = grade(recordingOf(easier), rubricOf(), own);
    expect([refused.points, refused.criteria.length, refused.check]).toEqual([0, 4, null]);
  });
});

describe('what is the same', () => {
  const recording = recordingOf(madeExercise());
  const other = recordingOf(madeExercise(), undefined, ['z']);
  const identity = (one: Recording, text: string) => identityOf(new TextEncoder().encode(text), one);
  const all = [
    { student: 'anna', identity: identity(recording, 'a') },
    { student: 'bob', identity: identity(recording, 'a') },
    { student: 'carl', identity: identity(recording, 'c') },
    { student: 'dora', identity: identity(other, 'd') },
    { student: 'emil', identity: null },
  ];
  test('is noted, and who else has it', () => {
    expect(sharedNotes(all, false)).toEqual([
      ['the same file as bob'],
      ['the same file as anna'],
      ['the same numbers, to the last bit, as anna and bob'],
      [],
      [],
    ]);
    expect(sharedNotes(all, true)[3]).toEqual(['the same exercise as anna, bob and carl']);
    const many = Array.from({ length: 9 }, (_, i) => ({ ...all[0], student: `s${i}` }));
    expect(sharedNotes(many, false)[0]).toEqual(['the same file as s1, s2 and 6 others']);
  });
});

describe('what cannot be graded stops nobody', () => {
  const none = givenExercises([]);
  const gradeFile = (path: string, all = none) => gradeSubmission({ student: 'anna', path }, rubricOf(), all);
  test.each([
    ['nowhere.json', 'the file cannot be read: there is no such file'],
    ['src', 'the file cannot be read: it is a folder'],
    ['package.json', 'the file has another format'],
    ['data/fixtures/traces/adam-tanh.json', 'the file is a recorded run'],
  ])('%s', async (path, reason) => {
    const { points, refusal, criteria } = await gradeFile(path);
    expect([points, criteria.map((one) => one.points)]).toEqual([0, [0, 0, 0, 0]]);
    expect(refusal!.teacher).toContain(reason);
    expect(refusal!.student).not.toContain(path);
    expect(refusal!.isOurs).toBeUndefined();
  });
});
