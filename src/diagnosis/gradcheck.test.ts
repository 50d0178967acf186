import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { createRng } from '../math/rng.ts';
import type { Exercise } from '../trace/exercise.ts';
import { madeExercise, recordingOf } from '../trace/exercises.testing.ts';
import {
  arrayOf,
  combine,
  hasShape,
  map,
  type NumberArray,
  scale,
  transpose,
} from '../trace/number-array.ts';
import { placesOf } from '../trace/quantities.ts';
import { rightRules } from '../trace/right-rules.ts';
import type { Rules } from '../trace/rules.ts';
import { checkGradients } from './gradcheck.ts';
import { randomExercise } from './random-exercise.testing.ts';
import { runStudent, type Switch } from './student.testing.ts';

const folder = new URL('../../data/fixtures/traces/', import.meta.url);

/** The first gradients of a recorded run of PyTorch: the exercise, and a recording with nothing else. */
function ofPyTorch(file: string) {
  const {
    data,
    model,
    batches,
    optimizer,
    expect: found,
  } = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
  if (found.first_gradients === undefined) return null;
  const matrix = (rows: number[][]): NumberArray => arrayOf([rows.length, rows[0].length], rows.flat());
  const exercise: Exercise = {
    ...madeExercise(),
    x: matrix(data.x_train),
    y: matrix(data.y_train),
    loss: model.loss === 'softmax_cross_entropy' ? 'cross_entropy' : model.loss,
    delta: model.delta ?? 1,
    penalty: { lambda: model.l2, l1: model.l1, penalizeBiases: model.penalize === 'all' },
    layers: model.layers.map(
      (layer: { units: number; activation: 'tanh'; kernel: number[][]; bias: number[] }) => ({
        ...layer,
        kernel: transpose(matrix(layer.kernel)),
        bias: arrayOf([layer.units], layer.bias),
      }),
    ),
    optimizer: { name: optimizer.name },
    batches,
  };
  const step = placesOf(exercise).map(({ quantity, layer, slot }) => {
    if (slot !== null || layer === null || !quantity.endsWith('_gradient')) return null;
    const { kernel, bias } = found.first_gradients[layer];
    return quantity === 'kernel_gradient' ? transpose(matrix(kernel)) : arrayOf([bias.length], bias);
  });
  return { kind: 'recording' as const, program: 'PyTorch', exercise, steps: [step] };
}

describe('gradients of PyTorch', () => {
  const recordings = readdirSync(folder)
    .map((file) => ({ file, recording: ofPyTorch(file) }))
    .filter(({ recording }) => recording !== null);

  test.each(recordings)('are right: $file', ({ recording }) => {
    const { gradients } = checkGradients(recording!);
    expect(gradients.map(({ status, isOurs }) => [status, isOurs])).toEqual(
      gradients.map(() => ['right', true]),
    );
    expect(Math.max(...gradients.map(({ difference }) => difference!))).toBeLessThan(1e-8);
  });

  test('there are twelve', () => expect(recordings.length).toBe(12));

  test.each(recordings)('are wrong if one element is a thousandth larger: $file', ({ recording }) => {
    const steps = recording!.steps.map((step) =>
      step.map((array) => {
        if (array === null) return null;
        const largest = Math.max(...array.values.map(Math.abs));
        const at = array.values.findIndex((value) => Math.abs(value) === largest);
        return map(array, (value, i) => (i === at ? 1.001 * value : value));
      }),
    );
    const { gradients } = checkGradients({ ...recording!, steps });
    expect(new Set(gradients.map(({ status }) => status))).toEqual(new Set(['wrong']));
  });
});

/** How often each status is found in random programs that have a mistake. */
function statusesOf(name: Switch | null, quantities?: readonly string[]) {
  const found = new Set<string>();
  for (let i = 0; i < 10; i++) {
    const exercise = randomExercise(createRng(7, 'data', i));
    const places = placesOf(exercise);
    const steps = runStudent(exercise, name === null ? [] : [{ name }]).map((step) =>
      step.map((array, index) =>
        quantities === undefined || quantities.includes(places[index].quantity) ? array : null,
      ),
    );
    const { gradients } = checkGradients({ kind: 'recording', program: 'random', exercise, steps });
    for (const { status, isOurs } of gradients) found.add(`${status}${isOurs ? '' : ', not ours'}`);
  }
  return found;
}

describe('gradients of random programs', () => {
  test('are right in a right program', () => {
    expect(statusesOf(null)).toEqual(new Set(['right']));
  });

  test('are right at the weights of a program whose update is wrong', () => {
    expect(statusesOf('rate-twice')).toEqual(new Set(['right', 'right, not ours']));
  });

  test('are wrong in a program without the derivative of the activation', () => {
    expect(statusesOf('derivative-left-out')).toContain('wrong, not ours');
  });

  test('after the first step need the weights', () => {
    expect(statusesOf(null, ['kernel_gradient', 'bias_gradient', 'kernel'])).toContain('unknown');
  });
});

