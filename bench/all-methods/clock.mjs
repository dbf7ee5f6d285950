export const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** Processor seconds of this process since a `process.cpuUsage()`. */
export function secondsSince(start) {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}
