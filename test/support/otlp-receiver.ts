import { createServer, type Server } from 'node:http';
import { z } from 'zod';

const attribute = z.object({ key: z.string(), value: z.unknown() });
const requestSchema = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: z.array(attribute) }),
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z.object({
              name: z.string(),
              traceId: z.string(),
              spanId: z.string(),
              parentSpanId: z.string().optional(),
              attributes: z.array(attribute),
              startTimeUnixNano: z.coerce.bigint(),
              endTimeUnixNano: z.coerce.bigint(),
            }),
          ),
        }),
      ),
    }),
  ),
});
type Request = z.infer<typeof requestSchema>;
type WireSpan = Request['resourceSpans'][number]['scopeSpans'][number]['spans'][number];
export type ReceivedSpan = WireSpan & { readonly service: string };

/** A collector of OTLP over HTTP, as JSON, on a free port of this machine. */
export class OtlpReceiver {
  readonly spans: ReceivedSpan[] = [];
  text = '';
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on('data', (piece) => pieces.push(piece));
      request.on('end', () => {
        const body = Buffer.concat(pieces).toString();
        this.text += body;
        for (const { resource, scopeSpans } of requestSchema.parse(JSON.parse(body)).resourceSpans) {
          const name = resource.attributes.find(({ key }) => key === 'service.name')?.value;
          const service = z.object({ stringValue: z.string() }).parse(name).stringValue;
          for (const { spans } of scopeSpans) for (const span of spans) this.spans.push({ ...span, service });
        }
        response.setHeader('content-type', 'application/json').end('{}');
      });
    });
  }

  static async start(): Promise<OtlpReceiver> {
    const receiver = new OtlpReceiver();
    await new Promise<void>((resolve) => receiver.#server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }

  /** Each span as the names of its ancestors and itself: "submit > plan > task". */
  paths(): readonly string[] {
    const byId = new Map(this.spans.map((span) => [span.spanId, span]));
    const path = (span: ReceivedSpan): string => {
      const { parentSpanId = '' } = span;
      const parent = byId.get(parentSpanId);
      if (parent !== undefined) return `${path(parent)} > ${span.name}`;
      return parentSpanId === '' ? span.name : `? > ${span.name}`;
    };
    return this.spans.map(path);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
