/** A closed interval. An end may be infinite. */
export interface Interval {
  low: number;
  high: number;
}
