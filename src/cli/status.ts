/** Sets the exit status of a command. */
export type SetStatus = (code: number) => void;
