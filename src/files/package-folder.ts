import { createRequire } from 'node:module';
import { dirname } from 'node:path';

/** The path of package.json, which differs between the sources and the build. */
export const packageFile = createRequire(import.meta.url).resolve(
  import.meta.url.endsWith('.js') ? '../../../package.json' : '../../package.json',
);

/** The folder in which the program is installed. */
export const packageFolder = dirname(packageFile);
