/** The result of one check. */
export interface Check {
  readonly what: string;
  /** wrong: results cannot be trusted or cannot be computed. */
  readonly state: 'ok' | 'warning' | 'wrong';
  readonly found: string;
  /** What the user should do, if anything. */
  readonly remedy?: string;
}

/** Runs a check. An error becomes a check in state `wrong` with the error's message and remedy. */
export async function settled(what: string, action: () => Promise<Check | Check[]>): Promise<Check[]> {
  try {
    return [await action()].flat();
  } catch (error) {
    const { message, parts } = error as Error & { parts?: { remedy?: string } };
    const [first, ...rest] = message.split('\n').map((line) => line.trim());
    const details = rest.filter((line) => !line.startsWith('remedy:'));
    return [
      {
        ...{ what, state: 'wrong', found: [first, ...details].join('; ') },
        ...(parts?.remedy === undefined ? {} : { remedy: parts.remedy }),
      },
    ];
  }
}
