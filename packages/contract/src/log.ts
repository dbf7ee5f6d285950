/** Structured fields of a log line, to search by. */
export interface LogFields {
  /** `info` where it is left out. */
  readonly level?: 'info' | 'warn' | 'error';
  readonly run?: string;
  readonly task?: string;
  readonly worker?: string;
  /** Id of the run's trace, where there is one. */
  readonly trace?: string;
}

/** Writes a line to a process's log, with its structured fields. */
export type Log = (line: string, about?: LogFields) => void;
