import type { Rules, Step } from '../../trace/rules.ts';
import type { MistakeKind } from './mistake.ts';

/** Rules of steps whose z and a are recorded in each other's place: everything is computed from them the right way round. */
function exchanged(right: Rules): Rules {
  const turned = (step: Step): Step => ({ ...step, z: step.a, a: step.z, rules: right });
  const zOf = (step: Step, layer: number) => right.z(turned(step), layer);
  return {
    ...right,
    // The place of z comes first: its a is not known yet.
    z(step, layer) {
      const z = [...step.a];
      z[layer] = zOf(step, layer);
      return right.a({ ...turned(step), z }, layer);
    },
    a: zOf,
    loss: (step) => right.loss(turned(step)),
    outputError: (step) => right.outputError(turned(step)),
    outputDelta: (step) => right.outputDelta(turned(step)),
    hiddenDelta: (step, layer) => right.hiddenDelta(turned(step), layer),
    derivative: (step, layer) => right.derivative(turned(step), layer),
    dataGradient: (step, layer, kind) => right.dataGradient(turned(step), layer, kind),
  };
}

/** Right numbers that are recorded as others. */
export const recordedAs: MistakeKind = ({ layers }, { place: { quantity } }) =>
  (quantity === 'z' || quantity === 'a') && layers.some(({ activation }) => activation !== 'linear')
    ? [
        {
          id: 'recorded-z-as-a',
          title: "z and a are recorded in each other's place",
          explain: 'z is before the activation, a = f(z) is after it.',
          fix: 'trace.record(layer, z=z, a=a), with the names of your own arrays',
          rules: exchanged,
        },
      ]
    : [];
