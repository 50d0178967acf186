/**
 * A trial's id: `t` and the SHA-256 of its canonical config, in hexadecimal. The letter is for programs that read tables
 * and take an id such as 7e06958291392914 for a number.
 */
export const idOfHash = (hash: string): string => `t${hash}`;

/** The hash in an id. Files of a store name trials by it, so that earlier versions can read them too. */
export const hashOfId = (id: string): string => id.slice(1);

/** The beginning of an id, as tables and messages show it. */
export const shortId = (id: string): string => id.slice(0, 16);

/** Whether a text is the hash of an id. */
export const isHash = (text: string): boolean => /^[0-9a-f]{64}$/.test(text);
