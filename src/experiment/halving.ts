/** What limits successive halving. */
export interface HalvingChoices {
  /** Of the settings of a round, 1 in eta continues, with eta times as many epochs. */
  readonly eta: number;
  /** The fewest epochs after which settings are compared; null for epochs / eta^2. */
  readonly minEpochs: number | null;
}

/**
 * The epochs of each round of successive halving: the last has all epochs, the one before epochs / eta, rounded up, and so on, as
 * long as there are epochs and settings for another round. A single number if there are not.
 *
 * Source: Jamieson & Talwalkar, Non-stochastic Best Arm Identification and Hyperparameter Optimization, AISTATS 2016.
 */
export function epochBudgets(
  epochs: number,
  settings: number,
  { eta, minEpochs }: HalvingChoices,
): [number, ...number[]] {
  const fewest = minEpochs ?? Math.ceil(epochs / eta ** 2);
  const budgets: [number, ...number[]] = [epochs];
  let left = settings;
  for (let divisor = eta; left >= eta; divisor *= eta) {
    const budget = Math.ceil(epochs / divisor);
    if (budget < fewest || budget >= budgets[0]) break;
    budgets.unshift(budget);
    left = keptOf(left, eta);
  }
  return budgets;
}

/** How many of the settings of a round continue. */
export function keptOf(settings: number, eta: number): number {
  return Math.max(1, Math.floor(settings / eta));
}
