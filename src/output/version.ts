import { createRequire } from 'node:module';
import { dirname } from 'node:path';

const require = createRequire(import.meta.url);

/** The path of package.json, which differs between the sources and the build. */
const packageFile = require.resolve(
  import.meta.url.endsWith('.js') ? '../../../package.json' : '../../package.json',
);

/** The folder in which the program is installed. */
export const packageFolder = dirname(packageFile);

export function programVersion(): string {
  return require(packageFile).version;
}
