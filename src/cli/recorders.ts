import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { packageFolder } from '../files/package-folder.ts';

/** The files with which a program records what it computes, by the flag that writes them. */
export const recorders = {
  python: { file: 'examples/python/fys_trace.py', title: 'Python' },
  cpp: { file: 'examples/cpp/fys_trace.hpp', title: 'C++' },
  julia: { file: 'examples/julia/fys_trace.jl', title: 'Julia' },
} as const;

export type RecorderLanguage = keyof typeof recorders;
export const recorderLanguages = Object.keys(recorders) as RecorderLanguage[];

export const recorderName = (language: RecorderLanguage): string => basename(recorders[language].file);

/** The files of some languages for the folder of an exercise, without those that are there already. */
export async function recordersNextTo(
  exercise: string,
  languages: readonly RecorderLanguage[],
): Promise<{ path: string; text: string }[]> {
  const files = await Promise.all(
    languages.map(async (language) => {
      const path = join(dirname(exercise), recorderName(language));
      const text = await readFile(join(packageFolder, recorders[language].file), 'utf8');
      return (await readFile(path, 'utf8').catch(() => '')) === text ? [] : [{ path, text }];
    }),
  );
  return files.flat();
}
