/** Buttons that copy the command beside them. */
export function startCopyButtons(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-copy]')) {
    const label = button.textContent;
    button.addEventListener('click', async () => {
      button.textContent = (await copied(button.dataset.copy ?? '')) ? 'copied' : 'press Ctrl+C';
      setTimeout(() => {
        button.textContent = label;
      }, 2000);
    });
  }
}

/** Where the clipboard is closed to pages from disk, the command is selected for the reader to copy. */
async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const code = [...document.querySelectorAll('code')].find(({ textContent }) => textContent === text);
    if (code !== undefined) getSelection()?.selectAllChildren(code);
    return false;
  }
}
