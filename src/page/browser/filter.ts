import { element } from './page.ts';

/** Makes each filter show only the rows of its table that match the chosen value. */
export function startFilters(): void {
  for (const select of document.querySelectorAll<HTMLSelectElement>('select[data-filter]')) {
    const table = element<HTMLTableElement>(`#${select.dataset.filter}`);
    select.addEventListener('change', () => {
      for (const row of table.tBodies[0].rows) {
        row.hidden = select.value !== '' && row.dataset.value !== select.value;
      }
    });
  }
}
