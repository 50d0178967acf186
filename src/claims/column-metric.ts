import { type MetricName, metrics } from '../stats/metrics.ts';
import { isMetric, metricColumn } from '../trial/metrics.ts';
import { canonicalName } from './runs-cells.ts';

/** Words around the name of a metric that do not change what it is: test_mse, accuracy (validation). */
const around = /test|train(?:ing)?|val(?:id(?:ation)?)?|dev|best|final|mean|score/g;

/** The metric that a column has the name of: test_mse, "Val Accuracy"; null if there is none. */
export function metricNamed(name: string) {
  if (isMetric(name)) return metricColumn(name);
  const plain = canonicalName(name).replaceAll(around, '');
  const found = (Object.keys(metrics) as MetricName[]).find((metric) => canonicalName(metric) === plain);
  return found === undefined ? null : metrics[found];
}
