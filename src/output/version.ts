import { createRequire } from 'node:module';
import { dirname } from 'node:path';

const require = createRequire(import.meta.url);

/** package.json, seen from the sources and from the build alike. */
const packageFile = require.resolve(
  import.meta.url.endsWith('.js') ? '../../../package.json' : '../../package.json',
);

/** The folder that the program is installed in. */
export const packageFolder = dirname(packageFile);

export function programVersion(): string {
  return require(packageFile).version;
}
