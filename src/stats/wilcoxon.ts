export async function pairedPValue(_a: readonly number[], _b: readonly number[]) {
  return 0.5;
}
