import { decidingMetric, decidingWords } from '../experiment/deciding.ts';
import { type OptionName, type Settings, settingWords } from '../experiment/options.ts';
import { className, sharedClassNames } from '../output/class-names.ts';
import { ownName, referenceOf } from '../output/settings.ts';
import type { CalibrationBin } from '../stats/calibration.ts';
import type { ClassifierSummary } from '../stats/classifier-summary.ts';
import { mean, standardDeviation } from '../stats/describe.ts';
import { meanCurve } from '../stats/mean-curve.ts';
import { thinned, type UnitPoint } from '../stats/ranking.ts';
import { type ClassifierCells, classifierCells, classifiersOf } from './classifier-cells.ts';
import { confusionMap, confusionOf, confusionWords } from './confusion-figure.ts';
import type { Figure, SpecPart } from './figure.ts';
import type { Look } from './look.ts';
import { missingOf, seedsOf, typeset, warningsOf } from './notes.ts';
import { differingOptions, type Group, type Results, valuesOf, wordsOf } from './results.ts';
import { inOrder, seriesNames, seriesTitle } from './series.ts';
import { palette, wholeSpec } from './style.ts';
import { type UnitSeries, unitCurves } from './unit-curves.ts';

export const classifierFigureNames = ['confusion', 'roc', 'gains', 'calibration'];

/** More classes than this are not drawn one by one, but as their mean and those that are worst. */
const mostClasses = 10;
const worstShown = 6;
/** More points than this would not be visible. */
const mostPoints = 250;

/** What classifiers do on their test rows; no figures where that is not known. */
export function classifierFigures(results: Results, look: Look): Figure[] {
  const cells = classifierCells(results);
  if (cells === null || classifiersOf(cells.best).length === 0) return [];
  const names = sharedClassNames(results.data);
  const nameOf = (c: number) => className(c, names);
  const frame = {
    results,
    look,
    nameOf,
    varied: differingOptions(results).filter((name) => name !== 'reference'),
  };
  return [
    confusionFigure(cells, frame),
    ...rankingFigure(rocFigure, cells, frame),
    ...rankingFigure(gainsFigure, cells, frame),
    calibrationFigure(cells, frame),
  ];
}

interface Frame {
  readonly results: Results;
  readonly look: Look;
  /** What a class is called. */
  readonly nameOf: (c: number) => string;
  /** The options in which cells differ, without the library, whose name is enough. */
  readonly varied: readonly OptionName[];
}

/** The names of cells, and what they are called together. */
function namesOf({ results, varied }: Frame): { nameOf: (settings: Settings) => string; title: string } {
  const named = seriesNames(results, varied);
  const nameOf = (settings: Settings): string => {
    const reference = referenceOf(settings);
    if (varied.length === 0) return reference ?? ownName;
    if (reference === null) return named(settings);
    const own = varied.some((name) => (settings[name] ?? null) !== null);
    return own ? `${reference}, ${named(settings)}` : reference;
  };
  return { nameOf, title: seriesTitle(results, varied).title };
}

/** "Test rows of lambda 0.01, the best of 25 by test accuracy." */
function cellWords({ best }: ClassifierCells, { results, varied }: Frame): string[] {
  const settings = varied
    .filter((name) => (best.settings[name] ?? null) !== null)
    .map((name) => settingWords(name, best.settings[name]));
  if (settings.length === 0) return [];
  const { experiment } = results;
  const metric = decidingWords(experiment.layout, decidingMetric(experiment));
  return [typeset(`Best cell by ${metric}: ${settings.join(', ')}.`)];
}

interface Content {
  readonly name: string;
  /** What the title says after the model. */
  readonly what: string;
  /** What is in the figure itself; the caption has it too. */
  readonly notes: readonly string[];
  /** What only the caption says: the numbers. */
  readonly numbers: string;
  readonly body: SpecPart;
  readonly width?: number;
}

