// Writes the schemas of experiment files, claims.json, causes.json, rubrics and traces from what the program checks them with (npm run schema).
import { writeFile } from 'node:fs/promises';
import { allExperiments } from '../dist/experiments/index.js';
import { causesJsonSchema, claimsJsonSchema } from '../dist/src/claims/claims-schema.js';
import { experimentJsonSchema } from '../dist/src/experiment/file-schema.js';
import { rubricJsonSchema } from '../dist/src/grading/rubric-schema.js';
import { traceJsonSchema } from '../dist/src/trace/trace-schema-3.js';

const schemas = {
  'experiment.schema.json': experimentJsonSchema(allExperiments.map(({ name }) => name)),
  'claims.schema.json': claimsJsonSchema(),
  'causes.schema.json': causesJsonSchema(),
  'rubric.schema.json': rubricJsonSchema(),
  'trace.schema.json': traceJsonSchema(),
};
for (const [name, schema] of Object.entries(schemas)) {
  await writeFile(new URL(name, import.meta.url), `${JSON.stringify(schema, null, 2)}\n`);
}
