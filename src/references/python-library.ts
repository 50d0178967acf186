import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { printable, quote } from '../errors.ts';
import { encodeNpy, encodeNpyPieces, type NpyValues } from '../files/npy.ts';
import { removeDirectory } from '../files/retry-while-busy.ts';
import { columnsOf, isSparse, type Samples } from '../nn/samples.ts';
import type { Installed } from './installed.ts';
import { fitLimits, probeLimits, programPath, pythonCandidates, runPythonForJson } from './python.ts';

interface Description<Versions> {
  readonly title: string;
  /** The Python program that uses it. */
  readonly program: string;
  /** The versions that its numbers depend on, by the names under which the program prints them. */
  readonly versions: readonly (keyof Versions & string)[];
  /** The Debian package. */
  readonly package: string;
}

/** The values and shape of each array, by file name. */
export type Arrays = Readonly<Record<string, readonly [NpyValues | Iterable<NpyValues>, readonly number[]]>>;

export interface PythonLibrary<Versions> {
  find(): Promise<Installed<Versions>>;
  /**
   * Passes a job and its arrays to the program in a temporary folder, and returns its answer. Errors: those of the
   * library, and versions other than the expected ones.
   */
  ask<Answer>(job: object, expected: Versions, arrays: Arrays): Promise<Answer>;
  /**
   * The same for a program that reports its progress. `onReport` gets each report when it is printed, and ends the program
   * by returning false; the answer is then null.
   */
  follow<Answer>(
    job: object,
    expected: Versions,
    arrays: Arrays,
    onReport: (report: unknown[]) => boolean,
  ): Promise<Answer | null>;
}

interface Interpreter<Versions> {
  readonly python: string;
  readonly versions: Versions;
}

/** A Python library, used by a program next to this file. */
export function pythonLibrary<Versions extends object>({
  title,
  program,
  versions: names,
  package: debian,
}: Description<Versions>): PythonLibrary<Versions> {
  let known: Promise<Interpreter<Versions> | string> | null = null;

  /** Checks that the versions look like version numbers, since they become part of configs and are printed. */
  const areVersions = (answer: unknown): answer is Versions => {
    const found = (answer ?? {}) as Readonly<Record<string, unknown>>;
    return names.every((name) => {
      const value = found[name];
      return typeof value === 'string' && /^[\w.+-]{1,100}$/.test(value);
    });
  };

  /** The first interpreter that has the library, or why there is none. The search runs once. */
  const findInterpreter = (): Promise<Interpreter<Versions> | string> => {
    known ??= (async () => {
      const failures: string[] = [];
      for (const python of pythonCandidates()) {
        const outcome = await runPythonForJson(python, [programPath(program), '--versions'], probeLimits);
        if ('answer' in outcome && areVersions(outcome.answer)) return { python, versions: outcome.answer };
        const failure = 'failure' in outcome ? outcome.failure : `no versions: ${quote(outcome.answer)}`;
        failures.push(`${printable(python)}: ${failure}`);
      }
      return failures.join('; ');
    })();
    return known;
  };

  const follow = async <Answer>(
    job: object,
    expected: Versions,
    arrays: Arrays,
    onReport: (report: unknown[]) => boolean,
  ): Promise<Answer | null> => {
    const found = await findInterpreter();
    if (typeof found === 'string') throw new Error(`${title} is not installed: ${found}`);
    const folder = await mkdtemp(join(tmpdir(), 'fys-nn-python-'));
    try {
      await writeFile(join(folder, 'job.json'), JSON.stringify(job));
      for (const [name, [values, shape]] of Object.entries(arrays))
        await writeFile(join(folder, `${name}.npy`), encoded(values, shape));
      let ended = false;
      const onLine = (line: string): boolean => {
        if (!ended && line.startsWith('[')) ended = !onReport(JSON.parse(line));
        return !ended;
      };
      const outcome = await runPythonForJson(found.python, [programPath(program), folder], fitLimits, onLine);
      if (ended) return null;
      if ('failure' in outcome) throw new Error(`${title}: ${outcome.failure}`);
      const { versions, ...answer } = outcome.answer as Answer & { versions: Versions };
      if (names.some((name) => versions[name] !== expected[name]))
        throw new Error(`the installed ${title} is not the version that the trial was planned with`);
      return answer as Answer;
    } finally {
      await removeDirectory(folder);
    }
  };

  return {
    async find() {
      const found = await findInterpreter();
      if (typeof found !== 'string') return { versions: found.versions };
      const remedy = `\`apt-get install ${debian}\` (Debian), or name a Python that has it in FYS_NN_PYTHON`;
      return { absent: { reason: found, remedy } };
    },
    ask: async <Answer>(job: object, expected: Versions, arrays: Arrays) =>
      (await follow<Answer>(job, expected, arrays, () => true))!,
    follow,
  };
}

function encoded(values: NpyValues | Iterable<NpyValues>, shape: readonly number[]): Iterable<Buffer> {
  return ArrayBuffer.isView(values)
    ? encodeNpy(values, shape)
    : encodeNpyPieces(values as Iterable<NpyValues>, shape);
}

/** The inputs as a dense array, or as a sparse matrix with the indices of its rows. */
export function inputArrays(samples: Samples): Arrays {
  if (!isSparse(samples.inputs)) return { inputs: [samples.inputs, [samples.rows, columnsOf(samples)]] };
  const { csr, rows } = samples.inputs;
  return {
    values: [csr.values, [csr.values.length]],
    columns: [csr.indices, [csr.indices.length]],
    starts: [csr.starts, [csr.starts.length]],
    rows: [rows, [rows.length]],
  };
}
