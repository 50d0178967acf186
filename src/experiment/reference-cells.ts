import { UserError } from '../errors.ts';
import { libraries, type ReferenceName, type ReferenceVersions, references } from '../references/index.ts';
import type { Experiment } from './define.ts';
import type { Setting, SettingLists } from './options.ts';

/** A reference that was requested but is not installed. Its cells are left out of the plan. */
export interface AbsentReference {
  readonly name: ReferenceName;
  /** The explanation for the user. */
  readonly note: string;
}

export interface FoundReferences {
  readonly versions: ReadonlyMap<string, ReferenceVersions>;
  readonly absent: readonly AbsentReference[];
}

/**
 * Adds our own run to requested references: `reference tfjs` means none,tfjs. Errors: a reference that the experiment
 * does not have.
 */
export function withOwnRun({ name, references: known }: Experiment, lists: SettingLists): SettingLists {
  const asked = (lists.reference ?? []).filter((value) => value !== 'none');
  if (asked.length === 0) return lists;
  const unknown = asked.find((value) => !(known as readonly Setting[]).includes(value));
  if (unknown === undefined) return { ...lists, reference: ['none', ...asked] };
  throw new UserError({
    what: `${name} has no reference of that name`,
    expected: known.length === 0 ? 'no {reference}' : `{reference} ${known.join(' or ')}`,
    received: unknown,
    remedy: 'leave it out, or see --help',
  });
}

/** Looks for the requested libraries. */
export async function findReferences({ reference = [] }: SettingLists): Promise<FoundReferences> {
  const versions = new Map<string, ReferenceVersions>();
  const absent: AbsentReference[] = [];
  for (const name of reference as ('none' | ReferenceName)[]) {
    if (name === 'none') continue;
    const { title, find } = libraries[references[name]];
    const found = await find();
    if ('versions' in found) versions.set(name, found.versions);
    else {
      const { reason, remedy } = found.absent;
      absent.push({
        name,
        note: `${title} is not installed, so its trials are left out (${reason}). ${remedy}.`,
      });
    }
  }
  return { versions, absent };
}
