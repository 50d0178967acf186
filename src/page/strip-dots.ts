/** Rows that dots are spread over, the middle one first, and the pixels between them. */
const rows = [0, -1, 1, -2, 2];
const rowHeight = 4;
/** Dots of one row that are nearer than this overlap. */
const width = 3.6;

/** Path data of one dot for each place, in relative steps, which are short. Near ones lie above each other. */
export function dotsPath(places: readonly number[], middle: number): string {
  const last = rows.map(() => Number.NEGATIVE_INFINITY);
  let [x, y] = [0, 0];
  const parts = [...places]
    .sort((a, b) => a - b)
    .map((place) => {
      const free = last.findIndex((end) => place - end >= width);
      const row = free >= 0 ? free : last.indexOf(Math.min(...last));
      last[row] = place;
      const step = `m${short(place - x)} ${middle + rowHeight * rows[row] - y}h0`;
      [x, y] = [x + Number(short(place - x)), middle + rowHeight * rows[row]];
      return step;
    });
  return parts.join('').replace(/ -/g, '-');
}

/** A step with one decimal. */
function short(value: number): string {
  return String(Math.round(10 * value) / 10);
}
