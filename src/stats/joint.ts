export async function jointPValue(
  _r: readonly (readonly number[])[],
  _p: readonly { low: number; high: number }[],
) {
  return 0.5;
}
