/** The Okabe-Ito palette, extended to the ten colours that the random networks need. */
const colors = [
  '#0072B2',
  '#D55E00',
  '#009E73',
  '#CC79A7',
  '#E69F00',
  '#56B4E9',
  '#555555',
  '#8B5E3C',
  '#6A3D9A',
  '#B15928',
];

export function curveColor(index: number): string {
  return colors[index % colors.length];
}

/** A Vega-Lite specification of lines and bands over epochs. It has no data: the page's script adds them. */
export function curvesSpec(labels: readonly string[], scale: 'log' | 'linear'): Record<string, unknown> {
  const y = {
    type: 'quantitative',
    scale: scale === 'log' ? { type: 'log', nice: false } : { zero: false, nice: false },
    title: null,
    axis: { tickCount: 6, format: '~g' },
  };
  const color = {
    field: 'cell',
    type: 'nominal',
    legend: null,
    scale: { domain: labels, range: labels.map((_, index) => curveColor(index)) },
  };
  const x = { field: 'epoch', type: 'quantitative', title: 'epoch', axis: { tickCount: 6, grid: false } };
  const number = { type: 'quantitative', format: '.4~g' };
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    width: 560,
    height: 300,
    padding: 6,
    background: 'white',
    data: { name: 'lines', values: [] },
    encoding: { x, color },
    layer: [
      {
        mark: { type: 'area', opacity: 0.18 },
        encoding: {
          y: { ...y, field: 'low' },
          y2: { field: 'high' },
          detail: { field: 'split', type: 'nominal' },
        },
      },
      {
        mark: { type: 'line', strokeWidth: 2 },
        encoding: {
          y: { ...y, field: 'value' },
          strokeDash: {
            field: 'split',
            type: 'nominal',
            scale: { domain: ['train', 'test', 'validation'], range: [[6, 3], [], [8, 2, 1.5, 2]] },
            legend: null,
          },
        },
      },
      {
        params: [
          {
            name: 'hover',
            select: { type: 'point', nearest: true, on: 'pointerover', clear: 'pointerout' },
          },
        ],
        mark: { type: 'point', filled: true, size: 50 },
        encoding: {
          y: { ...y, field: 'value' },
          opacity: { condition: { param: 'hover', empty: false, value: 1 }, value: 0 },
          tooltip: [
            { field: 'cell', type: 'nominal', title: 'curve' },
            { field: 'split', type: 'nominal' },
            { field: 'epoch', type: 'quantitative' },
            { field: 'value', ...number },
            { field: 'low', ...number, title: 'lowest of the seeds' },
            { field: 'high', ...number, title: 'highest of the seeds' },
          ],
        },
      },
    ],
    config: {
      font: 'DejaVu Sans, Verdana, sans-serif',
      view: { stroke: null },
      axis: {
        labelFontSize: 13,
        titleFontSize: 13,
        titleFontWeight: 'normal',
        labelColor: '#222222',
        titleColor: '#222222',
      },
    },
  };
}
