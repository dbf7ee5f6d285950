import { ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { parseTraceparent, type TraceAttributes, type Tracing } from './tracing.js';

/** A collector that does not answer keeps no program from ending: one sending with its retries, and the last of all. */
const SENDING_MS = 2000;
const CLOSE_MS = 3000;
const SEND_EACH_MS = 1000;

/** Spans by OTLP over HTTP. What the collector does not take in time is dropped: the queue is bounded. */
export function otlpTracing(service: string): Tracing {
  const provider = new BasicTracerProvider({
    resource: defaultResource().merge(resourceFromAttributes({ 'service.name': service })),
    spanProcessors: [
      new BatchSpanProcessor(new OTLPTraceExporter({ timeoutMillis: SENDING_MS }), {
        scheduledDelayMillis: SEND_EACH_MS,
      }),
    ],
  });
  const tracer = provider.getTracer('ood-grid');
  return {
    isOn: true,
    start: (name: string, parent: string | undefined, attributes: TraceAttributes = {}) => {
      const known = parent === undefined ? undefined : parseTraceparent(parent);
      const context =
        known === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, { ...known, isRemote: true });
      const span = tracer.startSpan(name, { attributes }, context);
      const { traceId, spanId, traceFlags } = span.spanContext();
      return {
        traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
        end: (problem?: string) => {
          if (!span.isRecording()) return;
          if (problem !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: problem });
          span.end();
        },
      };
    },
    close: async () => {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, CLOSE_MS);
      });
      await Promise.race([provider.shutdown().catch(() => undefined), late]);
      clearTimeout(timer);
    },
  };
}
