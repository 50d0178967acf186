import { createRequire } from 'node:module';
import { packageFile } from '../files/package-folder.ts';

export function programVersion(): string {
  return createRequire(import.meta.url)(packageFile).version;
}
