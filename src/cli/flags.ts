import { UserError } from '../errors.ts';
import { flagOf, options } from '../experiment/options.ts';

/** What rooms that know no command line call by name, besides the options of experiments. */
const runSettings = new Set(['dataDir', 'jobs', 'store', 'out', 'timeout', 'format', 'first']);

/**
 * A message with flags in the place of settings: rooms that know no command line write `{testSize}`, which is
 * --test-size here.
 */
export function withFlags(text: string): string {
  return text.replace(/\{([a-z][A-Za-z0-9]*)\}/g, (braced, name) =>
    Object.hasOwn(options, name) || runSettings.has(name) ? flagOf(name) : braced,
  );
}

/** What is wrong, in the words of the command line. What the user wrote stays as it is. */
export function messageOf(error: unknown): string {
  if (error instanceof UserError) {
    const { what, expected, received, remedy } = error.parts;
    return new UserError({
      what: withFlags(what),
      ...(expected === undefined ? {} : { expected: withFlags(expected) }),
      ...(received === undefined ? {} : { received }),
      ...(remedy === undefined ? {} : { remedy: withFlags(remedy) }),
    }).message;
  }
  // From another thread, where an error is its text alone.
  return withFlags(error instanceof Error ? error.message : String(error));
}
