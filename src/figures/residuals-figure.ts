import { optionTitle } from '../experiment/options.ts';
import { type PartName, partNames } from '../output/predicted.ts';
import { greatest, least } from '../stats/describe.ts';
import { evenIndices } from './even-indices.ts';
import type { Figure, SpecPart } from './figure.ts';
import type { Look } from './look.ts';
import { residualBins } from './residual-bins.ts';
import { differingOptions, type Results, type TrialResult, wordsOf } from './results.ts';
import { faint, palette, wholeSpec } from './style.ts';
import type { PredictedRow } from './trial-predictions.ts';
import { axisOver, scaleOf, ticksOf } from './value-axis.ts';

/** Of more rows of a part, as many are drawn, evenly chosen: more dots would only cover each other. */
const mostRows = 1000;

/** What the rows of a part are called, and their colours. */
export const partWords: Readonly<Record<PartName, string>> = {
  train: 'training rows',
  validation: 'validation rows',
  test: 'test rows',
};
export const partColors: Readonly<Record<PartName, string>> = {
  train: palette[5],
  validation: palette[2],
  test: palette[1],
};

/** Rows of each part that are drawn, the test rows last and on top. */
export function drawnRows(rows: readonly PredictedRow[]): PredictedRow[] {
  return partNames.flatMap((part) => {
    const own = rows.filter((row) => row.part === part);
    return own.length <= mostRows ? own : evenIndices(own.length, mostRows).map((index) => own[index]);
  });
}

export function cutNote(rows: readonly PredictedRow[]): string[] {
  const isCut = partNames.some((part) => rows.filter((row) => row.part === part).length > mostRows);
  return isCut ? [`Of each part, ${mostRows} rows are drawn, evenly chosen.`] : [];
}

/** The encoding of colours by part, for the parts that occur. */
function partColor(rows: readonly PredictedRow[]): SpecPart {
  const parts = partNames.filter((part) => rows.some((row) => row.part === part));
  return {
    field: 'part',
    type: 'nominal',
    scale: { domain: parts.map((part) => partWords[part]), range: parts.map((part) => partColors[part]) },
    legend: { title: null, orient: 'top', direction: 'horizontal', symbolOpacity: 1 },
  };
}

/** The model of one trial, and what else tells it apart, also from the other trials. */
export function wordsOfTrial(results: Results, trial: TrialResult): { model: string; about: string } {
  const { model, context, seeds } = wordsOf({ ...results, trials: [trial] });
  const varied = differingOptions(results)
    .filter((name) => (trial.settings[name] ?? null) !== null)
    .map((name) => `${optionTitle(name)} ${trial.settings[name]}`)
    .filter((text) => !`${context}, `.includes(`${text}, `));
  return { model, about: [context, ...varied, seeds].filter((part) => part !== '').join(', ') };
}

/** What the data call the inputs and the target of all trials; undefined where they have no names, or several. */
export function namesIn({ data }: Pick<Results, 'data'>): {
  readonly inputs: readonly string[] | undefined;
  readonly target: string | undefined;
} {
  const isShared = new Set(data.map((one) => JSON.stringify([one.featureNames, one.targetName]))).size === 1;
  return isShared
    ? { inputs: data[0].featureNames, target: data[0].targetName }
    : { inputs: undefined, target: undefined };
}

/** Residuals of at most this share of the targets' size are rounding errors. */
const roundingShare = 1e-12;

/** Predictions against targets, residuals against predictions, and how the residuals of the test rows are spread. */
export function residualsFigure(results: Results, look: Look): Figure | null {
  const trial = results.trials.find(({ predictions }) => predictions !== undefined);
  if (trial === undefined) return null;
  const { rows } = trial.predictions!;
  const { model, about } = wordsOfTrial(results, trial);
  const size = greatest(rows.map(({ target }) => Math.abs(target)));
  const residualOf = ({ target, prediction }: PredictedRow) => {
    const residual = target - prediction;
    return Math.abs(residual) <= roundingShare * size ? 0 : residual;
  };
  const isExact = rows.every((row) => residualOf(row) === 0);
  const drawn = drawnRows(rows).map((row) => ({
    ...row,
    part: partWords[row.part],
    residual: residualOf(row),
  }));
  const title = `${model}: predictions and residuals`;
  const cut = cutNote(rows);
  const notes = [
    'Residual: target - prediction. Dotted: a perfect model.',
    ...(isExact ? [`No residual is above ${roundingShare} of the targets: they are drawn as 0.`] : []),
    ...cut,
    ...(cut.length > 0 ? ['The histogram counts all test rows.'] : []),
  ];
  const values = drawn.flatMap(({ target, prediction }) => [target, prediction]);
  const ends = [least(values), greatest(values)];
  const width = Math.max(120, look.width - 90);
  const axis = { tickCount: 6, labelFlush: false, titleLimit: 240 };
  const name = namesIn(results).target;
  const target = name ?? 'target';
  const prediction = name === undefined ? 'prediction' : `prediction of ${name}`;
  const number = (field: string, words: string): SpecPart => ({
    field,
    type: 'quantitative',
    scale: { zero: false, nice: true },
    axis: { ...axis, title: words },
  });
  const residualAxis = axisOver(
    drawn.map(({ residual }) => residual),
    false,
  );
  const residuals = {
    field: 'residual',
    type: 'quantitative',
    scale: scaleOf(residualAxis),
    axis: { ...axis, ...ticksOf(residualAxis), title: 'residual' },
  };
  const color = partColor(rows);
  const dots = { type: 'circle', size: 22, opacity: 0.55 };
  const dotted = { type: 'line', color: faint, strokeWidth: 1.5, strokeDash: [2, 3], aria: false };
  const held = rows.filter(({ part }) => part === 'test').map(residualOf);
  const panels: SpecPart[] = [
    {
      width,
      height: Math.round(240 * look.stretch),
      layer: [
        {
          data: { values: drawn },
          mark: dots,
          encoding: { x: number('target', target), y: number('prediction', prediction), color },
        },
        {
          data: { values: ends.map((value) => ({ target: value, prediction: value })) },
          mark: dotted,
          encoding: { x: number('target', target), y: number('prediction', prediction) },
        },
      ],
    },
    {
      width,
      height: Math.round(160 * look.stretch),
      layer: [
        {
          data: { values: drawn },
          mark: dots,
          encoding: { x: number('prediction', prediction), y: residuals, color },
        },
        {
          data: { values: [{ residual: 0 }] },
          mark: { ...dotted, type: 'rule' },
          encoding: { y: residuals },
        },
      ],
    },
    ...(held.length < 2
      ? []
      : [
          {
            width,
            height: Math.round(90 * look.stretch),
            data: { values: residualBins(held) },
            mark: { type: 'bar', color: partColors.test },
            encoding: {
              x: {
                field: 'from',
                type: 'quantitative',
                bin: 'binned',
                axis: {
                  ...axis,
                  ...ticksOf(axisOver(held, false)),
                  labelOverlap: true,
                  title: 'residual of the test rows',
                },
              },
              x2: { field: 'to' },
              y: { field: 'rows', type: 'quantitative', axis: { tickCount: 3, title: 'rows' } },
            },
          },
        ]),
  ];
  return {
    name: 'residuals',
    title,
    caption: `${title} (${about}). ${notes.join(' ')}`,
    spec: wholeSpec(
      { title, context: about, notes, description: `${title}. ${about}.`, look },
      { vconcat: panels, spacing: 12 },
    ),
  };
}
