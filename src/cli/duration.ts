/** 45 s, 2 min 10 s, 3 h 05 min: longer durations are coarser. */
export function durationText(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 10) return `${minutes} min ${String(whole % 60).padStart(2, '0')} s`;
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** A predicted duration, no more exact than it can be: 7 s, 25 s, 3 min, 1 h 20 min. */
export function roughDuration(seconds: number): string {
  if (seconds < 10) return durationText(seconds);
  if (seconds < 57.5) return durationText(5 * Math.round(seconds / 5));
  const minutes = Math.round(seconds / 60);
  if (minutes < 57.5) return `${minutes < 10 ? minutes : 5 * Math.round(minutes / 5)} min`;
  return durationText(600 * Math.round(seconds / 600));
}
