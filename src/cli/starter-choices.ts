import type { Command } from 'commander';
import { UserError } from '../errors.ts';

/** What `--init` is given with. */
export interface InitChoices {
  /** The options that may stand next to --init. */
  readonly allowed: readonly string[];
  /** Arguments, which have no effect either. */
  readonly given: readonly string[];
  /** When others have an effect: "when the file is judged". */
  readonly when: string;
  /** The name of a file, such as claims.yaml. */
  readonly path: string;
}

/** Refuses whatever has no effect with --init, and names of files that cannot have comments. Errors: UserError. */
export function checkInit(command: Command, { allowed, given, when, path }: InitChoices): void {
  const option = command.options.find((one) => {
    const name = one.attributeName();
    return name !== 'init' && !allowed.includes(name) && command.getOptionValueSource(name) === 'cli';
  });
  const idle = option?.long ?? given[0];
  if (idle !== undefined) {
    throw new UserError({
      what: `${idle} has no effect with --init, which only writes a file`,
      expected: '--init alone',
      received: idle,
      remedy: `leave out ${idle}, and give it ${when}`,
    });
  }
  if (/\.ya?ml$/i.test(path)) return;
  throw new UserError({
    what: '--init writes YAML, because JSON has no comments',
    expected: 'a name that ends in .yaml or .yml',
    received: path,
    remedy: `write --init ${path.replace(/(\.\w*)?$/, '.yaml')}`,
  });
}
