import type { Spec, TooltipHandler, View } from 'vega';
import { element, pageData } from './page.ts';

/** Vega's runtime, which the page loads as a separate script. */
declare const vega: typeof import('vega');

/** Draws each figure when it comes near the viewport, and all of them before printing, so that the page opens quickly. */
export function startFigures(tooltip: TooltipHandler): void {
  const waiting = new Set(document.querySelectorAll<HTMLElement>('figure .chart'));
  const drawNow = (chart: HTMLElement): void => {
    if (!waiting.delete(chart)) return;
    observer.unobserve(chart);
    drawChart(chart, tooltip);
  };
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) if (isIntersecting) drawNow(target as HTMLElement);
    },
    { rootMargin: '600px' },
  );
  for (const chart of waiting) observer.observe(chart);
  addEventListener('beforeprint', () => {
    for (const chart of waiting) drawNow(chart);
  });
}

/** Draws a chart from its specification and returns the view. If that fails, shows the reason in the chart and returns null. */
export function drawChart(chart: HTMLElement, tooltip: TooltipHandler): View | null {
  try {
    const spec = pageData<Spec>(chart.dataset.spec!)!;
    const view = new vega.View(vega.parse(spec), { renderer: 'svg', container: chart, hover: true });
    view.tooltip(tooltip).run();
    const svg = element('svg', chart);
    svg.setAttribute('role', 'img');
    svg.setAttribute('aria-label', chart.dataset.title ?? '');
    chart.dataset.drawn = '';
    return view;
  } catch (error) {
    chart.textContent = `This figure could not be drawn: ${error instanceof Error ? error.message : error}`;
    return null;
  }
}
