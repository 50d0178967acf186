import { z } from 'zod';
import { printableText } from '../errors.ts';

// The form of a rubric. `npm run schema` writes it to data/rubric.schema.json as JSON Schema, from which editors complete names.

const shownText = z
  .string()
  .min(1)
  .max(200)
  .refine((text) => printableText.test(text), 'text on one line, without control characters');

/** The quantities of a step that a criterion can ask for, in the order in which they are computed. */
const rubricQuantities = [
  ...['x', 'y', 'z', 'a', 'loss', 'delta', 'kernel_gradient', 'bias_gradient'],
  ...['m', 's', 'v'].flatMap((slot) => [`kernel_${slot}`, `bias_${slot}`]),
  ...['kernel', 'bias'],
] as [string, ...string[]];

/** Which layers a criterion is about: words, because the exercises of a class may have different numbers of layers. */
const rubricLayers = ['all', 'hidden', 'output'] as const;
const rubricSteps = ['all', 'first'] as const;
const consequenceChoices = ['full', 'half', 'none'] as const;

const criterion = z.strictObject({
  name: shownText.max(60).describe('what the criterion is called, once in a rubric'),
  points: z.number().positive().max(1e6).describe('shared equally by the quantities'),
  quantities: z
    .array(z.enum(rubricQuantities))
    .min(1)
    .describe('what has to be right, named as in the files of exercises and recordings'),
  layers: z
    .enum(rubricLayers)
    .optional()
    .describe('in which layers (default: all); hidden: all but the last one'),
  steps: z
    .enum(rubricSteps)
    .optional()
    .describe('in which steps of the optimiser (default: all); first: only in step 0'),
  optional: z
    .boolean()
    .optional()
    .describe('whether the points are extra, beyond the maximum (default: false)'),
});

export const rubricFile = z.strictObject({
  $schema: z.string().optional(),
  exercises: z
    .union(
      [shownText.max(1000), z.array(shownText.max(1000)).min(1), z.record(shownText, shownText.max(1000))],
      {
        error:
          'the path of a file or a folder, a pattern such as exercises/*.json, a list of these, or a file for each student',
      },
    )
    .describe(
      'the exercises that were given out, from this file: a file, a folder, a pattern such as exercises/*.json, a list of these; or an object with the file of each student',
    ),
  tolerance: z
    .number()
    .positive()
    .max(0.1)
    .optional()
    .describe('largest relative difference that counts as the same'),
  consequences: z
    .enum(consequenceChoices)
    .optional()
    .describe(
      'points for numbers that are wrong only because earlier ones are: full (default), half or none',
    ),
  criteria: z.array(criterion).min(1).max(100),
});

/** A rubric as it is written. */
export type WrittenRubric = z.infer<typeof rubricFile>;

/** The fields of each level, for messages. */
export const rubricFields = {
  top: Object.keys(rubricFile.shape),
  criterion: Object.keys(criterion.shape),
};

/** By which a copy of the schema is recognised. */
export const rubricSchemaId = 'urn:fys-nn:rubric';

/** The schema as JSON Schema, for editors and other programs. */
export function rubricJsonSchema(): unknown {
  const { $schema, ...schema } = z.toJSONSchema(rubricFile, { io: 'input', reused: 'ref' });
  return { $schema, $id: rubricSchemaId, title: 'A rubric of fys-nn trace grade', ...schema };
}