describe('what is noticed', () => {
  const penalty = { lambda: 0.02, l1: 0.003, penalizeBiases: true };
  const exercise = madeExercise(['tanh', 'linear'], { penalty });
  const gradientsOf = (rules: Rules, of = exercise) =>
    checkGradients(recordingOf(of, rules, ['kernel_gradient', 'bias_gradient', 'kernel', 'bias'])).gradients;
  const right = rightRules(exercise);

  test.each<[string, Rules]>([
    ['penalty-in-update', { ...right, penaltyGradient: () => null }],
    ['gradient-negative', { ...madeRules(-1) }],
  ])('a convention: %s', (id, rules) => {
    const gradients = gradientsOf(rules).filter(({ batch }) => batch.step === 0);
    expect(gradients.map(({ status, convention }) => [status, convention?.id])).toEqual(
      gradients.map(() => ['wrong', id]),
    );
    const made = gradientsOf({ ...rules, update: rightUpdate(rules) });
    expect(made.map(({ status, convention }) => [status, convention?.id])).toEqual(
      made.map(() => ['convention', id]),
    );
  });

  test.each(['mse', 'mae'] as const)('a wrong gradient where gradients are clipped: %s', (loss) => {
    const optimizer = { name: 'sgd', clipNorm: 0.01 } as const;
    const clipped = { ...madeExercise(['tanh', 'linear'], { optimizer }), loss };
    const rules = rightRules(clipped);
    const of = (changed: Rules) =>
      checkGradients(recordingOf(clipped, changed, ['kernel_gradient', 'bias_gradient', 'kernel', 'bias']))
        .gradients;
    const wrong = of({ ...rules, dataGradient: (...at) => scale(rules.dataGradient(...at), 2) });
    expect(wrong.map(({ status }) => status)).toContain('wrong');
    expect(new Set(of(rules).map(({ status }) => status))).toEqual(new Set(['right']));
  });

  /** The update of the right gradient, whatever the program made of it. */
  const rightUpdate =
    (rules: Rules): Rules['update'] =>
    (step, parameter) => {
      const gradientBy = (program: Rules) => {
        const data = program.dataGradient(step, parameter.layer, parameter.kind);
        const of = program.penaltyGradient(step, parameter.layer, parameter.kind);
        return of === null ? data : combine(data, of, (g, p) => g + p);
      };
      expect(hasShape(gradientBy(rules), parameter.value.shape)).toBe(true);
      return right.update(step, { ...parameter, gradient: gradientBy(right) });
    };

  function madeRules(factor: number): Rules {
    return {
      ...right,
      dataGradient: (step, layer, kind) => scale(right.dataGradient(step, layer, kind), factor),
      penaltyGradient: (step, layer, kind) => scale(right.penaltyGradient(step, layer, kind)!, factor),
    };
  }

  test('corners: between the derivatives on the two sides everything is right, and nothing else', () => {
    const made = madeExercise(['relu', 'linear'], { penalty });
    const zero = ({ shape }: NumberArray) => arrayOf(shape);
    const layers = made.layers.map((layer) => ({
      ...layer,
      kernel: zero(layer.kernel),
      bias: zero(layer.bias!),
    }));
    const atZero = { ...made, layers };
    const rules = rightRules(atZero);
    const of = (changed: Rules) => gradientsOf(changed, atZero).filter(({ batch }) => batch.step === 0);
    const gradients = of(rules);
    expect(new Set(gradients.map(({ status }) => status))).toEqual(new Set(['right']));
    expect(gradients.every(({ corners }) => corners > 0)).toBe(true);
    const shifted = of({
      ...rules,
      penaltyGradient: (step, layer, kind) => map(step.weights[kind][layer], () => 2 * penalty.l1),
    });
    expect(shifted.map(({ status }) => status)).not.toContain('right');
    expect(shifted.map(({ status }) => status)).toContain('wrong');
  });

  test('a wrong shape', () => {
    const [gradient] = gradientsOf({
      ...right,
      dataGradient: (step, layer, kind) =>
        kind === 'kernel'
          ? transpose(right.dataGradient(step, layer, kind))
          : right.dataGradient(step, layer, kind),
      penaltyGradient: () => null,
    });
    expect(gradient.status).toBe('shape');
  });

  test('only some elements of a large network are looked at', () => {
    const size = { D: 300, H: 200, N: 64 };
    const large: Exercise = {
      ...exercise,
      x: map(arrayOf([size.N, size.D]), (_, i) => Math.sin(i)),
      y: map(arrayOf([size.N, 2]), (_, i) => Math.cos(i)),
      layers: [
        {
          units: size.H,
          activation: 'relu',
          kernel: map(arrayOf([size.D, size.H]), (_, i) => Math.sin(7 * i) / 20),
          bias: arrayOf([size.H]),
        },
        {
          units: 2,
          activation: 'linear',
          kernel: map(arrayOf([size.H, 2]), (_, i) => Math.cos(3 * i) / 20),
          bias: null,
        },
      ],
      batches: [[Array.from({ length: size.N }, (_, row) => row)]],
    };
    const gradients = gradientsOf(rightRules(large), large);
    expect(gradients.map(({ status }) => status)).toEqual(['right', 'right', 'right']);
    const [, kernel] = gradients.filter(({ place }) => place.quantity === 'kernel_gradient');
    expect(kernel.checked).toBeLessThan(kernel.of);
    expect(kernel.checked).toBeGreaterThanOrEqual(6);
  });
});
