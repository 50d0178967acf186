/** What --progress may be, and what each shows. */
const progressChoices = {
  auto: 'bars on a terminal, else a line every ten seconds',
  plain: 'lines',
  none: 'nothing',
  ndjson: 'one JSON object per line, for programs',
} as const;

export type ProgressName = keyof typeof progressChoices;
export const progressNames = Object.keys(progressChoices) as ProgressName[];

/** One line for --help. */
export const progressHelp = progressNames.map((name) => `${name}: ${progressChoices[name]}`).join('; ');
