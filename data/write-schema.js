// Writes claims.schema.json from the program's own check of claims.
import { writeFile } from 'node:fs/promises';
import { claimsJsonSchema } from '../dist/src/claims/claims-schema.js';

const file = new URL('claims.schema.json', import.meta.url);
await writeFile(file, `${JSON.stringify(claimsJsonSchema(), null, 2)}\n`);
