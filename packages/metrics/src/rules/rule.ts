/** A duration in minutes as Prometheus writes it. Tests make rules whose minutes are shorter. */
export type Minutes = (minutes: number) => string;

/** A recording rule: what several panels and alerts need, computed once. */
export interface RecordingRule {
  /** `LEVEL:METRIC:OPERATION` */
  readonly name: string;
  readonly expr: (minutes: Minutes) => string;
}

/** An alert and all that is known of it: its rule and its page of the runbook are made from this. */
export interface AlertRule {
  readonly name: string;
  /** critical: work stands still or is lost. warning: it will, or is slower than it need be. */
  readonly severity: 'critical' | 'warning';
  readonly expr: (minutes: Minutes) => string;
  /** Minutes that it has to hold: at least two scrapes. */
  readonly forMinutes: number;
  /** One line with `{{ $labels.x }}` and `{{ $value }}`. */
  readonly summary: string;
  /** Explains the alert and its consequences. */
  readonly meaning: string;
  /** Things to look at, in order. */
  readonly look: readonly string[];
  /** Remedies. */
  readonly mend: readonly string[];
}

/** `5m`, `90s`: whole seconds, at least one. `scale`: how many times shorter than written. */
export function minutesOf(scale: number): Minutes {
  return (minutes) => {
    const seconds = Math.max(1, Math.round((minutes * 60) / scale));
    return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
  };
}
