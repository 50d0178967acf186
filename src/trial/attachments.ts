/**
 * What is kept of a trial next to its record, one file for each kind that it has. Like the record, it depends only on the
 * config. A trial that diverged has none.
 */
export const attachments = {
  /** The final weights of a network that gives a probability for each class: `weightsToBytes` in its element type. */
  weights: 'weights',
  /** The probabilities and the labels of a classifier's test rows: `outputsToBytes`. */
  outputs: 'test outputs',
  /** The fitted model, as the text of its file (`modelToText`). Kept of trials whose model was asked for. */
  model: 'models',
} as const;

export type AttachmentKind = keyof typeof attachments;
export const attachmentKinds = Object.keys(attachments) as AttachmentKind[];

/** A value for each kind. */
export function forEachKind<T>(value: () => T): Record<AttachmentKind, T> {
  return Object.fromEntries(attachmentKinds.map((kind) => [kind, value()])) as Record<AttachmentKind, T>;
}

/** Receives an attachment before the record exists. */
export type Attach = (kind: AttachmentKind, bytes: Uint8Array) => Promise<void>;
