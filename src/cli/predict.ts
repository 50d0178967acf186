import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, lstat, mkdtemp, open, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Command, Option } from 'commander';
import { counted, UserError } from '../errors.ts';
import { reasonOf } from '../files/errno.ts';
import { readBytes } from '../files/lines.ts';
import type { SavedModel } from '../model/saved-model.ts';
import type { ModelTable } from '../model/table-rows.ts';
import { addExamples } from './examples.ts';
import { onInterrupt } from './interrupt.ts';
import { digitsText } from './number-text.ts';
import { writeStderr } from './terminal.ts';

interface Flags {
  readonly out?: string;
  readonly decimalComma?: boolean;
  readonly quiet?: boolean;
}

/** `fys-nn predict MODEL DATA`: what a saved model says of other rows. */
export function addPredictCommand(program: Command): void {
  const command = program
    .command('predict')
    .description('Predict rows of a table, or images, with a model that --save-model kept')
    .argument('<model>', 'file of the model, such as results/ffnn/model.json')
    .argument('<data>', 'a table with the columns of the model in any order; or images: a folder, IDX or npz')
    .option('--out <file>', 'CSV file for the predictions (default: stdout)')
    .addOption(new Option('--decimal-comma', '3,14 is a number in the table (default: as in training)'))
    .option('--quiet', 'print no notes and no scores')
    .addHelpText(
      'after',
      '\nScaling, centring, polynomials and missing values are part of the model. If the\n' +
        'table has the target too, its scores are printed on stderr.',
    );
  addExamples(command, [
    [
      'predict results/ffnn/model.json new.csv --out predictions.csv',
      'predictions, and residuals if the target is there',
    ],
    ['predict model.json new.csv', 'the same on stdout'],
  ]);
  command.action(async (modelFile: string, data: string, flags: Flags) => {
    const { readModel } = await import('../model/model-file.ts');
    const model = await readModel(modelFile);
    if (flags.out !== undefined) await checkOut(flags.out);
    const rows = await openRows(model, data, flags);
    const note = (text: string) => {
      if (flags.quiet !== true) writeStderr(text);
    };
    for (const text of rows.notes) note(`note: ${text}`);
    note(await writeFirst(flags.out ?? null, (emit) => writePredictions(model, rows, emit)));
    if (flags.out !== undefined) note(`wrote ${flags.out}`);
  });
}

/** The rows of a table, or the images of a folder or a file. */
async function openRows(model: SavedModel, data: string, { decimalComma }: Flags): Promise<ModelTable> {
  const { datasetOfFile } = await import('../datasets/data-file.ts');
  const isFolder = (await stat(data).catch(() => null))?.isDirectory() ?? false;
  if (isFolder || (await datasetOfFile(data)) === 'images')
    return (await import('../model/image-rows.ts')).openModelImages(model, data);
  const { openModelTable } = await import('../model/table-rows.ts');
  return openModelTable(model, data, { decimalComma: decimalComma ?? trainedWithComma(model) });
}

function trainedWithComma({ config }: SavedModel): boolean {
  const { data } = Object(config);
  return Object(data).decimalComma === true;
}

type Emit = (text: string) => Promise<unknown>;

/** Emits the predictions part by part, and returns what to say of them. */
async function writePredictions(model: SavedModel, rows: ModelTable, emit: Emit): Promise<string> {
  const { createModelPredictor } = await import('../model/predict.ts');
  const { predictionRows } = await import('../model/prediction-rows.ts');
  const { csvRecord } = await import('../output/csv.ts');
  const { metrics } = await import('../stats/metrics.ts');
  const recordText = await csvRecord();
  const predictor = await createModelPredictor(model);
  const { header, cells, score } = predictionRows(model, rows.hasTargets);
  let count = 0;
  await emit(recordText([firstColumn, ...header]));
  await rows.forEach(async ({ inputs, targets }) => {
    const N = inputs.length / model.inputs.columns;
    const own = cells(predictor.predict(inputs), N, targets);
    await emit(own.map((row, n) => recordText([count + n + 1, ...row])).join(''));
    count += N;
  });
  predictor.release();
  const scores = Object.entries(score.values()).map(
    ([name, value]) => `${metrics[name as keyof typeof metrics].title} ${digitsText(value, 6)}`,
  );
  const of = score.rows === count ? '' : ` of the ${counted(score.rows, 'row')} with a target`;
  return [counted(count, 'row'), ...(scores.length === 0 ? [] : [`${scores.join(', ')}${of}`])].join(': ');
}

/**
 * Writes to a temporary file, then to `out`, or to stdout if it is null: an error in the last row leaves nothing behind.
 */
async function writeFirst(out: string | null, write: (emit: Emit) => Promise<string>): Promise<string> {
  const { removeDirectory, removeFile, renameFile } = await import('../files/retry-while-busy.ts');
  const folder = out === null ? await mkdtemp(join(tmpdir(), 'fys-nn-predict-')) : null;
  const path = folder === null ? `${out}.${randomUUID()}.tmp` : join(folder, 'predictions.csv');
  const remove = () => (folder === null ? removeFile(path) : removeDirectory(folder));
  const unregister = onInterrupt(remove);
  try {
    const file = await openOut(path);
    let said: string;
    try {
      said = await write((text) => file.write(text));
      await file.sync();
    } finally {
      await file.close();
    }
    if (folder === null) await renameFile(path, out!);
    else await pipeline(createReadStream(path), process.stdout, { end: false });
    return said;
  } finally {
    await remove().catch(() => {});
    unregister();
  }
}

async function openOut(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx');
  } catch (error) {
    throw new UserError({
      what: `--out cannot be written: ${reasonOf(error)}`,
      expected: 'the path of a file in a folder that exists',
      received: path.replace(/\.[0-9a-f-]{36}\.tmp$/, ''),
      remedy: 'name another file, or make the folder first',
    });
  }
}

const firstColumn = 'row';

/** Refuses to replace what no prediction wrote. Errors: UserError. */
async function checkOut(out: string): Promise<void> {
  const found = await lstat(out).catch(() => null);
  if (found === null) return;
  const start = found.isFile() ? readBytes(out, 0, firstColumn.length + 11).toString() : '';
  if (start === `${firstColumn},prediction`) return;
  throw new UserError({
    what: `--out: there is ${found.isDirectory() ? 'a folder' : 'a file'} of this name that fys-nn predict did not write`,
    expected: 'the path of a new file, or of earlier predictions to replace',
    received: out,
    remedy: 'name another file',
  });
}
