/** Why a reference cannot be run here, and what to do about it. */
export interface Absent {
  readonly reason: string;
  readonly remedy: string;
}

/** What is installed: the versions that its numbers depend on. */
export type Installed<Versions> = { readonly versions: Versions } | { readonly absent: Absent };
