import type { SavedModel } from './saved-model.ts';

/** What files in other programs' formats say of a model, as texts by name. */
export function modelFacts(model: SavedModel): Record<string, string> {
  const { program, trial, config, data, inputs, target, loss, dtype, layers } = model;
  const facts: Readonly<Record<string, unknown>> = {
    program: `fys-nn ${program}`,
    trial,
    data: data.title,
    data_source: data.source,
    data_license: data.license,
    input_names: inputs.names,
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
