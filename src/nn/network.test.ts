import { describe, expect, test } from '@jest/globals';
import { createArena } from './arena.ts';
import { initialWeights, type LayerSpec, layOut } from './network.ts';

const layer = (units: number, changes: Partial<LayerSpec> = {}): LayerSpec => ({
  units,
  activation: 'relu',
  kernelInit: 'glorot_uniform',
  biasInit: 'random_normal',
  ...changes,
});
const network = [layer(7), layer(1, { biasInit: null }), layer(17), layer(3, { activation: 'softmax' })];
const inputs = 5;

describe('layOut', () => {
  const capacity = 9;

  /** [offset, length] of everything that a layer has. */
  function regionsOf(
    layers: readonly LayerSpec[],
    slots: number,
    arena = createArena('float64'),
  ): number[][] {
    return layOut(layers, inputs, capacity, slots, false, arena).flatMap((memory) => {
      const { inputs: D, units: H } = memory;
      const all = [
        [memory.kernel, D * H],
        [memory.kernelGradient, D * H],
        ...memory.kernelState.map((offset) => [offset, D * H]),
        [memory.bias, H],
        [memory.biasGradient, H],
        ...memory.biasState.map((offset) => [offset, H]),
        [memory.output, capacity * H],
        [memory.delta, capacity * H],
      ];
      return all.filter(([offset]) => offset !== -1);
    });
  }

  test.each([0, 1, 2, 3])('no two regions overlap, %d slots of state', (slots) => {
    const arena = createArena('float64');
    arena.floats(33);
    const regions = regionsOf(network, slots, arena).sort(([a], [b]) => a - b);
    // Output and delta; kernel and bias with their gradients and slots; less what the second layer lacks.
    expect(regions).toHaveLength(4 * (2 + 2 * (2 + slots)) - (2 + slots));
    let end = 33;
    for (const [offset, length] of regions) {
      expect(offset % 16).toBe(0);
      expect(offset).toBeGreaterThanOrEqual(end);
      end = offset + length;
    }
    expect(arena.bytes()).toBeGreaterThanOrEqual(8 * end);
  });

  test('has the shapes and activations of the layers, and -1 for what is not there', () => {
    const memory = layOut(network, inputs, capacity, 0, false, createArena('float64'));
    expect(memory.map((m) => [m.inputs, m.units, m.activation])).toEqual([
      [5, 7, 'relu'],
      [7, 1, 'relu'],
      [1, 17, 'relu'],
      [17, 3, 'softmax'],
    ]);
    for (const { kernelState, biasState } of memory) expect([kernelState, biasState]).toEqual([[], []]);
    const [, second] = layOut(network, inputs, capacity, 2, false, createArena('float64'));
    expect(second).toMatchObject({ bias: -1, biasGradient: -1, biasState: [] });
    expect(second.kernelState).toHaveLength(2);
    for (const offset of second.kernelState) expect(offset).toBeGreaterThan(0);
  });
});

describe('initialWeights', () => {
  test('have the shapes of the layers', () => {
    const weights = initialWeights(network, inputs, 1);
    expect(weights.map(({ kernel, bias }) => [kernel.length, bias?.length ?? null])).toEqual([
      [35, 7],
      [7, null],
      [17, 17],
      [51, 3],
    ]);
  });

  test('of a layer stay when another layer changes', () => {
    const before = initialWeights(network, inputs, 1);
    const changed = [
      layer(7),
      layer(1, { kernelInit: 'random_normal', biasInit: 'zeros' }),
      layer(17),
      layer(4),
    ];
    const after = initialWeights(changed, inputs, 1);
    expect(after[0]).toEqual(before[0]);
    expect(after[1].kernel).not.toEqual(before[1].kernel);
    expect(after[2]).toEqual(before[2]);
    expect(initialWeights(network.slice(0, 2), inputs, 1)).toEqual(before.slice(0, 2));
  });

  test('of a kernel stay when the bias of its layer changes, and the other way round', () => {
    const before = initialWeights([layer(4)], inputs, 1)[0];
    expect(initialWeights([layer(4, { biasInit: null })], inputs, 1)[0].kernel).toEqual(before.kernel);
    expect(initialWeights([layer(4, { kernelInit: 'random_normal' })], inputs, 1)[0].bias).toEqual(
      before.bias,
    );
  });

  test('differ between layers, seeds and draws', () => {
    const alike = [layer(5), layer(5), layer(5)];
    const kernels = [
      ...initialWeights(alike, 5, 1),
      ...initialWeights(alike, 5, 2),
      ...initialWeights(alike, 5, 1, 1),
      ...initialWeights(alike, 5, 1, 2),
    ].flatMap(({ kernel, bias }) => [kernel.join(), bias!.join()]);
    expect(new Set(kernels).size).toBe(24);
  });

  test('of a kernel and its bias are drawn apart', () => {
    const [{ kernel, bias }] = initialWeights([layer(4, { kernelInit: 'random_normal' })], 1, 1);
    kernel.forEach((w, i) => {
      expect(w / 0.05).not.toBeCloseTo(bias![i] / 0.01, 6);
    });
  });

  test('are the same for the same seed and draw; draw 0 is the default', () => {
    expect(initialWeights(network, inputs, 8, 0)).toEqual(initialWeights(network, inputs, 8));
    expect(initialWeights(network, inputs, 8, 3)).toEqual(initialWeights(network, inputs, 8, 3));
  });

  test('take the largest --net and the deepest network', () => {
    const deepest = Array.from({ length: 101 }, () => layer(1));
    const last = initialWeights(deepest, 1, 1, 1e6)[100];
    expect(last).not.toEqual(initialWeights(deepest, 1, 1, 999_999)[100]);
  });
});
