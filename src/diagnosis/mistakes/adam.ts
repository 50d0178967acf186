import { combine, scale } from '../../trace/number-array.ts';
import type { MistakeKind } from './mistake.ts';
import { type Adam, adam, type Settings, settingsOf } from './optimizer-formulas.ts';
import { type MoveMistake, movedFrom, moveMistakes, smallness } from './update-mistakes.ts';

/** A wrong part of Adam. */
interface PartMistake extends Omit<MoveMistake, 'move'> {
  readonly changed: Partial<Adam>;
}

const correction =
  'm and s start at 0, so they are too small at first: the step uses m / (1 - beta1^t) and s / (1 - beta2^t), with t = 1 in the first step.';
const correctionFix = 'm_hat = m / (1 - beta1**t); s_hat = s / (1 - beta2**t)';
const root = 'The step is rate * m_hat / (sqrt(s_hat) + epsilon).';
const rootFix = 'm_hat / (np.sqrt(s_hat) + epsilon)';
const means =
  'm and s are moving averages: m = beta1 * m + (1 - beta1) * g, s = beta2 * s + (1 - beta2) * g**2.';
const mFix = 'm = beta1 * m + (1 - beta1) * g';
const sFix = 's = beta2 * s + (1 - beta2) * g * g';

/** Of Adam and AdamW; `small` says how much a mistake changes. */
function parts({ beta1, beta2, epsilon }: Settings, small: string): readonly PartMistake[] {
  const first: Adam['first'] = (m, t) => m / (1 - beta1 ** t);
  const second: Adam['second'] = (s, t) => s / (1 - beta2 ** t);
  return [
    {
      id: 'adam-no-correction',
      title: 'the bias of m and s is not corrected',
      explain: correction,
      fix: correctionFix,
      changed: { first: (m) => m, second: (s) => s },
    },
    {
      id: 'adam-no-first-correction',
      title: 'the bias of m is not corrected',
      explain: correction,
      fix: correctionFix,
      changed: { first: (m) => m },
    },
    {
      id: 'adam-no-second-correction',
      title: 'the bias of s is not corrected',
      explain: correction,
      fix: correctionFix,
      changed: { second: (s) => s },
    },
    {
      id: 'adam-correction-stored',
      title: 'the corrected m and s are kept for the next step',
      explain: `${correction} The next step continues with m and s themselves.`,
      fix: `Use other names for the corrected ones: ${correctionFix}`,
      changed: { kept: (m, s, t) => [first(m, t), second(s, t)] },
    },
    {
      id: 'adam-first-correction-stored',
      title: 'the corrected m is kept for the next step',
      explain: `${correction} The next step continues with m itself.`,
      fix: `Use another name for the corrected one: ${correctionFix}`,
      changed: { kept: (m, s, t) => [first(m, t), s] },
    },
    {
      id: 'adam-second-correction-stored',
      title: 'the corrected s is kept for the next step',
      explain: `${correction} The next step continues with s itself.`,
      fix: `Use another name for the corrected one: ${correctionFix}`,
      changed: { kept: (m, s, t) => [m, second(s, t)] },
    },
    {
      id: 'adam-correction-multiplied',
      title: 'm and s are multiplied by 1 - beta^t instead of divided',
      explain: correction,
      fix: correctionFix,
      changed: { first: (m, t) => m * (1 - beta1 ** t), second: (s, t) => s * (1 - beta2 ** t) },
    },
    {
      id: 'adam-correction-betas-swapped',
      title: 'the corrections of m and s have each the beta of the other',
      explain: correction,
      fix: correctionFix,
      changed: { first: (m, t) => m / (1 - beta2 ** t), second: (s, t) => s / (1 - beta1 ** t) },
    },
    {
      id: 'adam-correction-without-power',
      title: 'm and s are divided by 1 - beta, without the power t',
      explain: correction,
      fix: correctionFix,
      changed: { first: (m) => m / (1 - beta1), second: (s) => s / (1 - beta2) },
    },
    {
      id: 'adam-correction-product',
      title: 'the power is written as a product: 1 - beta * t',
      explain: correction,
      fix: `${correctionFix} (** is the power)`,
      changed: { first: (m, t) => m / (1 - beta1 * t), second: (s, t) => s / (1 - beta2 * t) },
    },
    {
      id: 'epsilon-inside-root',
      title: `epsilon is inside the root: sqrt(s_hat + epsilon)${small}`,
      explain: root,
      fix: rootFix,
      changed: { direction: (m, s) => m / Math.sqrt(s + epsilon) },
    },
    {
      id: 'epsilon-uncorrected',
      title: `epsilon is added to sqrt(s) before the correction of s${small}`,
      explain: `${root} With sqrt(1 - beta2^t) in the learning rate instead, epsilon would have to be multiplied by it too.`,
      fix: rootFix,
      changed: {
        direction: (m, s, _g, t) => {
          const factor = Math.sqrt(1 - beta2 ** t);
          return (m * factor) / (Math.sqrt(s) * factor + epsilon);
        },
      },
    },
    {
      id: 'epsilon-missing',
      title: `epsilon is missing${small}`,
      explain: root,
      fix: rootFix,
      changed: { direction: (m, s) => (s === 0 ? 0 : m / Math.sqrt(s)) },
    },
    {
      id: 'root-missing',
      title: 'm is divided by s, without the root',
      explain: root,
      fix: rootFix,
      changed: { direction: (m, s) => m / (s + epsilon) },
    },
    {
      id: 'adam-gradient-for-m',
      title: 'the step uses the gradient in place of its mean m',
      explain: root,
      fix: rootFix,
      changed: { direction: (_m, s, g) => g / (Math.sqrt(s) + epsilon) },
    },
    {
      id: 'adam-m-alone',
      title: 'the step is rate * m_hat: it is not divided by the root of s',
      explain: root,
      fix: rootFix,
      changed: { direction: (m) => m },
    },
    {
      id: 'betas-swapped',
      title: 'beta1 and beta2 are swapped',
      explain: `${means} beta1 is that of m, beta2 that of s.`,
      fix: 'Look at the order in which beta1 and beta2 are passed.',
      changed: {
        m: (m, g) => beta2 * m + (1 - beta2) * g,
        s: (s, g) => beta1 * s + (1 - beta1) * g * g,
        first: (m, t) => m / (1 - beta2 ** t),
        second: (s, t) => s / (1 - beta1 ** t),
      },
    },
    {
      id: 'm-share-missing',
      title: 'the factor 1 - beta1 of the gradient in m is missing',
      explain: means,
      fix: mFix,
      changed: { m: (m, g) => beta1 * m + g },
    },
    {
      id: 's-share-missing',
      title: 'the factor 1 - beta2 of the squared gradient in s is missing',
      explain: means,
      fix: sFix,
      changed: { s: (s, g) => beta2 * s + g * g },
    },
    {
      id: 'm-swapped',
      title: 'beta1 and 1 - beta1 are swapped in m',
      explain: means,
      fix: mFix,
      changed: { m: (m, g) => (1 - beta1) * m + beta1 * g },
    },
    {
      id: 's-swapped',
      title: 'beta2 and 1 - beta2 are swapped in s',
      explain: means,
      fix: sFix,
      changed: { s: (s, g) => (1 - beta2) * s + beta2 * g * g },
    },
    {
      id: 's-with-beta1',
      title: 's is computed with beta1',
      explain: means,
      fix: sFix,
      changed: { s: (s, g) => beta1 * s + (1 - beta1) * g * g },
    },
    {
      id: 'm-with-beta2',
      title: 'm is computed with beta2',
      explain: means,
      fix: mFix,
      changed: { m: (m, g) => beta2 * m + (1 - beta2) * g },
    },
    {
      id: 's-of-m',
      title: 's averages m^2 instead of g^2',
      explain: means,
      fix: sFix,
      changed: { s: (s, _g, m) => beta2 * s + (1 - beta2) * m * m },
    },
    {
      id: 's-of-g',
      title: 's averages |g| instead of g^2',
      explain: means,
      fix: sFix,
      changed: { s: (s, g) => beta2 * s + (1 - beta2) * Math.abs(g) },
    },
    {
      id: 'm-is-s',
      title: 'm and s are the same array in memory',
      explain: `${means} After m = s = np.zeros(…), changing one in place changes the other.`,
      fix: 'Give each an array of its own: m = np.zeros_like(w); s = np.zeros_like(w)',
      changed: {
        m: (m, g) => beta2 * (beta1 * m + (1 - beta1) * g) + (1 - beta2) * g * g,
        s: (_s, _g, m) => m,
        // It can be negative; programs that run take the root of |s|.
        direction: (m, s) => m / (Math.sqrt(Math.abs(s)) + epsilon),
      },
    },
  ];
}

