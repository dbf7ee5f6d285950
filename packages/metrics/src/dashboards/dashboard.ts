/** Unit of a panel, in Grafana's names. */
export type PanelUnit = 'short' | 's' | 'bytes' | 'Bps' | 'percentunit' | 'ops' | 'dateTimeFromNow';

/** One query of a panel. `$run` and `$pool` stand for what is chosen above the panels, `$__rate_interval` for the window of rates. */
export interface PanelQuery {
  readonly expr: string;
  /** `{{label}}` stands for the value of a label. */
  readonly legend: string;
}

export interface Panel {
  readonly title: string;
  /** Explanation of the panel and how to read it. */
  readonly help: string;
  readonly kind: 'stat' | 'lines' | 'stacked' | 'table';
  readonly unit: PanelUnit;
  readonly queries: readonly PanelQuery[];
}

/** A page of panels; those who read it, and what they want to know. */
export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly help: string;
  /** Variables of the dashboard: values of a metric's label, to choose from. */
  readonly variables: readonly { readonly name: string; readonly label: string; readonly metric: string }[];
  readonly panels: readonly Panel[];
}
