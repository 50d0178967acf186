import type { SavedModel } from './saved-model.ts';

/** What files in other programs' formats say of a model, as texts by name. */
export function modelFacts(model: SavedModel): Record<string, string> {
  const { about, trial, config, inputs, target, loss, dtype, layers } = model;
  const facts: Readonly<Record<string, unknown>> = {
    ...(about && { program: `fys-nn ${about.program}` }),
    trial,
    ...(about && {
      data: about.data.title,
      data_source: about.data.source,
      data_license: about.data.license,
    }),
    input_names: inputs.names,
    input_columns: inputs.table ?? null,
    target_name: target.name,
    class_names: target.classNames,
    activations: layers.map(({ activation }) => activation),
    loss,
    dtype,
    config,
  };
  const known = Object.entries(facts).filter(([, value]) => value !== null);
  return Object.fromEntries(
    known.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}
