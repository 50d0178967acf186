import type { Command } from 'commander';
import { exitCodes, quote, UserError } from '../errors.ts';
import { shellQuoted } from '../experiment/command-text.ts';
import type { ModelFormatName } from '../model/formats.ts';
import type { KernelOrder } from '../model/imported-weights.ts';
import { parseChoice } from '../parsing/value-list.ts';
import { addExamples } from './examples.ts';
import { withFlags } from './flags.ts';
import { defaultStore } from './run-flags.ts';
import { writeStderr, writeStdout, writeStdoutRaw } from './terminal.ts';

interface ExportFlags {
  readonly format?: string;
  readonly out?: string;
  readonly quiet?: boolean;
}

/** `fys-nn model`: models for other programs, and weights from them. */
export function addModelCommand(program: Command): void {
  const model = program
    .command('model')
    .description('Describe saved models, export them for other programs, read weights from these')
    .helpCommand(false);
  addExamples(model, [
    ['model describe model.json', 'its layers, inputs and scores'],
    ['model export model.json --format onnx', 'for onnxruntime'],
    ['model import weights.npz', 'the layers that --init-weights would take from it'],
  ]);
  addDescribe(model);
  addExport(model);
  addImport(model);
}

function addDescribe(model: Command): void {
  const describe = model
    .command('describe')
    .argument('<model>', 'a file that --save-model wrote')
    .description('Print the inputs, steps, layers and scores of a saved model')
    .option('--store <dir>', 'folder that may have its scores', defaultStore)
    .option('--json', 'print as JSON')
    .action(async (path: string, { store, json }: { store: string; json?: boolean }) => {
      const { readModel } = await import('../model/model-file.ts');
      const { describedModel, describedText } = await import('./model-text.ts');
      const { toJson } = await import('../output/json.ts');
      const described = await describedModel(await readModel(path), store);
      if (json === true) writeStdoutRaw(toJson(described));
      else writeStdout(...describedText(described));
    });
  addExamples(describe, [
    ['model describe results/ffnn/model.json', 'for people'],
    ['model describe results/ffnn/model.json --json', 'for programs'],
  ]);
}

const formats = ['onnx', 'safetensors', 'npz', 'json'] as const satisfies readonly ModelFormatName[];

function addExport(model: Command): void {
  const exporting = model
    .command('export')
    .argument('<model>', 'a file that --save-model wrote')
    .description('Write a saved model for other programs')
    .option('--format <name>', `${formats.join(', ')} (default: that of the name of --out)`)
    .option('--out <file>', 'file to write (default: the name of the model with another extension)')
    .option('--quiet', 'print no notes')
    .action(async (path: string, flags: ExportFlags) => {
      const { formatOfPath, modelFormats } = await import('../model/formats.ts');
      const { readModel } = await import('../model/model-file.ts');
      const asked = flags.format === undefined ? null : parseChoice(flags.format, formats, '--format');
      const format = asked ?? (flags.out === undefined ? null : formatOfPath(flags.out));
      if (format === null) throw noFormat(flags.out);
      const { extension, write, begins } = modelFormats[format];
      const out = flags.out ?? `${path.replace(/\.json$/i, '')}.${extension}`;
      const saved = await readModel(path);
      await checkFile(out, path, begins, format);
      await writeFile(out, await write(saved));
      if (flags.quiet !== true)
        writeStderr(`wrote ${shellQuoted(out)}: ${withFlags(modelFormats[format].about)}`);
    });
  addExamples(exporting, [
    ['model export model.json --format onnx', 'writes model.onnx next to it'],
    ['model export model.json --out weights.safetensors', 'the format follows from the name'],
  ]);
}

interface ImportFlags {
  readonly kernels: string;
  readonly out?: string;
  readonly json?: boolean;
}

const orders = ['auto', 'in-out', 'out-in'] as const;
const written = ['safetensors', 'npz'] as const satisfies readonly ModelFormatName[];

