/** Tells main with which status a command ended. */
export type SetStatus = (code: number) => void;
