// Reads the arguments of Slurm's commands as these do: long and short options, and those in the lines #SBATCH of a script.
import { parseArgs } from 'node:util';

/** What a command prints instead of an answer. */
export class Refusal extends Error {
  constructor(message, status = 1) {
    super(message);
    this.status = status;
  }
}

const text = (short) => ({ type: 'string', ...(short === undefined ? {} : { short }) });
const flag = (short) => ({ type: 'boolean', ...(short === undefined ? {} : { short }) });

const options = {
  sbatch: {
    account: text('A'),
    array: text('a'),
    chdir: text('D'),
    comment: text(),
    constraint: text('C'),
    'cpus-per-task': text('c'),
    error: text('e'),
    exclude: text('x'),
    exclusive: flag(),
    export: text(),
    gres: text(),
    hold: flag('H'),
    'job-name': text('J'),
    licenses: text('L'),
    'mail-type': text(),
    'mail-user': text(),
    mem: text(),
    'mem-per-cpu': text(),
    nice: text(),
    'no-requeue': flag(),
    nodelist: text('w'),
    nodes: text('N'),
    ntasks: text('n'),
    'open-mode': text(),
    output: text('o'),
    parsable: flag(),
    partition: text('p'),
    qos: text('q'),
    quiet: flag('Q'),
    requeue: flag(),
    reservation: text(),
    signal: text(),
    time: text('t'),
    wrap: text(),
  },
  squeue: {
    array: flag('r'),
    format: text('o'),
    jobs: text('j'),
    me: flag(),
    name: text('n'),
    noheader: flag('h'),
    states: text('t'),
    user: text('u'),
  },
  sacct: {
    allocations: flag('X'),
    duplicates: flag('D'),
    format: text('o'),
    jobs: text('j'),
    noheader: flag('n'),
    parsable2: flag('P'),
    starttime: text('S'),
  },
  scancel: {
    batch: flag('b'),
    full: flag('f'),
    name: text('n'),
    quiet: flag('Q'),
    signal: text('s'),
    user: text('u'),
  },
  scontrol: { oneliner: flag('o') },
  sinfo: { format: text('o'), noheader: flag('h'), partition: text('p') },
};

/** The options and the other arguments of a command. What follows the script of `sbatch` belongs to the script. */
export function readArguments(name, args) {
  const { values, positionals } = parse(name, args);
  return { given: values, positionals };
}

function parse(name, args) {
  const known = { ...options[name], version: flag('V') };
  const { tokens } = parseArgs({
    args,
    options: known,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const script = name === 'sbatch' ? tokens.find(({ kind }) => kind === 'positional') : undefined;
  const own = script === undefined ? args : args.slice(0, script.index);
  for (const token of tokens) {
    if (token.kind !== 'option' || (script !== undefined && token.index > script.index)) continue;
    if (known[token.name] === undefined)
      throw new Refusal(
        `${name}: unrecognized option '${token.rawName}'\nTry "${name} --help" for more information\n`,
        name === 'sbatch' ? 255 : 1,
      );
  }
  const { values, positionals } = parseArgs({
    args: own,
    options: known,
    strict: true,
    allowPositionals: true,
  });
  return { values, positionals: script === undefined ? positionals : args.slice(script.index) };
}

/** The options of the lines #SBATCH before the first command of a script. */
export function optionsIn(script) {
  const args = [];
  for (const line of script.split('\n').slice(1)) {
    if (line.trim() !== '' && !line.startsWith('#')) break;
    if (!line.startsWith('#SBATCH')) continue;
    for (const word of line.slice(7).match(/(?:"[^"]*"|'[^']*'|\\.|[^\s"'\\])+/g) ?? []) {
      if (word.startsWith('#')) break;
      args.push(word.replace(/"([^"]*)"|'([^']*)'|\\(.)/g, (_, a, b, c) => a ?? b ?? c));
    }
  }
  return readArguments('sbatch', args).given;
}

/** The indices of an array such as 0-9%2 or 1,3-7:2, and how many of them may run at a time. */
export function readArray(given, maxArraySize) {
  const [list, limit] = given.split('%');
  const indices = new Set();
  for (const part of list.split(',')) {
    const [, first, last = first, step = '1'] = /^(\d+)(?:-(\d+)(?::(\d+))?)?$/.exec(part) ?? [];
    if (first === undefined || Number(last) >= maxArraySize || Number(last) < Number(first))
      throw new Refusal('sbatch: error: Batch job submission failed: Invalid job array specification\n');
    for (let index = Number(first); index <= Number(last); index += Number(step)) indices.add(index);
  }
  return {
    indices: [...indices].sort((a, b) => a - b),
    atOnce: limit === undefined ? Infinity : Number(limit),
  };
}

/** Seconds of a time such as 90 (minutes), 1:30:00 or 2-12; Slurm counts whole minutes. */
export function readTime(given) {
  if (/^(infinite|unlimited|-1)$/i.test(given)) return Infinity;
  const invalid = new Refusal('sbatch: error: Invalid --time specification\n', 255);
  const [, days, rest] = /^(?:(\d+)-)?(\d+(?::\d+){0,2})$/.exec(given) ?? [];
  if (rest === undefined) throw invalid;
  const parts = rest.split(':').map(Number);
  const [h, m, s] =
    days !== undefined ? [...parts, 0, 0] : parts.length === 3 ? parts : [0, parts[0], parts[1] ?? 0];
  return Math.ceil((Number(days ?? 0) * 86_400 + h * 3600 + m * 60 + s) / 60) * 60;
}

/** Megabytes of a size such as 500 or 2G. */
export function readMemory(given) {
  const [, count, unit] = /^(\d+)([KMGT]?)B?$/i.exec(given) ?? [];
  if (count === undefined) throw new Refusal('sbatch: error: Invalid --mem specification\n', 255);
  return Number(count) * { K: 1 / 1024, M: 1, '': 1, G: 1024, T: 1024 ** 2 }[unit.toUpperCase()];
}
