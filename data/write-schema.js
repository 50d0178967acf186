// Writes the schemas of claims.json and causes.json from what the program checks them with (npm run schema).
import { writeFile } from 'node:fs/promises';
import { causesJsonSchema, claimsJsonSchema } from '../dist/src/claims/claims-schema.js';

const schemas = { 'claims.schema.json': claimsJsonSchema(), 'causes.schema.json': causesJsonSchema() };
for (const [name, schema] of Object.entries(schemas)) {
  await writeFile(new URL(name, import.meta.url), `${JSON.stringify(schema, null, 2)}\n`);
}
