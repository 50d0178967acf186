import type * as Zod from 'zod';

/** Builds the zod schemas of an object's fields. zod is an argument, so that --help does not load it. */
export type ShapeOf = (z: typeof Zod.z) => Zod.ZodRawShape;
