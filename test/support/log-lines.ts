export interface IdLine {
  readonly line: string;
  /** Whether what its text names, and its level, are fields of it. */
  readonly isWhole: boolean;
}

/** Lines of a JSON log that name a synthetic run, a task or a worker; of a worker's own log, every line. */
export function linesWithIds(text: string, worker: string | undefined): readonly IdLine[] {
  // The first line may be cut, and before and after it is killed a program may write a piece of one.
  const whole = text
    .split('\n')
    .slice(1)
    .filter((line) => /^\{.*\}$/.test(line));
  return whole.flatMap((line) => {
    const { msg, level, ...ids } = JSON.parse(line);
    const [run] = /\bsynthetic-\d+\b/.exec(msg) ?? [];
    const [task] = /\b\d+-(score|fit|sweep)\b/.exec(msg) ?? [];
    const [named] = /\bw[0-3]\b/.exec(msg) ?? [];
    const isWhole =
      ['info', 'warn', 'error'].includes(level) &&
      (worker === undefined || ids.worker === worker) &&
      (run === undefined || ids.run === run) &&
      // How a run ends is about the run, whichever task is to blame.
      (task === undefined || ids.task !== undefined || /^run \S+ is failed/.test(msg)) &&
      (named === undefined || ids.worker === named);
    const isAbout = worker !== undefined || run !== undefined || task !== undefined || named !== undefined;
    return isAbout || !isWhole ? [{ line, isWhole }] : [];
  });
}
