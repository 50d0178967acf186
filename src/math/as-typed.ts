/** Characters that word processors and PDFs put in place of those on a keyboard. */
const replacements: readonly (readonly [RegExp, string])[] = [
  [/[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/g, '-'],
  [/[“”„‟«»″]/g, '"'],
  [/[‘’‚‛′`´]/g, "'"],
  [/[×⋅·∙∗]/g, '*'],
  [/[÷∕⁄]/g, '/'],
  [/\u00ad|\u200b|\u2060|\ufeff/g, ''],
  [/²/g, '^2'],
  [/³/g, '^3'],
  [/π/g, 'pi'],
  [/≤/g, '<='],
  [/≥/g, '>='],
  [/≠/g, '!='],
  [/…/g, '..'],
  [/[、，]/g, ','],
];

/**
 * The text as it would be typed on a keyboard: a minus for a dash, 0.1 for full-width digits, a space for a no-break
 * space. Quotation marks around the whole text are left out, since a shell would have removed them. Text that needs no
 * change is returned unchanged.
 */
export function asTyped(text: string): string {
  let typed = text;
  for (const [pattern, replacement] of replacements) typed = typed.replace(pattern, replacement);
  typed = typed.normalize('NFKC');
  return typed === text ? text : typed.replace(/^\s*(["'])(.*)\1\s*$/s, '$2');
}
