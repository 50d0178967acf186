/** One thing that was looked at. */
export interface Check {
  readonly what: string;
  /** wrong: results are not to be trusted, or cannot be had at all. */
  readonly state: 'ok' | 'warning' | 'wrong';
  readonly found: string;
  /** What to do, where something is to be done. */
  readonly remedy?: string;
}

/** What an action finds; an error that it ends with is wrong, with what the error says. */
export async function settled(what: string, action: () => Promise<Check | Check[]>): Promise<Check[]> {
  try {
    return [await action()].flat();
  } catch (error) {
    const { message, parts } = error as Error & { parts?: { remedy?: string } };
    const [first, ...rest] = message.split('\n').map((line) => line.trim());
    const said = rest.filter((line) => !line.startsWith('remedy:'));
    return [
      {
        ...{ what, state: 'wrong', found: [first, ...said].join('; ') },
        ...(parts?.remedy === undefined ? {} : { remedy: parts.remedy }),
      },
    ];
  }
}
