import type { TooltipHandler } from 'vega';
import { element } from './page.ts';

/** Returns a tooltip handler that shows the values of the mark under the pointer, in one box shared by all figures. */
export function startTooltip(): TooltipHandler {
  const box = element('#tooltip');
  return (_handler, event, _item, value) => {
    box.hidden = value === null || value === undefined || value === '';
    if (box.hidden) return;
    box.replaceChildren(...(typeof value === 'object' ? rows(value) : [String(value)]));
    const { clientX, clientY } = event;
    const { width, height } = box.getBoundingClientRect();
    const left = clientX + 14 + width > innerWidth ? clientX - 14 - width : clientX + 14;
    box.style.left = `${Math.max(4, left)}px`;
    box.style.top = `${Math.max(4, Math.min(clientY + 14, innerHeight - height - 4))}px`;
  };
}

function rows(values: object): HTMLElement[] {
  return Object.entries(values).map(([name, value]) => {
    const row = document.createElement('div');
    const label = document.createElement('span');
    label.textContent = name;
    const number = document.createElement('b');
    number.textContent = String(value);
    row.append(label, ' ', number);
    return row;
  });
}
