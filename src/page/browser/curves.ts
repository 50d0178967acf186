import type { TooltipHandler, View } from 'vega';
import type { CurvesData } from './data.ts';
import { drawChart } from './figures.ts';
import { element, pageData } from './page.ts';

/** One point of a line. If it is a mean over seeds, `low` and `high` are the ends of its band. */
interface Point {
  readonly cell: string;
  readonly split: string;
  readonly epoch: number;
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
}

/** Lets readers choose the metric, seed, split and cells of the curves, which are drawn when their box is first opened. */
export function startCurves(tooltip: TooltipHandler): void {
  for (const box of document.querySelectorAll<HTMLDetailsElement>('details.curves')) {
    box.addEventListener('toggle', () => openCurves(box, tooltip), { once: true });
  }
}

function openCurves(box: HTMLDetailsElement, tooltip: TooltipHandler): void {
  const data = pageData<CurvesData>(box.dataset.curves!)!;
  const charts = [...box.querySelectorAll<HTMLElement>('.chart')];
  const views = new Map<HTMLElement, View>();
  const draw = (): void => {
    const metric = selectedValue(box, 'metric');
    const chart = charts.find(({ dataset }) => dataset.metric === metric)!;
    for (const other of charts) other.hidden = other !== chart;
    const view = views.get(chart) ?? drawChart(chart, tooltip);
    if (view === null) return;
    views.set(chart, view);
    view
      .data('lines', points(data, box, metric))
      .resize()
      .run();
  };
  box.addEventListener('change', draw);
  draw();
}

function selectedValue(box: HTMLElement, name: string): string {
  return element<HTMLSelectElement>(`select[name=${name}]`, box).value;
}

function checkedValues(box: HTMLElement, name: string): Set<string> {
  const boxes = box.querySelectorAll<HTMLInputElement>(`input[name=${name}]:checked`);
  return new Set([...boxes].map(({ value }) => value));
}

function points({ seeds, cells }: CurvesData, box: HTMLElement, metric: string): Point[] {
  const seed = seeds.indexOf(selectedValue(box, 'seed'));
  const splits = checkedValues(box, 'split');
  const shown = checkedValues(box, 'cell');
  return cells.flatMap(({ label, epochs, curves }, index) => {
    if (!shown.has(String(index))) return [];
    return [...splits].flatMap((split) => {
      const bySeed = curves[`${split}_${metric}`] ?? [];
      return epochs.flatMap((epoch, at): Point[] => {
        const values = (seed < 0 ? bySeed : [bySeed[seed]]).flatMap((curve) => curve[at] ?? []);
        if (values.length === 0) return [];
        const value = values.reduce((sum, next) => sum + next, 0) / values.length;
        const band = seed < 0 ? { low: Math.min(...values), high: Math.max(...values) } : {};
        return [{ cell: label, split, epoch, value, ...band }];
      });
    });
  });
}
