/** The report's own settings, as its code and as its text have them. */
export const variants = ['code', 'text'] as const;
export type Variant = (typeof variants)[number];
