import { didYouMean } from '../math/nearest.ts';
import { metricsOf } from '../trial/metrics.ts';
import { defineOwn, type Experiment, type ExperimentDefinition, optionsOf } from './define.ts';
import type { ExperimentFile } from './file.ts';
import type { OptionName, SettingLists } from './options.ts';

/**
 * The experiment of a file: what it extends with what the file changes. `command` runs it.
 *
 * What it extends gives way where the file has a setting, also its values for a quick look and those of the report's text: a
 * file and the equal command line are the same trials.
 *
 * Errors: UserError with the place of a setting, an axis or a metric that the experiment does not have.
 */
export function changedBy(file: ExperimentFile, base: Experiment, command: string): Experiment {
  const { written, settings, quick } = file;
  const known = optionsOf(base);
  for (const [key, lists] of Object.entries({ settings, quick })) {
    const other = Object.keys(lists).find((name) => !known.includes(name as OptionName));
    if (other === undefined) continue;
    throw file.error(
      [key, other],
      `a setting of ${written.extends ?? base.title}: ${known.join(', ')}`,
      other,
      didYouMean(other, known) ?? `leave out ${other}`,
    );
  }
  const { layout, examples: _examples, definition: _definition, ...kept } = base;
  const definition: ExperimentDefinition = {
    ...kept,
    name: file.name,
    title: written.title ?? base.title,
    figure: null,
    expected: '',
    settings: inOrder(known, { ...base.settings, ...settings }),
    text: without(base.text, settings),
    quick: { ...without(base.quick, settings), ...quick },
    layout: layoutOf(file, base, known),
  };
  return defineOwn(definition, command);
}

function inOrder(names: readonly OptionName[], lists: SettingLists): SettingLists {
  return Object.fromEntries(names.filter((name) => name in lists).map((name) => [name, lists[name]]));
}

function without(lists: SettingLists, left: SettingLists): SettingLists {
  return Object.fromEntries(Object.entries(lists).filter(([name]) => !(name in left)));
}

/** The layout of the file over that of what it extends. Other axes have the curves that are usual for them. */
function layoutOf(
  { written, error }: ExperimentFile,
  base: Experiment,
  known: readonly OptionName[],
): ExperimentDefinition['layout'] {
  const own = written.layout ?? {};
  for (const axis of ['rows', 'columns', 'chosen'] as const) {
    const name = own[axis] ?? null;
    if (name !== null && !known.includes(name))
      throw error(
        ['layout', axis],
        `a setting of this experiment: ${known.join(', ')}`,
        name,
        didYouMean(name, known),
      );
  }
  const columns = metricsOf(base).map(({ name }) => name);
  for (const [index, name] of (own.metrics ?? []).entries()) {
    if (!columns.includes(name))
      throw error(
        ['layout', 'metrics', index],
        `a metric of a ${base.task}: ${columns.join(', ')}`,
        name,
        didYouMean(name, columns),
      );
  }
  const { rows, columns: across, chosen, curves, metrics } = base.layout;
  const { curves: ownCurves, ...rest } = own;
  const isOther = own.rows !== undefined || own.columns !== undefined;
  return {
    ...{ rows, columns: across, chosen, metrics: metrics.map(({ name }) => name) },
    ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
    ...(ownCurves !== undefined ? { curves: ownCurves } : isOther ? {} : { curves }),
  };
}
