import { scale } from '../../trace/number-array.ts';
import type { Evidence, MistakeKind } from './mistake.ts';
import { type Descent, descent, isNesterov, settingsOf } from './optimizer-formulas.ts';
import { givesParameter, kept, type MoveMistake, moveMistakes } from './update-mistakes.ts';

/** A wrong velocity, or a wrong use of it. */
interface VelocityMistake extends Omit<MoveMistake, 'move'> {
  readonly changed: Partial<Descent>;
}

const explain =
  'The velocity remembers the steps before: v = momentum * v + rate * g. Then the weights move by the new velocity: w = w - v.';
const fix = 'v = momentum * v + rate * g, and then w = w - v';

/** Wrong velocities of SGD, Adagrad and RMSprop with momentum mu. */
const velocities = (mu: number): readonly VelocityMistake[] => [
  {
    id: 'momentum-old-velocity',
    title: 'the weights move by the velocity of the step before',
    explain,
    fix: 'Compute the new v first, and then w = w - v.',
    changed: { w: (w, _v, before) => w - before },
  },
  {
    id: 'momentum-missing',
    title: 'there is no momentum: the old velocity is forgotten',
    explain,
    fix,
    changed: { v: (_v, moved) => moved },
  },
  {
    id: 'momentum-unused',
    title: 'the velocity is computed, but the weights move without it',
    explain,
    fix: 'Move the weights by the velocity: w = w - v',
    changed: { w: (w, _v, _before, moved) => w - moved },
  },
  {
    id: 'momentum-sign',
    title: 'the momentum has the wrong sign: the old velocity is subtracted',
    explain,
    fix: `${fix}. If your velocity has the other sign, both signs change: v = momentum * v - rate * g and w = w + v`,
    changed: { v: (v, moved) => moved - mu * v },
  },
  {
    id: 'momentum-dampened',
    title: 'the gradient in the velocity is multiplied by 1 - momentum',
    explain: `${explain} The factor 1 - momentum is in Adam's mean, not in this velocity.`,
    fix: 'v = momentum * v + rate * g, without (1 - momentum)',
    changed: { v: (v, moved) => mu * v + (1 - mu) * moved },
  },
  {
    id: 'momentum-dampened-rate-outside',
    title:
      'the gradient in the velocity is multiplied by 1 - momentum; the learning rate multiplies the velocity',
    explain: `${explain} The factor 1 - momentum is in Adam's mean, not in this velocity.`,
    fix: 'v = momentum * v + g, without (1 - momentum), and then w = w - rate * v',
    changed: {
      v: (v, moved, rate) => mu * v + ((1 - mu) * moved) / rate,
      w: (w, v, _before, _moved, rate) => w - rate * v,
    },
  },
  {
    id: 'momentum-swapped',
    title: 'momentum and 1 - momentum are swapped in the velocity',
    explain,
    fix,
    changed: { v: (v, moved) => (1 - mu) * v + mu * moved },
  },
  {
    id: 'momentum-complement',
    title: 'the old velocity is multiplied by 1 - momentum',
    explain,
    fix,
    changed: { v: (v, moved) => (1 - mu) * v + moved },
  },
  {
    id: 'momentum-of-gradient',
    title: 'the momentum multiplies the gradient instead of the old velocity',
    explain,
    fix,
    changed: { v: (v, moved) => v + mu * moved },
  },
  {
    id: 'momentum-1',
    title: 'the old velocity is kept whole: the factor momentum is missing',
    explain,
    fix,
    changed: { v: (v, moved) => v + moved },
  },
  {
    id: 'momentum-rate-on-velocity',
    title: 'the learning rate multiplies the old velocity too, in every step again',
    explain: `${explain} The old velocity already has the learning rate.`,
    fix: 'v = momentum * v + rate * g, not rate * (momentum * v + g)',
    changed: { v: (v, moved, rate) => rate * mu * v + moved },
  },
  {
    id: 'momentum-rate-twice',
    title: 'the learning rate is in the velocity, and in the update again',
    explain,
    fix: 'Have the learning rate in one place: v = momentum * v + rate * g, w = w - v.',
    changed: { w: (w, v, _before, _moved, rate) => w - rate * v },
  },
  {
    id: 'momentum-on-weights',
    title: 'the weights are multiplied by the momentum, instead of the velocity',
    explain,
    fix,
    changed: { w: (w, _v, _before, moved) => mu * w - moved },
  },
  {
    id: 'momentum-previous-gradient',
    title: 'only the gradient of the step before is remembered, not the whole velocity',
    explain: `${explain} So every earlier gradient still counts, by momentum to the power of its age.`,
    fix,
    changed: { v: (_v, moved) => moved, w: (w, _v, before, moved) => w - (moved + mu * before) },
  },
  {
    id: 'momentum-in-both',
    title: 'the momentum is in the velocity, and in the update again',
    explain,
    fix,
    changed: { w: (w, v) => w - mu * v },
  },
];

