import { datasets } from '../datasets/index.ts';
import { flagOf, type OptionName, type Setting } from '../experiment/options.ts';
import type { Plan } from '../experiment/plan.ts';
import { folderName } from '../output/folder-name.ts';

/** The folders that the page's runs read and write, as typed; null means the default. */
export interface Places {
  readonly dataDir: string | null;
  readonly dataName: string | null;
  readonly store: string | null;
  /** The folder of the page, with one subfolder per experiment. */
  readonly out: string | null;
}

/** The command that runs a plan again into the same folder, with every option that differs from its default. */
export function commandOf({ experiment, variant, quick, lists }: Plan, places: Places): string {
  const own = {
    ...experiment.settings,
    ...(variant === 'text' ? experiment.text : {}),
    ...(quick ? experiment.quick : {}),
  };
  const given = (Object.keys(lists) as OptionName[]).filter(
    (name) => name === 'seed' || JSON.stringify(lists[name]) !== JSON.stringify(own[name]),
  );
  const { fromFiles } = datasets[experiment.dataset];
  return [
    'npx fys-nn',
    experiment.name,
    ...(quick ? ['--quick'] : []),
    ...(variant === 'code' ? [] : ['--variant', variant]),
    ...given.flatMap((name) => [flagOf(name), shellQuoted(listText(lists[name]!))]),
    ...pathOption('--data-dir', fromFiles ? places.dataDir : null),
    ...pathOption('--data-name', fromFiles ? places.dataName : null),
    ...pathOption('--store', places.store),
    ...outOf(places, folderName(experiment.name)),
  ].join(' ');
}

/** The `--out` option for a folder inside the page's folder; empty if that is the default. */
export function outOf({ out }: Places, folder: string): string[] {
  return pathOption('--out', out === null ? null : `${out.replace(/(?<=.)\/+$/, '')}/${folder}`);
}

function pathOption(flag: string, path: string | null): string[] {
  return path === null ? [] : [flag, shellQuoted(path)];
}

/** Values as the command line takes them: 2020 or 1..5 or 1,2,5. */
export function listText(values: readonly Setting[]): string {
  const [first] = values;
  const run =
    values.length > 2 &&
    values.every((value, i) => Number.isInteger(value) && value === (first as number) + i);
  return run ? `${first}..${values[values.length - 1]}` : values.join(',');
}

/** Quotes a text so that a POSIX shell reads it as one word. */
function shellQuoted(text: string): string {
  return /^[\w./,:+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
