/** An element that the template is known to have. */
export function element<T extends Element = HTMLElement>(selector: string, within: ParentNode = document): T {
  const found = within.querySelector<T>(selector);
  if (found === null) throw new Error(`the page has no ${selector}`);
  return found;
}

/** The data in one of the page's JSON blocks; null where the page has none of that name. */
export function pageData<T>(id: string): T | null {
  const block = document.getElementById(id);
  return block === null ? null : JSON.parse(block.textContent ?? '');
}

export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
