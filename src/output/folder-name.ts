/** The folder of an experiment: grid-search-ols for `grid-search ols`. */
export function folderName(experiment: string): string {
  return experiment.replaceAll(' ', '-');
}
