/** Why a reference cannot be run here, and how to fix that. */
export interface Absent {
  readonly reason: string;
  readonly remedy: string;
}

/** A reference's installed versions, which its numbers depend on, or why it is absent. */
export type Installed<Versions> = { readonly versions: Versions } | { readonly absent: Absent };