/** Of AdamW's decay. */
function decays({ weightDecay }: Settings): readonly PartMistake[] {
  const explain = 'AdamW multiplies the weights by 1 - rate * weight_decay, and then makes the step of Adam.';
  const fix = 'w = w - rate * weight_decay * w, and then the step of Adam';
  return [
    {
      id: 'decay-missing',
      title: 'the weights do not decay: the step is that of Adam',
      explain,
      fix,
      changed: { decayed: (w) => w },
    },
    {
      id: 'decay-without-rate',
      title: "the learning rate is missing in the weights' decay",
      explain,
      fix,
      changed: { decayed: (w) => w * (1 - weightDecay) },
    },
    {
      id: 'decay-doubled',
      title: 'the weights decay by 2 * rate * weight_decay',
      explain,
      fix,
      changed: { decayed: (w, rate) => w * (1 - 2 * rate * weightDecay) },
    },
    {
      id: 'decay-sign',
      title: 'the weights grow: the decay has the wrong sign',
      explain,
      fix,
      changed: { decayed: (w, rate) => w * (1 + rate * weightDecay) },
    },
  ];
}

/** AdamW's decay in the wrong place. */
const misplacedDecays = (settings: Settings): readonly MoveMistake[] => [
  {
    id: 'decay-after-step',
    title: 'the weights decay after the step of Adam, not before it',
    explain: 'AdamW decays the weights of before the step.',
    fix: 'w = w * (1 - rate * weight_decay) first, and then the step of Adam',
    move: () => {
      const plain = adam({ ...settings, weightDecay: 0 });
      return (step, parameter) => {
        const moved = plain(step, parameter);
        return { ...moved, value: scale(moved.value, 1 - step.rules.rate(step) * settings.weightDecay) };
      };
    },
  },
  {
    id: 'decay-in-gradient',
    title: 'weight_decay * w is added to the gradient, as in Adam with a penalty',
    explain:
      "AdamW's decay is not part of the gradient: it is not in m and s, and is not divided by the root of s.",
    fix: 'w = w - rate * weight_decay * w, and then the step of Adam with the gradient without it',
    move: () =>
      movedFrom(adam({ ...settings, weightDecay: 0 }), (_, { gradient, value }) => ({
        gradient: combine(gradient, value, (g, w) => g + settings.weightDecay * w),
      })),
  },
];