function figureOf({ name, what, notes, numbers, body, width }: Content, { results, look }: Frame): Figure {
  const words = wordsOf(results);
  const title = typeset(`${words.model}: ${what}`);
  // No figure of the report shows this.
  const context = typeset(words.figure === null ? words.context : words.data);
  const seeds = valuesOf(results.trials, 'seed').length;
  const over = seeds > 1 && name !== 'confusion' ? [`Means over ${seeds} seeds, ± standard deviations.`] : [];
  const all = [...warningsOf(results), ...notes, ...over, ...missingOf(results)];
  const ofSeed = seeds === 1 ? [seedsOf(results)] : over;
  const caption = [`${title} (${context}).`, ...notes, numbers, ...ofSeed, ...missingOf(results)];
  const description = caption.filter((part) => part !== '').join(' ');
  const spec = wholeSpec({ title, context, notes: all, description, look, ...(width && { width }) }, body);
  return { name, title, caption: description, spec };
}

function confusionFigure(cells: ClassifierCells, frame: Frame): Figure {
  const summaries = classifiersOf(cells.best);
  const confusion = confusionOf(summaries, frame.nameOf);
  const seeds = summaries.length > 1 ? [`Rows of ${summaries.length} seeds together.`] : [];
  const notes = [...cellWords(cells, frame), ...seeds];
  const { body, width } = confusionMap(confusion, frame.look);
  return figureOf(
    { name: 'confusion', what: 'confusion matrix', notes, numbers: confusionWords(confusion), body, width },
    frame,
  );
}

/** What a curve is of: some classes of some classifiers, over which its mean is. */
interface Drawn {
  readonly label: string;
  readonly summaries: readonly ClassifierSummary[];
  /** null for all classes that can be ranked. */
  readonly class: number | null;
}

interface Ranked {
  readonly name: string;
  readonly what: string;
  readonly of: 'roc' | 'gains';
  readonly number: 'auc' | 'gainsRatio';
  readonly numberTitle: string;
  readonly xTitle: string;
  readonly yTitle: string;
  /** What the dotted lines are. */
  readonly dotted: string;
  readonly references: (drawn: readonly Drawn[]) => UnitPoint[][];
}

const diagonal = [
  { x: 0, y: 0 },
  { x: 1, y: 1 },
];

const rocFigure: Ranked = {
  name: 'roc',
  what: 'ROC',
  of: 'roc',
  number: 'auc',
  numberTitle: 'AUC',
  xTitle: 'false positive rate',
  yTitle: 'true positive rate',
  dotted: 'Dotted: guessing.',
  references: () => [diagonal],
};

const gainsFigure: Ranked = {
  name: 'gains',
  what: 'cumulative gains',
  of: 'gains',
  number: 'gainsRatio',
  numberTitle: 'area ratio',
  xTitle: 'share of the test rows, most probable first',
  yTitle: 'share of the class',
  dotted: 'Dotted: guessing, and a perfect order.',
  references: (drawn) => [diagonal, perfectOrder(drawn)],
};

/** The mean, over the classes drawn, of the gains of a perfect order: all rows of the class come first. */
function perfectOrder(drawn: readonly Drawn[]): UnitPoint[] {
  const curves = drawn.flatMap(({ summaries, class: c }) =>
    summaries.flatMap(({ byClass, rankings }) =>
      [...rankings.keys()]
        .filter((own) => c === null || own === c)
        .map((own) => [
          { x: 0, y: 0 },
          { x: byClass[own].rows / byClass.reduce((sum, { rows }) => sum + rows, 0), y: 1 },
          { x: 1, y: 1 },
        ]),
    ),
  );
  return meanCurve(curves);
}

