import { element } from './page.ts';

/** Cells per side of the grid that the keyboard moves on, one per pixel of an MNIST image. */
const cells = 28;

/** A square to draw on with mouse, finger, pen or keyboard. */
export interface Pad {
  /** Width and height in pixels. */
  readonly size: number;
  /** The ink of each pixel from 0 to 1, [size][size]. */
  ink(): Float64Array;
  clear(): void;
  /** Replaces the drawing with an image, [28][28], with values from 0 to 255. */
  show(pixels: Uint8Array): void;
}

/** Makes the page's canvas a drawing pad. Calls `onChange` after every change that the reader makes. */
export function startPad(onChange: () => void): Pad {
  const canvas = element<HTMLCanvasElement>('#pad');
  const size = canvas.width;
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.lineWidth = (size / cells) * 2.2;
  context.lineCap = 'round';
  context.lineJoin = 'round';
  context.strokeStyle = 'white';

  const line = (from: Point, to: Point): void => {
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.lineTo(to.x, to.y);
    context.stroke();
    onChange();
  };
  const clear = (): void => context.clearRect(0, 0, size, size);
  drawByPointer(canvas, line);
  drawByKeyboard(canvas, line, () => {
    clear();
    onChange();
  });

  return {
    size,
    clear,
    ink() {
      const { data } = context.getImageData(0, 0, size, size);
      return Float64Array.from({ length: size * size }, (_, i) => data[4 * i + 3] / 255);
    },
    show(pixels) {
      clear();
      const cell = size / cells;
      pixels.forEach((value, i) => {
        context.fillStyle = `rgb(255 255 255 / ${value / 255})`;
        context.fillRect((i % cells) * cell, Math.floor(i / cells) * cell, cell, cell);
      });
    },
  };
}

interface Point {
  readonly x: number;
  readonly y: number;
}

type Line = (from: Point, to: Point) => void;

function drawByPointer(canvas: HTMLCanvasElement, line: Line): void {
  let last: Point | null = null;
  const at = (event: PointerEvent): Point => {
    const { left, top, width } = canvas.getBoundingClientRect();
    const scale = canvas.width / width;
    return { x: (event.clientX - left) * scale, y: (event.clientY - top) * scale };
  };
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    last = at(event);
    line(last, last);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (last === null) return;
    const to = at(event);
    line(last, to);
    last = to;
  });
  for (const end of ['pointerup', 'pointercancel'] as const) {
    canvas.addEventListener(end, () => {
      last = null;
    });
  }
}

const steps: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Draws by keyboard: the arrow keys move a cursor, Space or Enter lowers or lifts the pen, Delete or Backspace clears. */
function drawByKeyboard(canvas: HTMLCanvasElement, line: Line, clear: () => void): void {
  const cursor = element('#pad-cursor');
  const status = element('#pad-status');
  const cell = canvas.width / cells;
  let [column, row] = [cells / 2, 4];
  let down = false;
  const here = (): Point => ({ x: (column + 0.5) * cell, y: (row + 0.5) * cell });
  const showCursor = (): void => {
    cursor.style.left = `${(100 * column) / cells}%`;
    cursor.style.top = `${(100 * row) / cells}%`;
    cursor.classList.toggle('down', down);
  };
  const setPen = (isDown: boolean): void => {
    down = isDown;
    status.textContent = down ? 'pen down' : 'pen up';
    showCursor();
  };
  canvas.addEventListener('keydown', (event) => {
    const step = steps[event.key];
    if (step !== undefined) {
      const from = here();
      column = Math.min(cells - 1, Math.max(0, column + step[0]));
      row = Math.min(cells - 1, Math.max(0, row + step[1]));
      if (down) line(from, here());
      showCursor();
    } else if (event.key === ' ' || event.key === 'Enter') {
      setPen(!down);
      if (down) line(here(), here());
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      setPen(false);
      clear();
    } else return;
    event.preventDefault();
  });
  canvas.addEventListener('blur', () => {
    if (down) setPen(false);
  });
  showCursor();
}