/** t that counts from 0, with a first step that avoids the division by 0. */
const fromZero = (settings: Settings): MoveMistake => ({
  id: 't-from-0-uncorrected',
  title: 't is counted from 0, and the first step is not corrected',
  explain: `${correction} With t = 0 the divisions are by 0.`,
  fix: 'Start at t = 1, and correct every step.',
  move: (right) => {
    const uncorrected = adam(settings, { first: (m) => m, second: (s) => s });
    return (step, parameter) =>
      step.step === 0 ? uncorrected(step, parameter) : right({ ...step, step: step.step - 1 }, parameter);
  },
});

/** Mistakes in Adam and AdamW. */
export const adamMistakes: readonly MistakeKind[] = [
  moveMistakes(({ optimizer }, evidence) => {
    if (optimizer.name !== 'adam' && optimizer.name !== 'adamw') return [];
    const settings = settingsOf(optimizer);
    const hasDecay = optimizer.name === 'adamw' && settings.weightDecay !== 0;
    return [
      ...[...parts(settings, smallness(evidence)), ...(hasDecay ? decays(settings) : [])].map(
        ({ changed, ...mistake }) => ({ ...mistake, move: () => adam(settings, changed) }),
      ),
      fromZero(settings),
      ...(hasDecay ? misplacedDecays(settings) : []),
    ];
  }),
];
