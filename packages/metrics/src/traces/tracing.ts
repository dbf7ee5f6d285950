/** One span that has begun. */
export interface TraceSpan {
  /** W3C `traceparent`, which makes spans of other processes its children; empty while tracing is off. */
  readonly traceparent: string;
  /** Ends it, once; with a problem it counts as an error. */
  end(problem?: string): void;
}

export type TraceAttributes = Readonly<Record<string, string | number>>;

/** Destination of a program's spans. */
export interface Tracing {
  readonly isOn: boolean;
  /** Begins a span. What is no `traceparent`, or none at all, begins a trace of its own. */
  start(name: string, parent: string | undefined, attributes?: TraceAttributes): TraceSpan;
  /** Sends what is left, for a few seconds at most. */
  close(): Promise<void>;
}

const NO_SPAN: TraceSpan = { traceparent: '', end: () => undefined };

/** Tracing that is off: it costs nothing. */
export const NO_TRACING: Tracing = {
  isOn: false,
  start: () => NO_SPAN,
  close: async () => undefined,
};

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** The parts of a `traceparent` (https://www.w3.org/TR/trace-context); undefined for what is none. */
export function parseTraceparent(
  text: string,
): { readonly traceId: string; readonly spanId: string; readonly traceFlags: number } | undefined {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(text) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) };
}

/**
 * Spans go by OTLP over HTTP to where `OTEL_EXPORTER_OTLP_ENDPOINT` (or `..._TRACES_ENDPOINT`) says; the other variables of
 * OpenTelemetry hold as well. Where neither is set, tracing is off and the library is not loaded.
 */
export async function openTracing(
  service: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Tracing> {
  const endpoint = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || env.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (!endpoint || env.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return NO_TRACING;
  const { otlpTracing } = await import('./otlp-tracing.js');
  return otlpTracing(service);
}
