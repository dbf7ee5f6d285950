import { Flags } from '@oclif/core';

/** Flag of the two sides of a queue. */
export const natsFlag = Flags.string({
  description:
    'HOST:PORT of the NATS server, tls://HOST:PORT for a link with TLS and the --tls files; none: workers ask the coordinator itself for tasks',
  default: '127.0.0.1:4222',
});

/** Null where there is none. */
export const natsServerOf = (flag: string): string | null => (flag === 'none' ? null : flag);
