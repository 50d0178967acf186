import { UserError } from '../errors.ts';
import { flagOf, options } from '../experiment/options.ts';

/** Settings, other than the options of experiments, that rooms without a command line may name in braces. */
const runSettings = new Set([
  'dataDir',
  'dataName',
  'jobs',
  'store',
  'out',
  'timeout',
  'format',
  'first',
  'axes',
  'metric',
]);

/**
 * Replaces settings in braces by flags: rooms without a command line write `{testSize}`, which becomes --test-size.
 */
export function withFlags(text: string): string {
  return text.replace(/\{([a-z][A-Za-z0-9]*)\}/g, (braced, name) =>
    Object.hasOwn(options, name) || runSettings.has(name) ? flagOf(name) : braced,
  );
}

/** The message of an error, with flags instead of settings in braces. What the user wrote is not changed. */
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
  // An error from another thread is only its text.
  return withFlags(error instanceof Error ? error.message : String(error));
}
