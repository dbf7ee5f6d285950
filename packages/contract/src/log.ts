/** What a line of a process's log is about, for those who search logs. */
export interface LogFields {
  /** `info` where it is left out. */
  readonly level?: 'info' | 'warn' | 'error';
  readonly run?: string;
  readonly task?: string;
  readonly worker?: string;
  /** Id of the run's trace, where there is one. */
  readonly trace?: string;
}

/** Where a process tells its operator what happens: one line, and what it is about. */
export type Log = (line: string, about?: LogFields) => void;
