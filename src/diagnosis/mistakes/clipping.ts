import { createOptimizer } from '../../nn/optimizers.ts';
import { combine, map, type NumberArray, scale } from '../../trace/number-array.ts';
import { withPenalty } from '../../trace/right-rules.ts';
import type { Parameter, Rules, Step } from '../../trace/rules.ts';
import type { Mistake, MistakeKind } from './mistake.ts';
import { canBeUpdate, smallness } from './update-mistakes.ts';

const squaresOf = (arrays: readonly (NumberArray | undefined)[]): number =>
  arrays.reduce((sum, array) => sum + (array?.values.reduce((s, g) => s + g * g, 0) ?? 0), 0);

const allGradients = ({ gradients }: Step): (NumberArray | undefined)[] => [
  ...gradients.kernel,
  ...gradients.bias,
];

const explain =
  'The gradients of all kernels and biases together have one norm; if it exceeds clip_norm, all are multiplied by clip_norm / (norm + 1e-6).';
const fix =
  'norm = np.sqrt(sum(np.sum(g**2) for g in all_gradients)); factor = min(1, clip_norm / (norm + 1e-6))';

/** Mistakes in the clipping of gradients to a norm c. */
export const clipping: readonly MistakeKind[] = [
  (exercise, evidence) => {
    const { clipNorm: c } = createOptimizer(exercise.optimizer);
    if (c === Infinity || !canBeUpdate(evidence)) return [];
    const entry = (id: string, title: string, rules: Mistake['rules']): Mistake => ({
      id,
      title,
      explain,
      fix,
      rules,
    });
    const factorIs = (id: string, title: string, factor: (norm: number) => number): Mistake =>
      entry(id, title, (right) => ({
        ...right,
        clipping: (step) => factor(Math.sqrt(squaresOf(allGradients(step)))),
      }));
    const factorOf = (squares: number): number => Math.min(1, c / (Math.sqrt(squares) + 1e-6));
    /** What each gradient becomes by itself. */
    const eachBecomes = (
      id: string,
      title: string,
      clip: (gradient: NumberArray, step: Step, parameter: Parameter, right: Rules) => NumberArray,
    ): Mistake =>
      entry(id, title, (right) => ({
        ...right,
        clipping: () => 1,
        update: (step, parameter) =>
          right.update(step, { ...parameter, gradient: clip(parameter.gradient, step, parameter, right) }),
      }));
    return [
      factorIs('clipping-missing', 'the gradients are not clipped', () => 1),
      factorIs('clipping-exact', `1e-6 is missing next to the norm${smallness(evidence)}`, (norm) =>
        Math.min(1, c / norm),
      ),
      factorIs(
        'clipping-always',
        'the gradients are scaled to clip_norm even if they are shorter',
        (norm) => c / (norm + 1e-6),
      ),
      factorIs('clipping-without-root', 'the norm is without its root', (norm) =>
        Math.min(1, c / (norm * norm + 1e-6)),
      ),
      factorIs('clipping-to-1', 'gradients that exceed clip_norm are scaled to the norm 1', (norm) =>
        norm > c ? 1 / (norm + 1e-6) : 1,
      ),
      eachBecomes(
        'clipping-per-array',
        'each kernel and each bias is clipped to a norm of its own',
        (gradient) => scale(gradient, factorOf(squaresOf([gradient]))),
      ),
      eachBecomes(
        'clipping-per-layer',
        'each layer is clipped to a norm of its own',
        (gradient, { gradients }, { layer }) =>
          scale(gradient, factorOf(squaresOf([gradients.kernel[layer], gradients.bias[layer]]))),
      ),
      eachBecomes(
        'clipping-by-value',
        'each number of a gradient is clipped to clip_norm (clip by value)',
        (gradient) => map(gradient, (g) => Math.max(-c, Math.min(c, g))),
      ),
      eachBecomes('clipping-kernels', 'only the kernels are clipped', (gradient, { gradients }, { kind }) =>
        kind === 'bias' ? gradient : scale(gradient, factorOf(squaresOf(gradients.kernel))),
      ),
      eachBecomes(
        'clipping-without-biases',
        'the biases are missing in the norm',
        (gradient, { gradients }) => scale(gradient, factorOf(squaresOf(gradients.kernel))),
      ),
      eachBecomes(
        'clipping-before-penalty',
        'the gradients are clipped before the penalty is added',
        (gradient, step, { kind, layer }) => {
          const own = step.rules.penaltyGradient(step, layer, kind);
          if (own === null) return gradient;
          const factor = factorOf(
            squaresOf((['kernel', 'bias'] as const).flatMap((each) => dataGradients(step, each))),
          );
          return combine(gradient, own, (g, p) => factor * (g - p) + p);
        },
      ),
      entry('clipping-of-step', 'the step is clipped, after momentum and learning rate', (right) => ({
        ...right,
        clipping: () => 1,
        update(step, parameter) {
          const { value, state } = right.update(step, parameter);
          const squares = squaresOf(stepsOf(step, right));
          return {
            state,
            value: combine(parameter.value, value, (w, after) => w + factorOf(squares) * (after - w)),
          };
        },
      })),
    ];
  },
];

/** The gradients without the penalties. */
const dataGradients = (step: Step, kind: 'kernel' | 'bias'): NumberArray[] =>
  step.gradients[kind].map((gradient, layer) => {
    const penalty = step.rules.penaltyGradient(step, layer, kind);
    return penalty === null ? gradient : withPenalty(gradient, scale(penalty, -1));
  });

/** How far each parameter moves. */
const stepsOf = (step: Step, right: Rules): NumberArray[] =>
  (['kernel', 'bias'] as const).flatMap((kind) =>
    step.gradients[kind].map((gradient, layer) => {
      const value = step.weights[kind][layer];
      const { value: after } = right.update(step, {
        kind,
        layer,
        value,
        gradient,
        state: step.state[kind][layer],
      });
      return combine(value, after, (w, moved) => w - moved);
    }),
  );
