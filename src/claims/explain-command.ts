import { shellQuoted } from '../experiment/command-text.ts';

/** The command that explains a claim by the files in a folder; null: the usual folder. */
export function explainCommand(id: string, folder: string | null): string {
  return `fys-nn verify explain ${id}${folder === null ? '' : ` --from ${shellQuoted(folder)}`}`;
}
