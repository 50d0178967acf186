import { quote } from '../errors.ts';

/** Names of columns that are not empty and all different, and what had to be changed for it. */
export interface UniqueNames {
  readonly names: readonly string[];
  /** One sentence without a full stop for each change, of many changes for the first ones. */
  readonly notes: readonly string[];
}

const mostNotes = 3;

/** Names the columns without a name by their places, and numbers names that occur again: column_3, price_2. */
export function uniqueNames(given: readonly string[]): UniqueNames {
  const trimmed = given.map((name) => name.trim());
  const taken = new Set(trimmed);
  const used = new Set<string>();
  const changes: string[] = [];
  const hasNames = trimmed.some((name) => name !== '');
  const unused = (start: string, first: number): string => {
    for (let number = first; ; number++) if (!taken.has(`${start}_${number}`)) return `${start}_${number}`;
  };
  const names = trimmed.map((name, place) => {
    if (name !== '' && !used.has(name)) {
      used.add(name);
      return name;
    }
    const made = name === '' ? unused('column', place + 1) : unused(name, 2);
    taken.add(made);
    used.add(made);
    if (name !== '') changes.push(`another column is called ${quote(name)}: it is read as ${quote(made)}`);
    else if (hasNames) changes.push(`column ${place + 1} has no name: it is called ${made}`);
    return made;
  });
  const more = changes.length - mostNotes;
  return {
    names,
    notes: [...changes.slice(0, mostNotes), ...(more > 0 ? [`${more} more columns have new names`] : [])],
  };
}
