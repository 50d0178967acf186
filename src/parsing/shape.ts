import type * as Zod from 'zod';

/** The fields of an object as zod checks them; zod is given, so that --help does not load it. */
export type ShapeOf = (z: typeof Zod.z) => Zod.ZodRawShape;
