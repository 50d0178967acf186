/** Returns the first element that matches. Errors: Error if there is none, because the page's template must have it. */
export function element<T extends Element = HTMLElement>(selector: string, within: ParentNode = document): T {
  const found = within.querySelector<T>(selector);
  if (found === null) throw new Error(`the page has no ${selector}`);
  return found;
}

/** Returns the data of one of the page's JSON blocks; null if the page has no such block. */
export function pageData<T>(id: string): T | null {
  const block = document.getElementById(id);
  return block === null ? null : JSON.parse(block.textContent ?? '');
}

export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