function rankingFigure(ranked: Ranked, cells: ClassifierCells, frame: Frame): Figure[] {
  const { look } = frame;
  const { drawn, title, notes } = seriesOf(cells, frame, ranked);
  if (drawn.length === 0) return [];
  const values = drawn.map((one) => numbersOf(one, ranked.number));
  const digits = digitsOf(values);
  const series = drawn.map(({ label, ...own }, index): UnitSeries => {
    const number = statisticOf(values[index], digits);
    return {
      name: label === '' ? number : `${label}: ${number}`,
      points: thinned(meanCurve(curvesOf(own, ranked.of)), mostPoints),
    };
  });
  // Many overlapping bands would blend into grey.
  const bands =
    drawn.length <= palette.length &&
    drawn.every(({ summaries, class: c }) => summaries.length > 1 && c !== null);
  const body = unitCurves({
    series,
    title: typeset(titled(title, ranked.numberTitle)),
    references: ranked.references(drawn),
    xTitle: ranked.xTitle,
    yTitle: ranked.yTitle,
    bands,
    points: false,
    corner: ranked.of === 'roc' ? cornerOf(series) : null,
    look,
  });
  const listed = series.map(({ name }) => name).join('; ');
  const { numberTitle } = ranked;
  const numbers = `${numberTitle[0].toUpperCase()}${numberTitle.slice(1)}: ${listed}.`;
  const own = series.length === 1 ? [numbers] : [];
  const over = bands ? ['Bands: lowest to highest over the seeds.'] : [];
  const all = [[...notes, ranked.dotted].join(' '), ...over, ...own];
  const said = series.length === 1 ? '' : numbers;
  return [figureOf({ name: ranked.name, what: ranked.what, notes: all, numbers: said, body }, frame)];
}

const titled = (title: string, number: string): string => (title === '' ? number : `${title}: ${number}`);

/** The curves to draw: of several cells their means over the classes, of one cell its classes. */
function seriesOf(
  { compared, best }: ClassifierCells,
  frame: Frame,
  { number, numberTitle }: Ranked,
): { drawn: Drawn[]; title: string; notes: string[] } {
  const { results, varied } = frame;
  const summaries = classifiersOf(best);
  const classes = [...new Set(summaries.flatMap(({ rankings }) => [...rankings.keys()]))].sort(
    (a, b) => a - b,
  );
  if (classes.length === 0) return { drawn: [], title: '', notes: [] };
  const isBinary = summaries[0].confusion.length === 2;
  const ofClass = isBinary
    ? [`Class ${frame.nameOf(1)} against class ${frame.nameOf(0)}.`]
    : ['Each class against the others.'];
  if (compared.length > 1) {
    const { nameOf, title } = namesOf(frame);
    const drawn = inOrder(compared, results, varied).map(
      (cell: Group): Drawn => ({
        label: nameOf(cell.settings),
        summaries: classifiersOf(cell),
        class: isBinary ? 1 : null,
      }),
    );
    const means = isBinary ? ofClass : ['Means over the classes, each against the others.'];
    return { drawn: drawn.filter((one) => numbersOf(one, number).length > 0), title, notes: means };
  }
  const cell = cellWords({ compared, best }, frame);
  if (isBinary) {
    return { drawn: [{ label: '', summaries, class: 1 }], title: numberTitle, notes: [...ofClass, ...cell] };
  }
  const one = (c: number): Drawn => ({ label: frame.nameOf(c), summaries, class: c });
  if (classes.length <= mostClasses) {
    return { drawn: classes.map(one), title: 'class', notes: [...ofClass, ...cell] };
  }
  const worst = classes
    .map((c) => ({ c, value: mean(numbersOf(one(c), number)) }))
    .sort((a, b) => a.value - b.value)
    .slice(0, worstShown)
    .map(({ c }) => c)
    .sort((a, b) => a - b);
  const all: Drawn = { label: 'mean', summaries, class: null };
  return {
    drawn: [all, ...worst.map(one)],
    title: 'class',
    notes: [...ofClass, `The mean of ${classes.length} classes, and the ${worstShown} lowest.`, ...cell],
  };
}

/** The number of a curve for each seed that has it. */
function numbersOf({ summaries, class: c }: Omit<Drawn, 'label'>, name: 'auc' | 'gainsRatio'): number[] {
  return summaries.flatMap(({ averages, byClass }) => (c === null ? averages.macro : byClass[c])[name] ?? []);
}

