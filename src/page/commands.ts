import { flagOf, type OptionName, type Setting } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';

/** The command that runs a plan again: every option that differs from what the experiment has by itself. */
export function commandOf({ experiment, variant, quick, lists }: Plan): string {
  const own = {
    ...experiment.settings,
    ...(variant === 'text' ? experiment.text : {}),
    ...(quick ? experiment.quick : {}),
  };
  const given = (Object.keys(lists) as OptionName[]).filter(
    (name) => name === 'seed' || JSON.stringify(lists[name]) !== JSON.stringify(own[name]),
  );
  return [
    'npx fys-nn',
    experiment.name,
    ...(quick ? ['--quick'] : []),
    ...(variant === 'code' ? [] : ['--variant', variant]),
    ...given.flatMap((name) => [flagOf(name), quoted(listText(lists[name]!))]),
  ].join(' ');
}

/** 2020 or 1..5 or 1,2,5. */
export function listText(values: readonly Setting[]): string {
  const [first] = values;
  const run =
    values.length > 2 &&
    values.every((value, i) => Number.isInteger(value) && value === (first as number) + i);
  return run ? `${first}..${values[values.length - 1]}` : values.join(',');
}

/** As a shell needs it. */
function quoted(text: string): string {
  return /^[\w.,:+-]*$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