/** Mistakes in which of the two momenta it is. */
const kinds = (mu: number): Record<'plain' | 'nesterov', readonly VelocityMistake[]> => ({
  plain: [
    {
      id: 'momentum-as-nesterov',
      title: "the momentum is Nesterov's; the exercise asks for plain momentum",
      explain,
      fix: 'w = w - v, not w - (momentum * v + rate * g)',
      changed: { w: (w, v, _before, moved) => w - (mu * v + moved) },
    },
  ],
  nesterov: [
    {
      id: 'nesterov-as-momentum',
      title: "the momentum is plain; the exercise asks for Nesterov's",
      explain:
        "With Nesterov's momentum the weights move by momentum * v + rate * g, v being the new velocity: the gradient is that of the point ahead.",
      fix: 'v = momentum * v + rate * g, and then w = w - (momentum * v + rate * g)',
      changed: { w: (w, v) => w - v },
    },
    {
      id: 'nesterov-twice-ahead',
      title: "Nesterov's step adds the new velocity twice: momentum * v + v",
      explain:
        "With Nesterov's momentum the weights move by momentum * v + rate * g, v being the new velocity.",
      fix: 'w = w - (momentum * v + rate * g)',
      changed: { w: (w, v) => w - (mu * v + v) },
    },
    {
      id: 'nesterov-sign-of-old',
      title: "in Nesterov's step the term of the old velocity has the wrong sign",
      explain:
        'Written with both velocities, the step is (1 + momentum) * v_new - momentum * v_old: the same as momentum * v_new + rate * g.',
      fix: 'w = w - ((1 + momentum) * v_new - momentum * v_old)',
      changed: { w: (w, v, before) => w - ((1 + mu) * v + mu * before) },
    },
  ],
});

/** Units in which programs record the velocity: theirs times c is ours. */
const units: readonly {
  readonly id: string;
  readonly words: string;
  readonly c: (rate: number) => number;
}[] = [
  { id: 'without-rate', words: 'without the learning rate, which the update has', c: (rate) => rate },
  { id: 'negative', words: 'with the other sign', c: () => -1 },
  {
    id: 'negative-without-rate',
    words: 'with the other sign and without the learning rate, which the update has',
    c: (rate) => -rate,
  },
];

/** Mistakes in a velocity that is recorded in other units. */
const inOtherUnits = (mistakes: readonly MoveMistake[], evidence: Evidence): MoveMistake[] => {
  if (evidence.place.slot !== 'v') return [];
  const changed = mistakes.flatMap((mistake) =>
    units.map(
      ({ id, words, c }): MoveMistake => ({
        ...mistake,
        id: `${mistake.id}:${id}`,
        title: `${mistake.title} (your velocity is ${words})`,
        generic: true,
        move: (right) => (step, parameter) => {
          const factor = c(step.rules.rate(step));
          const state = { ...parameter.state, v: scale(parameter.state.v, factor) };
          const moved = mistake.move(right)(step, { ...parameter, state });
          return { ...moved, state: { ...moved.state, v: scale(moved.state.v, 1 / factor) } };
        },
      }),
    ),
  );
  return changed.filter((mistake) => givesParameter(mistake, evidence));
};

/** Mistakes in the velocity of SGD, Adagrad and RMSprop. */
export const momentum: readonly MistakeKind[] = [
  moveMistakes(({ optimizer, schedule }, evidence) => {
    const { momentum: mu = 0 } = settingsOf(optimizer);
    if (mu === 0) return [];
    const list = [...kinds(mu)[isNesterov(optimizer) ? 'nesterov' : 'plain'], ...velocities(mu)];
    const mistakes = list.map(
      ({ changed, ...mistake }): MoveMistake => ({ ...mistake, move: () => descent(optimizer, changed) }),
    );
    return [
      ...mistakes,
      ...inOtherUnits(mistakes, evidence),
      ...(schedule === 'constant' ? [] : [rateOutside]),
    ];
  }),
];

/** The velocity without the learning rate, which is another program if the rate changes; in units of ours. */
const rateOutside: MoveMistake = {
  id: 'momentum-rate-outside',
  title: 'the velocity has no learning rate, so that the old velocity is multiplied by the new rate',
  explain: `${explain} While the learning rate is constant, v = momentum * v + g with w = w - rate * v is the same; with a schedule it is not.`,
  fix,
  move: (right) => (step, parameter) => {
    const rate = step.rules.rate(step);
    const last = kept<number>('rate', parameter);
    const factor = rate / (last.before(step) ?? rate);
    last.keep(step, rate);
    return right(step, { ...parameter, state: { ...parameter.state, v: scale(parameter.state.v, factor) } });
  },
};
