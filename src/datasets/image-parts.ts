import type { Idx } from './idx.ts';

/** Images and the label of each. */
export interface LabelledImages {
  readonly images: Idx;
  readonly labels: Idx;
  /** Where they are from, for messages. */
  readonly imageFile: string;
  readonly labelFile: string;
}

/** What the files of a set hold. */
export interface ImageParts {
  readonly train: LabelledImages;
  /** null if there is no published test part. */
  readonly test: LabelledImages | null;
  /** What the user should know of the files, each a sentence without a full stop. */
  readonly notes: readonly string[];
}

/** What is said of images without a published test part. */
export const noTestPart = 'the data have no test part of their own: test rows are drawn from all rows';
