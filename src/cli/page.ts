import { join } from 'node:path';
import functions from '../../experiments/activation-functions.ts';
import { type FunctionValue, functionValues } from '../experiment/functions.ts';
import type { Plan } from '../experiment/plan.ts';
import { folderName, reportFolderName, runFolderName } from '../output/folder-name.ts';
import type { Predictions } from '../output/predicted.ts';
import type { Records } from '../output/trials-table.ts';
import { parseList, parseNumber } from '../parsing/value-list.ts';
import { defaultStore, type RunOptions } from './run-flags.ts';
import { writeStderr } from './terminal.ts';

/** The page's file name in the folder of a report. */
export const pageFile = 'report.html';

/** The page of a report, or of a single experiment, in a folder, as HTML. */
export async function renderPage(
  plans: readonly Plan[],
  records: Records,
  folder: string,
  {
    storeDirectory,
    sources,
    quiet,
    remarks,
    predictions = [],
  }: Pick<RunOptions, 'storeDirectory' | 'sources' | 'quiet'> &
    Partial<Pick<RunOptions, 'remarks'>> & { readonly predictions?: Predictions },
  kind: 'report' | 'own' | 'experiment' = 'report',
): Promise<string> {
  const { classifierData } = await import('../page/classifier.ts');
  const { compareWithPublished, isComparable } = await import('../claims/comparison.ts');
  const { figuresOf } = await import('../figures/index.ts');
  const { functionsFigure } = await import('../figures/functions.ts');
  const { openClassifiers } = await import('../output/classifiers.ts');
  const { publishedOf } = await import('../claims/published.ts');
  const { readVerdicts } = await import('../page/judged.ts');
  const { reportPage } = await import('../page/page.ts');
  const { whyUndrawn } = await import('./figures.ts');
  const note = (text: string): void => {
    if (!quiet) writeStderr(`note: ${text}`);
  };
  // A folder that fys-nn has named itself, next to those of verify.
  const own = kind === 'experiment' ? runFolderName(plans[0]) : (reportFolderName(plans) ?? '.');
  const isOwn = folder === join('results', own);
  return reportPage({
    runs: await Promise.all(
      plans.map(async (plan) => {
        const out = kind === 'experiment' ? folder : join(folder, folderName(plan.experiment.name));
        const undrawn = whyUndrawn(plan, out);
        const published = await publishedOf(plan.experiment.name);
        const { classifiers } = await openClassifiers(plan, records, storeDirectory);
        const look = { interactive: true };
        return {
          plan,
          classifiers,
          undrawn,
          figures:
            undrawn === null ? figuresOf(plan, records, { published, look, classifiers, predictions }) : [],
        };
      }),
    ),
    functions:
      kind !== 'report'
        ? null
        : {
            name: functions.name,
            title: functions.title,
            where: functions.figure,
            figures: [functionsFigure(functions, ownFunctionValues())],
          },
    records,
    ...(remarks === undefined ? {} : { remarks }),
    comparisons: (await compareWithPublished(plans, records)).filter(isComparable),
    verdicts:
      kind !== 'report'
        ? null
        : await readVerdicts(
            [join(folder, 'verify'), ...(isOwn ? ['results/verify', 'results/verify-quick'] : [])],
            plans[0].quick,
          ),
    places: {
      dataDir: sources.dataDir,
      dataName: sources.dataName ?? null,
      labelNames: sources.labelNames ?? null,
      store: storeDirectory === defaultStore ? null : storeDirectory,
      out: folder === 'results' || (kind === 'experiment' && isOwn) ? null : folder,
      nested: kind !== 'experiment',
    },
    classifier: await classifierData(plans, records, storeDirectory, sources, note),
  });
}

function ownFunctionValues(): FunctionValue[] {
  const { activation, x } = functions;
  return functionValues(
    activation,
    parseList(x, '--x').map((text) => parseNumber(text, '--x')),
  );
}
