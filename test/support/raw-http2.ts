/** Frames of HTTP/2 (RFC 9113) as a hostile peer writes them: by hand, so that ten thousand connections cost their maker little. */

const frame = (type: number, flags: number, stream: number, payload: Buffer): Buffer => {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
};

/** A header that no table remembers, so that every block means the same (RFC 7541, 6.2.2). */
function header(name: string, value: string): Buffer {
  const text = (part: string) => {
    if (part.length < 127) return Buffer.concat([Buffer.of(part.length), Buffer.from(part)]);
    if (part.length > 254) throw new Error('longer than two bytes of length say');
    return Buffer.concat([Buffer.of(127, part.length - 127), Buffer.from(part)]);
  };
  return Buffer.concat([Buffer.of(0), text(name), text(value)]);
}

const [DATA, HEADERS, SETTINGS] = [0, 1, 4];
const [END_STREAM, END_HEADERS] = [1, 4];

/** First bytes of a connection. */
export const HTTP2_PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
export const beginning = (): Buffer =>
  Buffer.concat([Buffer.from(HTTP2_PREFACE), frame(SETTINGS, 0, 0, Buffer.alloc(0))]);

/** A whole gRPC call with an empty message. `stream`: 1, 3, 5 ... */
export function call(stream: number, path: string, token: string): Buffer {
  const block = Buffer.concat(
    Object.entries({
      ':method': 'POST',
      ':scheme': 'http',
      ':path': path,
      ':authority': 'localhost',
      'content-type': 'application/grpc',
      te: 'trailers',
      authorization: `Bearer ${token}`,
    }).map(([name, value]) => header(name, value)),
  );
  return Buffer.concat([
    frame(HEADERS, END_HEADERS, stream, block),
    frame(DATA, END_STREAM, stream, Buffer.alloc(5)),
  ]);
}