function curvesOf(
  { summaries, class: c }: Omit<Drawn, 'label'>,
  of: 'roc' | 'gains',
): (readonly UnitPoint[])[] {
  return summaries.flatMap(({ rankings }) =>
    [...rankings].flatMap(([own, ranking]) => (c === null || own === c ? [ranking[of]] : [])),
  );
}

/** Enough digits to tell numbers near 1 apart. */
function digitsOf(values: readonly (readonly number[])[]): number {
  return values.some((own) => mean(own) > 0.995) ? 4 : 3;
}

/** "0.987", or over several seeds "0.987 ± 0.002". */
function statisticOf(values: readonly number[], digits = 3): string {
  const spread = standardDeviation(values);
  const text = mean(values).toFixed(digits);
  return Number.isNaN(spread) ? text : `${text} ± ${spread.toFixed(digits)}`;
}

/** Curves that all run along the left and the top edge are also drawn enlarged. */
function cornerOf(series: readonly UnitSeries[]): number | null {
  // The lowest true positive rate at the false positive rate that is the width of the corner.
  const isIn = (corner: number) =>
    series.every(({ points }) => {
      const after = points.findIndex(({ x }) => x >= corner);
      return points[Math.max(0, after - 1)].y >= 1 - corner;
    });
  const corners = [0.02, 0.05, 0.1, 0.2];
  return corners.find(isIn) ?? null;
}

function calibrationFigure(cells: ClassifierCells, frame: Frame): Figure {
  const { compared, best } = cells;
  const { results, varied, look } = frame;
  const isBinary = classifiersOf(best)[0].confusion.length === 2;
  const several = compared.length > 1;
  const { nameOf, title: together } = namesOf(frame);
  const drawn = inOrder(several ? compared : [best], results, varied);
  const binsOf = (one: ClassifierSummary) => (isBinary ? one.calibration.get(1)! : one.ofPredicted);
  const errorOf = ({ averages, byClass }: ClassifierSummary) =>
    (isBinary ? byClass[1] : averages.micro).calibrationError!;
  const series = drawn.map((cell) => {
    const summaries = classifiersOf(cell);
    const number = statisticOf(summaries.map(errorOf));
    const label = several ? nameOf(cell.settings) : '';
    return {
      number,
      name: label === '' ? number : `${label}: ${number}`,
      points: pooled(summaries.map(binsOf)).map(({ x, y }) => ({ x, y, low: y, high: y })),
    };
  });
  const title = several ? together : '';
  const what = isBinary ? `class ${frame.nameOf(1)}` : 'the predicted class';
  const notes = [
    `Probabilities of ${what} in 10 bins. Dotted: perfect; below it, they are too high.`,
    ...(several ? [] : [`Expected calibration error: ${series[0].number}.`, ...cellWords(cells, frame)]),
  ];
  const body = unitCurves({
    series,
    title: typeset(titled(title, 'expected calibration error')),
    references: [diagonal],
    xTitle: 'mean probability',
    yTitle: isBinary ? `share of class ${frame.nameOf(1)}` : 'share predicted correctly',
    bands: false,
    points: true,
    corner: null,
    look,
  });
  const numbers = several ? `Expected calibration error: ${series.map(({ name }) => name).join('; ')}.` : '';
  return figureOf({ name: 'calibration', what: 'calibration', notes, numbers, body }, frame);
}

/** The bins of several seeds as one: means weighted by rows, without bins that have none. */
function pooled(all: readonly (readonly CalibrationBin[])[]): UnitPoint[] {
  return all[0].flatMap((_, b) => {
    const filled = all.map((bins) => bins[b]).filter(({ rows }) => rows > 0);
    const rows = filled.reduce((sum, bin) => sum + bin.rows, 0);
    const weighted = (name: 'probability' | 'share') =>
      filled.reduce((sum, bin) => sum + bin.rows * bin[name]!, 0) / rows;
    return rows === 0 ? [] : [{ x: weighted('probability'), y: weighted('share') }];
  });
}
