import type { FunctionsExperiment, FunctionValue } from '../experiment/functions.ts';
import { clampToAxis } from './clamp-to-axis.ts';
import { evenIndices } from './even-indices.ts';
import type { Figure } from './figure.ts';
import { typeset } from './notes.ts';
import { dashes, figureWidth, fontSize, palette, wholeSpec } from './style.ts';

/** More points than this would not be visible in a panel. */
const mostPoints = 1000;

/** Functions and their gradients: one panel per function, two panels per row. */
export function functionsFigure(experiment: FunctionsExperiment, values: readonly FunctionValue[]): Figure {
  const title = typeset(experiment.title);
  const names = [...new Set(values.map(({ activation }) => activation))];
  const shown = names.flatMap((name) => {
    const own = values.filter(({ activation }) => activation === name);
    return evenIndices(own.length, mostPoints).map((index) => own[index]);
  });
  const data = shown.flatMap(({ activation, x, value, gradient }) => [
    { activation: typeset(activation), x: clampToAxis(x), what: 'function', y: clampToAxis(value) },
    { activation: typeset(activation), x: clampToAxis(x), what: 'gradient', y: clampToAxis(gradient) },
  ]);
  const domain = ['function', 'gradient'];
  const spec = wholeSpec(title, [], figureWidth, {
    data: { values: data },
    facet: {
      field: 'activation',
      type: 'nominal',
      sort: names.map(typeset),
      header: { title: null, labelFontSize: fontSize, labelPadding: 4 },
    },
    columns: 2,
    spacing: { row: 14, column: 20 },
    spec: {
      width: (figureWidth - 90) / 2,
      height: 130,
      mark: { type: 'line', strokeWidth: 2, tooltip: true },
      encoding: {
        x: { field: 'x', type: 'quantitative', axis: { tickCount: 5 } },
        y: { field: 'y', type: 'quantitative', axis: { title: null, tickCount: 5, minExtent: 30 } },
        color: {
          field: 'what',
          type: 'nominal',
          scale: { domain, range: palette.slice(0, 2) },
          legend: { title: null, orient: 'top', symbolType: 'stroke', symbolSize: 400 },
        },
        strokeDash: { field: 'what', type: 'nominal', scale: { domain, range: dashes.slice(0, 2) } },
      },
    },
    resolve: { scale: { y: 'independent' }, axis: { x: 'independent' } },
  });
  const caption = `${title} (${experiment.figure}). The slope of leaky relu below 0 is 0.01; the report draws 0.05.`;
  return { name: 'functions', title, caption, spec };
}
