import { join } from 'node:path';
import functions from '../../experiments/activation-functions.ts';
import type { Plan } from '../experiment/plan.ts';
import type { Records } from '../output/trials.ts';
import { writeFiles } from '../output/write.ts';
import type { RunOptions } from './run-flags.ts';

/** What the page is called in the folder of a report. */
export const pageFile = 'report.html';

/** Writes the page of a report's plans into its folder and returns its path. */
export async function writePage(
  plans: readonly Plan[],
  records: Records,
  folder: string,
  { storeDirectory, sources }: Pick<RunOptions, 'storeDirectory' | 'sources'>,
): Promise<string> {
  const { classifierData } = await import('../report/classifier.ts');
  const { compareWithPublished } = await import('../report/comparison.ts');
  const { reportPage } = await import('../report/page.ts');
  const page = await reportPage({
    runs: plans.map((plan) => ({ plan, figures: [] })),
    functions: { name: functions.name, title: functions.title, figures: [] },
    records,
    comparisons: await compareWithPublished(plans, records),
    verdicts: null,
    classifier: await classifierData(plans, records, storeDirectory, sources),
  });
  await writeFiles(folder, new Map([[pageFile, page]]));
  return join(folder, pageFile);
}
