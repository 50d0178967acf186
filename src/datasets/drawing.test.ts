import { expect, test } from '@jest/globals';
import { centreDrawing } from './drawing.ts';
import { readImages } from './image-folder.ts';

/** Ink of 1 in a rectangle of a drawing [size][size]. */
function rectangle(size: number, left: number, top: number, width: number, height: number): Float64Array {
  return Float64Array.from({ length: size * size }, (_, i) => {
    const [x, y] = [i % size, Math.floor(i / size)];
    return x >= left && x < left + width && y >= top && y < top + height ? 1 : 0;
  });
}

/** Where an image has ink: bounds and centre of mass. */
function inkOf(image: Float64Array) {
  const inked = [...image].flatMap((value, i) =>
    value > 0 ? [{ value, x: i % 28, y: Math.floor(i / 28) }] : [],
  );
  const mass = inked.reduce((sum, { value }) => sum + value, 0);
  const mean = (axis: 'x' | 'y') => inked.reduce((sum, pixel) => sum + pixel.value * pixel[axis], 0) / mass;
  const extent = (axis: 'x' | 'y') =>
    Math.max(...inked.map((p) => p[axis])) - Math.min(...inked.map((p) => p[axis])) + 1;
  return { width: extent('x'), height: extent('y'), x: mean('x'), y: mean('y') };
}

test('nothing drawn is an empty image', () => {
  expect(centreDrawing(new Float64Array(280 * 280), 280)).toEqual(new Float64Array(784));
});

test.each([
  ['a bar in a corner', rectangle(280, 3, 5, 20, 200), 2, 20],
  ['a wide one', rectangle(280, 100, 270, 180, 9), 20, 1],
  ['a small square', rectangle(56, 40, 1, 5, 5), 20, 20],
  ['one of odd sizes', rectangle(101, 13, 17, 31, 77), 8, 20],
])('%s fills the box of 20 x 20, centred, with whole ink', (_name, ink, width, height) => {
  const image = centreDrawing(ink, Math.sqrt(ink.length));
  const { x, y, ...size } = inkOf(image);
  expect(size).toEqual({ width, height });
  expect(Math.abs(x - 14)).toBeLessThanOrEqual(0.5);
  expect(Math.abs(y - 14)).toBeLessThanOrEqual(0.5);
  for (const value of image) expect(value === 0 || Math.abs(value - 1) < 1e-12).toBe(true);
});

test('half-inked pixels give half the value', () => {
  const ink = rectangle(40, 0, 0, 40, 40).map((value, i) => (i % 2 === 0 ? value : value / 2));
  for (const value of centreDrawing(ink, 40)) expect(value === 0 || value === 0.75).toBe(true);
});

test('images of MNIST, drawn elsewhere and larger, come back nearly as they were', async () => {
  const { inputs } = await readImages(null);
  let difference = 0;
  for (let row = 0; row < 200; row++) {
    const pixels = inputs.slice(784 * row, 784 * (row + 1));
    const ink = new Float64Array(100 * 100);
    pixels.forEach((pixel, i) => {
      const [x, y] = [7 + 3 * (i % 28), 11 + 3 * Math.floor(i / 28)];
      for (let dy = 0; dy < 3; dy++)
        for (let dx = 0; dx < 3; dx++) ink[(y + dy) * 100 + x + dx] = pixel / 255;
    });
    const image = centreDrawing(ink, 100);
    difference += image.reduce((sum, value, i) => sum + Math.abs(value - pixels[i] / 255), 0) / 784 / 200;
  }
  expect(difference).toBeLessThan(0.02);
});
