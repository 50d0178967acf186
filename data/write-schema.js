// Writes data/claims.schema.json from the schema that the program checks claims with (npm run schema).
import { writeFile } from 'node:fs/promises';
import { claimsJsonSchema } from '../dist/src/claims/claims-schema.js';

const file = new URL('claims.schema.json', import.meta.url);
await writeFile(file, `${JSON.stringify(claimsJsonSchema(), null, 2)}\n`);
