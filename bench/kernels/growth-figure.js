// Draws time against size as an SVG line chart. Both axes are logarithmic and relative to the smallest size.

const size = { width: 760, height: 440 };
const plot = { left: 60, right: 540, top: 20, bottom: 390 };
/** Okabe and Ito's colours, which colour-blind readers can distinguish, and dashes for print. */
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000', '#999999'];
const dashes = ['', '6 3', '2 3', '8 3 2 3', '1 2'];

export function growthFigure(series) {
  const lines = series.map(({ title, points }) => ({
    title,
    points: points.map(({ value, seconds }) => [value / points[0].value, seconds / points[0].seconds]),
  }));
  const every = lines.flatMap(({ points }) => points);
  const x = logScale(
    every.map((point) => point[0]),
    plot.left,
    plot.right,
  );
  const y = logScale(
    every.map((point) => point[1]),
    plot.bottom,
    plot.top,
  );
  const parts = [
    ...x.ticks.map(
      (tick) =>
        `${line(x.at(tick), plot.top, x.at(tick), plot.bottom)}${text(x.at(tick), plot.bottom + 18, tick, 'middle')}`,
    ),
    ...y.ticks.map(
      (tick) =>
        `${line(plot.left, y.at(tick), plot.right, y.at(tick))}${text(plot.left - 8, y.at(tick) + 4, tick, 'end')}`,
    ),
    text((plot.left + plot.right) / 2, plot.bottom + 40, 'size / smallest size', 'middle'),
    `<g transform="translate(16 ${(plot.top + plot.bottom) / 2}) rotate(-90)">${text(0, 0, 'time relative to the smallest size', 'middle')}</g>`,
    ...lines.map(({ title, points }, index) => {
      const stroke = `stroke="${colours[index % colours.length]}" stroke-dasharray="${dashes[index % dashes.length]}"`;
      const path = points.map(([a, b]) => `${round(x.at(a))},${round(y.at(b))}`).join(' ');
      const at = plot.top + 12 + 22 * index;
      return (
        `<polyline points="${path}" fill="none" stroke-width="2" ${stroke}/>` +
        `<path d="M${plot.right + 20} ${at}h30" stroke-width="2" ${stroke}/>${text(plot.right + 58, at + 4, title, 'start')}`
      );
    }),
  ];
  const frame = `viewBox="0 0 ${size.width} ${size.height}" font-family="sans-serif" font-size="13"`;
  const title = '<title>Time against each size, relative to the smallest</title>';
  const background = `<rect width="${size.width}" height="${size.height}" fill="#fff"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${frame}>\n${[title, background, ...parts].join('\n')}\n</svg>\n`;
}

/** The powers of two (or of four if there are many) that span the values, and their positions. */
function logScale(values, from, to) {
  const low = Math.floor(Math.log2(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log2(Math.max(...values))));
  const step = high - low > 8 ? 2 : 1;
  const ticks = [];
  for (let power = low; power <= high; power += step) ticks.push(2 ** power);
  return { ticks, at: (value) => from + ((Math.log2(value) - low) / (high - low)) * (to - from) };
}

const round = (value) => Math.round(10 * value) / 10;
const line = (x1, y1, x2, y2) =>
  `<path d="M${round(x1)} ${round(y1)}L${round(x2)} ${round(y2)}" stroke="#ddd"/>`;
const text = (x, y, content, anchor) =>
  `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${content}</text>`;
