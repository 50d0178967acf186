import { z } from 'zod';
import { type DatasetName, datasetNames } from '../datasets/index.ts';
import { referenceNames } from '../references/index.ts';
import { isMetric, metricsOf } from '../trial/metrics.ts';
import { defineOwn, type Experiment, type ExperimentDefinition, optionsOf, splitNames } from './define.ts';
import { type OptionName, optionNames } from './options.ts';

const setting = z.union([z.string(), z.number()]);
const option = z.enum(optionNames as [OptionName, ...OptionName[]]);
const lists = z.partialRecord(option, z.union([setting, z.array(setting).min(1)]));

/** The definition of an experiment as a manifest keeps it. */
const keptDefinition = z.object({
  name: z.string().min(1),
  title: z.string(),
  figure: z.null(),
  expected: z.string(),
  ownData: z.boolean().optional(),
  dataset: z.enum(datasetNames as [DatasetName, ...DatasetName[]]),
  task: z.enum(['regression', 'classification']),
  architecture: z.enum(['given', 'random']),
  references: z.array(z.enum(referenceNames)),
  settings: lists,
  text: lists,
  quick: lists,
  layout: z.object({
    rows: option.nullable(),
    columns: option.nullable(),
    chosen: option.nullable(),
    curves: z.array(z.enum(splitNames)).nullable(),
    metrics: z.array(z.string().refine(isMetric)).min(1),
  }),
});

/** What a manifest keeps of an experiment of the user's; null for those of the program. */
export function keptOf({ definition, command }: Experiment): z.infer<typeof keptDefinition> | null {
  if (definition === null) return null;
  // The experiment that trials show may have more metrics than the definition.
  const { layout, examples: _examples, ...own } = defineOwn(definition, command);
  const metrics = layout.metrics.map(({ name }) => name);
  return keptDefinition.parse({ ...own, layout: { ...layout, metrics } });
}

/** Makes an experiment of the user's from what a manifest keeps of it; null if that is not the definition of one. */
export function experimentFrom(kept: unknown, command: string): Experiment | null {
  const parsed = keptDefinition.safeParse(kept);
  if (!parsed.success) return null;
  const experiment = defineOwn(parsed.data as ExperimentDefinition, command);
  const { rows, columns, chosen, metrics } = experiment.layout;
  const options = optionsOf(experiment);
  const measured = metricsOf(experiment).map(({ name }) => name);
  const fits =
    [rows, columns, chosen].every((name) => name === null || options.includes(name)) &&
    metrics.every(({ name }) => measured.includes(name));
  return fits ? experiment : null;
}
