/** The name of a submission, and of its folder. */
export const submissionName = /^\d{8}-\d{6}-[0-9a-f]{6}$/;
/** The most arrays of a submission, and the most words of a command: more than any cluster or shell takes. */
const mostArrays = 100_000;
const mostWords = 100_000;

/** What submission.json has. Its sources are checked by what reads the data. */
async function submissionSchema() {
  const { z } = await import('zod');
  const count = z.int().min(1).max(1e9);
  const computing = z.looseObject({
    cpus: z.int().min(1).max(256),
    keep: z.enum(['records', 'records and models', 'models']),
    force: z.boolean(),
    retries: z.int().min(0),
    timeout: z.number().min(0).nullable(),
    maxFailures: z.int().min(0).nullable(),
    keepFinals: z.boolean().optional(),
    sources: z.looseObject({ dataDir: z.string().nullable() }),
  });
  const fields = {
    version: z.literal(1),
    id: z.string().regex(submissionName),
    by: z.looseObject({
      argv: z.array(z.string()).min(1).max(mostWords),
      directory: z.string().min(1),
    }),
    lease: z.string(),
    ...{ tasks: count, arraySize: count, trials: count, computing },
  };
  return z.looseObject(fields).refine(({ tasks, arraySize }) => tasks / arraySize <= mostArrays, {
    path: ['arraySize'],
    message: `at least 1/${mostArrays} of the tasks`,
  });
}

/** The first entry of submission.json that is wrong, and what it must be; null if there is none. */
export async function wrongEntry(read: unknown): Promise<{ entry: string; expected: string } | null> {
  const { plainIssue } = await import('../../parsing/plain-issue.ts');
  const checked = (await submissionSchema()).safeParse(read);
  if (checked.success) return null;
  const [{ path, message }] = checked.error.issues;
  return { entry: path.join('.'), expected: plainIssue(message) };
}
