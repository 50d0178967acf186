/** The functions of jStat that are used here. The package has no types of its own. */
declare module 'jstat' {
  const jStat: {
    /** Regularised incomplete beta function I_x(a, b). */
    ibeta(x: number, a: number, b: number): number;
    /** Inverse of ibeta in x. */
    ibetainv(probability: number, a: number, b: number): number;
    studentt: {
      /** Quantile of Student's t distribution. */
      inv(probability: number, degreesOfFreedom: number): number;
    };
    normal: {
      /** Quantile of the normal distribution with this mean and standard deviation. */
      inv(probability: number, mean: number, standardDeviation: number): number;
    };
  };
  export default jStat;
}
