/** Makes the copy buttons copy the command next to them. */
export function startCopyButtons(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-copy]')) {
    const label = button.textContent;
    button.addEventListener('click', async () => {
      button.textContent = (await copyText(button.dataset.copy ?? '')) ? 'copied' : 'press Ctrl+C';
      setTimeout(() => {
        button.textContent = label;
      }, 2000);
    });
  }
}

/** Copies a text and returns true. If the browser denies access to the clipboard, selects the text and returns false. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const code = [...document.querySelectorAll('code')].find(({ textContent }) => textContent === text);
    if (code !== undefined) getSelection()?.selectAllChildren(code);
    return false;
  }
}
