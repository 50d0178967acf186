import { metricColumn } from '../trial/metrics.ts';
import { type Experiment, type Layout, optionsOf, type ShownMetric, shownMetric } from './define.ts';
import type { SettingLists, Settings } from './options.ts';
import type { Variant } from './variants.ts';

/** The metric that decides which cell is the best: of the validation rows if every cell has some, else of the test rows. */
export function decidingMetric({
  architecture,
  layout,
}: Pick<Experiment, 'architecture' | 'layout'>): ShownMetric {
  return (
    layout.validation?.deciding ?? layout.metrics[architecture === 'random' ? 0 : layout.metrics.length - 1]
  );
}

/** The metric by which the best of the cells that are shown with `metric` is chosen: their own, unless validation decides. */
export function choosingMetric({ validation }: Layout, metric: ShownMetric): ShownMetric {
  return validation?.decides ? validation.deciding : metric;
}

/** A metric as what decides: "validation MSE, mean of 5 folds", "test MSE". */
export function decidingWords({ validation }: Layout, { name, title }: ShownMetric): string {
  const of = /validation_/.test(name) ? (validation?.of ?? '') : '';
  return of === '' ? title : `${title}, ${of}`;
}

/** The validation of every combination of listed values. */
export function validationsOf({ validationSize = [0], folds = ['none'] }: SettingLists): Settings[] {
  return validationSize.flatMap((size) => folds.map((each) => ({ validationSize: size, folds: each })));
}

/** Whether a trial with these settings has validation rows or folds. */
export function isValidated({ validationSize, folds }: Settings): boolean {
  return (validationSize ?? 0) !== 0 || (folds ?? 'none') !== 'none';
}

/** What says whether, and on which rows, the best of many settings is chosen. */
interface ChoiceOfRows {
  readonly variant: Variant;
  readonly quick: boolean;
  readonly given: SettingLists;
  readonly search?: object | null;
  readonly rule?: object | null;
  readonly keepsValidation?: boolean;
}

/** The share of the training rows on which the best of many settings is chosen, where nobody says another. */
export const usualValidation = 0.2;

/** Whether the best of many settings would be chosen on the test rows only because nobody said on which. */
export function choosesOnTestRows(
  experiment: Experiment,
  { variant, quick, given, search, rule, keepsValidation = false }: ChoiceOfRows,
): boolean {
  if (((search ?? null) === null && (rule ?? null) === null) || keepsValidation) return false;
  if (given.validationSize !== undefined || given.folds !== undefined) return false;
  const own = {
    ...experiment.settings,
    ...(variant === 'text' ? experiment.text : {}),
    ...(quick ? experiment.quick : {}),
  };
  return optionsOf(experiment).includes('validationSize') && !validationsOf(own).some(isValidated);
}

/**
 * The experiment as trials with these settings show it. What validation says stands next to what the test rows say; it
 * decides which cell is the best if every cell has it, since a value of other rows is no measure of it.
 */
export function withValidation(experiment: Experiment, settings: readonly Settings[]): Experiment {
  if (!settings.some(isValidated)) return experiment;
  const { layout } = experiment;
  const plain = atBestEpoch(decidingMetric(experiment));
  const deciding = onValidation(plain);
  const decides = settings.every(isValidated);
  const shown = layout.metrics.filter(({ name }) => /^(test|bootstrap)_/.test(name)).map(onValidation);
  const known = layout.metrics.map(({ name }) => name);
  const names = new Set([...shown, deciding].map(({ name }) => name));
  const added = [...names].filter((name) => !known.includes(name)).map(shownMetric);
  const of = foldWords(new Set(settings.flatMap(({ folds }) => folds ?? [])));
  return {
    ...experiment,
    layout: {
      ...layout,
      metrics: [...layout.metrics.map(atBestEpoch), ...added],
      curves: layout.curves === null ? null : [...layout.curves, 'validation'],
      validation: { deciding: decides ? deciding : plain, decides, of },
    },
  };
}

/** The best of the test rows, which is not the best where other rows choose the epoch. */
function atBestEpoch(metric: ShownMetric): ShownMetric {
  if (!metric.name.startsWith('best_test_')) return metric;
  return { ...metric, title: `${metric.title.replace(/^best /, '')} at best epoch` };
}

/** test_mse and bootstrap_mse as validation_mse. */
function onValidation({ name }: ShownMetric): ShownMetric {
  return shownMetric(metricColumn(name.replace(/(test|bootstrap)_/, 'validation_')).name);
}

function foldWords(folds: ReadonlySet<unknown>): string {
  const counts = [...folds].filter((each) => each !== 'none');
  if (counts.length === 0) return '';
  if (folds.has('none')) return 'mean over the folds, if any';
  return counts.length === 1 ? `mean of ${counts[0]} folds` : 'mean over the folds';
}
