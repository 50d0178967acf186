import { printableText, UserError } from '../errors.ts';

/** What a user writes about a run. It is kept in the run's manifest alone, and decides nothing. */
export interface Remarks {
  readonly note?: string;
  /** Names by which runs are found again, each once. */
  readonly tags?: readonly string[];
}

const longestNote = 500;
const longestTag = 40;
/** Far more than anyone reads. */
const mostTags = 50;

/** Checks what a user writes about a run. Errors: UserError for text that cannot be shown on a line. */
export function remarksFrom(note: string | undefined, tags: readonly string[] = []): Remarks {
  if (note !== undefined) checkNote(note);
  for (const tag of tags) checkTag(tag);
  const distinct = [...new Set(tags)];
  if (distinct.length > mostTags) {
    throw new UserError({
      what: 'there are too many tags',
      expected: `at most ${mostTags} tags`,
      received: distinct.length,
      remedy: 'leave some out, or use a {note}',
    });
  }
  return {
    ...(note === undefined ? {} : { note }),
    ...(distinct.length === 0 ? {} : { tags: distinct }),
  };
}

/** What a manifest says, without anything that could not have been written there: it may have been edited. */
export function remarksIn({ note, tags }: Readonly<Record<string, unknown>>): Remarks {
  const named = (Array.isArray(tags) ? tags : []).filter(isTag);
  return {
    ...(isNote(note) ? { note } : {}),
    ...(named.length === 0 ? {} : { tags: [...new Set(named)].slice(0, mostTags) }),
  };
}

/** 'first try [baseline, seeds]'; empty if nothing is said. */
export function remarksText({ note = '', tags = [] }: Remarks): string {
  return [note, ...(tags.length === 0 ? [] : [`[${tags.join(', ')}]`])]
    .filter((part) => part !== '')
    .join(' ');
}

function isNote(value: unknown): value is string {
  return isLine(value, longestNote) && value.trim() !== '';
}

function isTag(value: unknown): value is string {
  return isLine(value, longestTag) && /^[^\s,]+$/.test(value);
}

function isLine(value: unknown, longest: number): value is string {
  return typeof value === 'string' && [...value].length <= longest && printableText.test(value);
}

function checkNote(text: string): void {
  if (isNote(text)) return;
  throw new UserError({
    what: '{note} cannot be kept',
    expected: `1 to ${longestNote} printable characters, on one line`,
    received: text,
    remedy: 'shorten it, or leave {note} out',
  });
}

/** Checks the name of a tag. Errors: UserError. */
export function checkTag(text: string): void {
  if (isTag(text)) return;
  throw new UserError({
    what: '{tag} is not a tag',
    expected: `1 to ${longestTag} printable characters without spaces and commas`,
    received: text,
    remedy: 'write several tags as {tag} first {tag} second',
  });
}
