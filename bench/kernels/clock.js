/** The seconds that this process has used of a processor. Other programs on the machine change them less than the time. */
export function processorSeconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
