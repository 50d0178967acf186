import { dirname, join, relative, resolve, sep } from 'node:path';
import { type Command, Option } from 'commander';
import { allExperiments } from '../../experiments/index.ts';
import type { DataChoice } from '../datasets/data-choice.ts';
import { printable, UserError } from '../errors.ts';
import { addUnder, headings, helpUnder } from './command-options.ts';
import { addExamples } from './examples.ts';
import type { Starting } from './starter-file.ts';
import { writeStderr } from './terminal.ts';
import { type DataFlags, dataChoiceOf, dataOptions } from './train.ts';
import { writeSchema } from './write-schema.ts';

/** The file next to experiment files from which editors complete them. */
const schemaFile = 'fys-nn.schema.json';
/** What a new file is about if the user does not say it. */
const usualData = 'franke';

interface Flags extends DataFlags {
  readonly from?: string;
}

/** `fys-nn init my-net`: writes an experiment file with comments. */
export function addInitCommand(program: Command): void {
  const command = program
    .command('init')
    .argument('<name>', 'name of the new file; .yaml is added')
    .description('Write a file of an experiment of your own, with a comment on each setting');
  addUnder(
    command,
    'Experiment:',
    new Option('--from <experiment>', 'an experiment of fys-nn that the file extends, such as mnist'),
  );
  addUnder(command, headings.data, ...dataOptions());
  helpUnder(command, headings.data);
  addExamples(command, [
    ['init my-net --from mnist', 'a change of an experiment of fys-nn'],
    ['init prices --data houses.csv --target price', 'models of a table of your own'],
  ]);
  command.action(async (name: string, flags: Flags) => {
    const path = pathOf(name);
    const { starterFile } = await import('./starter-file.ts');
    const { writeNew } = await import('./write-new.ts');
    const { shellQuoted } = await import('../experiment/command-text.ts');
    const text = starterFile(await startingOf(path, flags));
    await writeNew(path, text, 'name another file');
    const { experimentJsonSchema, schemaId } = await import('../experiment/file-schema.ts');
    const schema = experimentJsonSchema(allExperiments.map(({ name }) => name));
    await writeSchema(join(dirname(path), schemaFile), schema, schemaId);
    writeStderr(
      `wrote ${printable(path)}; see what it runs: fys-nn run ${printable(shellQuoted(path))} --plan`,
    );
  });
}

function pathOf(name: string): string {
  if (/\.json$/i.test(name)) {
    throw new UserError({
      what: 'fys-nn init writes YAML, because JSON has no comments',
      expected: 'a name such as my-net',
      received: name,
      remedy: `write fys-nn init ${name.replace(/\.json$/i, '')}`,
    });
  }
  if (/^(?:.*[/\\])?$/.test(name) || printable(name) !== name) {
    throw new UserError({
      what: 'the file has no name that can be used',
      expected: 'a name such as my-net, without control characters',
      received: name,
      remedy: 'write fys-nn init my-net',
    });
  }
  return /\.ya?ml$/i.test(name) ? name : `${name}.yaml`;
}

async function startingOf(path: string, flags: Flags): Promise<Starting> {
  const { freeName, plainName } = await import('../experiment/file.ts');
  const { shellQuoted } = await import('../experiment/command-text.ts');
  const plain = plainName(path);
  const free = freeName(plain, allExperiments);
  const file = { path: shellQuoted(path), name: free === plain ? null : free, schema: schemaFile };
  const choice = dataChoiceOf(flags);
  if (flags.from !== undefined) {
    if (Object.keys(choice).length > 0) throw fromAndData(flags.from);
    const { parseChoice } = await import('../parsing/value-list.ts');
    const names = allExperiments.map((one) => one.name);
    const from = parseChoice(flags.from, names, '--from');
    const experiment = allExperiments.find((one) => one.name === from)!;
    return { ...file, experiment, data: null, note: null };
  }
  const { trainExperiment } = await import('../experiment/train.ts');
  const { data = usualData } = choice;
  const { experiment, note } = await trainExperiment({ ...choice, data }, {});
  return {
    ...file,
    experiment,
    data: { ...choice, data: await fromFile(path, data) },
    note: note.split('; ')[0],
  };
}

/** Data as the file names them: by its path from the file. */
async function fromFile(path: string, data: string): Promise<DataChoice['data']> {
  const { builtIns } = await import('../datasets/built-in.ts');
  if (Object.hasOwn(builtIns, data)) return data;
  return (
    relative(dirname(resolve(path)), resolve(data))
      .split(sep)
      .join('/') || '.'
  );
}

function fromAndData(from: string): UserError {
  return new UserError({
    what: '--from and data exclude each other: an experiment of fys-nn has its own data',
    expected: 'one of them',
    received: `--from ${from}`,
    remedy: 'leave out --from, or leave out --data and what is said of it',
  });
}