function addImport(model: Command): void {
  const importing = model
    .command('import')
    .argument('<file>', 'weights of NumPy (npz), PyTorch (safetensors), Keras (npz), or a saved model')
    .description('Show the layers that --init-weights takes from a file, or write them in its own form')
    .option(
      '--kernels <order>',
      'how the file has its kernels: in-out ([inputs][units]: Keras, NumPy), out-in ([units][inputs]: PyTorch), auto (from shapes, then names)',
      'auto',
    )
    .option('--out <file>', 'also write them, as .npz or .safetensors with kernels [inputs][units]')
    .option('--json', 'print as JSON')
    .action(async (path: string, flags: ImportFlags) => {
      const { formatOfPath, modelFormats, readTensors } = await import('../model/formats.ts');
      const { importedWeights } = await import('../model/imported-weights.ts');
      const { layerArrays } = await import('../model/model-arrays.ts');
      const { digestOfWeights } = await import('../trial/initial-weights.ts');
      const { describedWeights, weightsText } = await import('./model-text.ts');
      const { toJson } = await import('../output/json.ts');
      const order = parseChoice(flags.kernels, orders, '--kernels');
      const given = order === 'auto' ? null : (order as KernelOrder);
      const found = importedWeights(await readTensors(path), given, quote(path));
      if (flags.out !== undefined) {
        const format = written.find((name) => name === formatOfPath(flags.out!));
        if (format === undefined) throw noFormat(flags.out, written);
        await checkFile(flags.out, path, modelFormats[format].begins, format);
        await writeFile(
          flags.out,
          await modelFormats[format].writeArrays(layerArrays(found.layers, 'float64')),
        );
      }
      const described = describedWeights(found, digestOfWeights(found.layers));
      if (flags.json === true) writeStdoutRaw(toJson(described));
      else writeStdout(...weightsText(described, flags.out ?? path));
    });
  addExamples(importing, [
    ['model import weights.npz', 'layers, shapes and how kernels are stored'],
    ['model import square.npz --kernels out-in --out weights.npz', 'a file that is read in one way only'],
  ]);
}

function noFormat(received: string | undefined, known: readonly string[] = formats): UserError {
  return new UserError({
    what: received === undefined ? '--format is missing' : '--out has no extension of a known format',
    expected: known.join(', '),
    ...(received === undefined ? {} : { received }),
    remedy: received === undefined ? 'write --format onnx' : `name the file model.${known[0]}`,
  });
}

/** Refuses to write over the model itself, and over a file of another format. */
async function checkFile(
  out: string,
  from: string,
  begins: (bytes: Buffer) => boolean,
  format: string,
): Promise<void> {
  const { realpath } = await import('node:fs/promises');
  const { codeOf, reasonOf } = await import('../files/errno.ts');
  const { longestText, readRegularBytes } = await import('../files/regular-file.ts');
  const refuse = (what: string) =>
    new UserError({
      what: `--out: ${what}`,
      expected: `the path of a new file, or of one in the format ${format} to replace`,
      received: out,
      remedy: 'name another file',
    });
  const placeOf = (path: string) => realpath(path).catch(() => path);
  if ((await placeOf(out)) === (await placeOf(from))) throw refuse('it is the file that is read');
  try {
    if (!begins(await readRegularBytes(out, longestText))) throw refuse('there is a file of another kind');
  } catch (error) {
    if (error instanceof UserError) throw error;
    if (codeOf(error) !== 'ENOENT') throw refuse(reasonOf(error));
  }
}

async function writeFile(out: string, content: string | Uint8Array): Promise<void> {
  const { mkdir } = await import('node:fs/promises');
  const { dirname } = await import('node:path');
  const { removeUnfinished, writeWhole } = await import('../files/write-whole.ts');
  const { onInterrupt } = await import('./interrupt.ts');
  const { isDiskFault, reasonOf } = await import('../files/errno.ts');
  onInterrupt(removeUnfinished);
  try {
    await mkdir(dirname(out), { recursive: true });
    await writeWhole(out, content);
  } catch (error) {
    const parts = { what: `--out: ${reasonOf(error)}`, received: out, remedy: 'name another file' };
    throw new UserError(parts, isDiskFault(error) ? exitCodes.failed : exitCodes.usage);
  }
}
