/** The side lengths, in pixels, of the box that contains an MNIST digit and of its image. */
const box = 20;
const side = 28;
/** The row and column, from 0, of the centre of mass of MNIST's digits. */
const centre = 14;

/**
 * Converts a drawing [size][size] of ink from 0 to 1 to an image as in MNIST [28][28]. The ink's bounding box is scaled
 * to fit 20 x 20 pixels, keeping its proportions, and placed so that its centre of mass is at pixel (14, 14).
 *
 * Each pixel is the mean ink of the area that it covers. A drawing without ink gives an empty image. Source: Y. LeCun,
 * C. Cortes and C. Burges, The MNIST database of handwritten digits.
 */
export function centreDrawing(ink: ArrayLike<number>, size: number): Float64Array {
  const image = new Float64Array(side * side);
  const bounds = boundsOf(ink, size);
  if (bounds === null) return image;
  const { left, top, width, height } = bounds;
  const scale = Math.max(width, height) / box;
  const columns = Math.max(1, Math.round(width / scale));
  const rows = Math.max(1, Math.round(height / scale));
  const digit = new Float64Array(rows * columns);
  let mass = 0;
  let massX = 0;
  let massY = 0;
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const area = {
        left: left + (x * width) / columns,
        top: top + (y * height) / rows,
        width: width / columns,
        height: height / rows,
      };
      const value = meanInk(ink, size, area);
      digit[y * columns + x] = value;
      mass += value;
      massX += value * x;
      massY += value * y;
    }
  }
  const shiftX = Math.round(centre - massX / mass);
  const shiftY = Math.round(centre - massY / mass);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const [toX, toY] = [x + shiftX, y + shiftY];
      if (toX >= 0 && toX < side && toY >= 0 && toY < side) {
        image[toY * side + toX] = digit[y * columns + x];
      }
    }
  }
  return image;
}

interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The smallest rectangle of whole pixels around all ink; null if there is none. */
function boundsOf(ink: ArrayLike<number>, size: number): Area | null {
  let [left, right, top, bottom] = [size, -1, size, -1];
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      if (ink[y * size + x] === 0) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  }
  return right < 0 ? null : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** The mean ink of an area, whose edges may cut through pixels. */
function meanInk(ink: ArrayLike<number>, size: number, { left, top, width, height }: Area): number {
  let sum = 0;
  for (let y = Math.floor(top); y < top + height; y++) {
    const covered = Math.min(y + 1, top + height) - Math.max(y, top);
    for (let x = Math.floor(left); x < left + width; x++) {
      const share = covered * (Math.min(x + 1, left + width) - Math.max(x, left));
      if (y < size && x < size) sum += share * ink[y * size + x];
    }
  }
  return sum / (width * height);
}
