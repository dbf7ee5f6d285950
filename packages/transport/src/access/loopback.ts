import { isIP } from 'node:net';

/** Whether an address (`HOST:PORT` or `unix:PATH`) is reached from this machine alone. */
export function isLoopback(address: string): boolean {
  if (address.startsWith('unix:')) return true;
  const host = hostOf(address).toLowerCase();
  if (host === 'localhost' || host === '::1') return true;
  const mapped = host.startsWith('::ffff:') ? host.slice('::ffff:'.length) : host;
  return isIP(mapped) === 4 && mapped.startsWith('127.');
}

/** The host of `HOST:PORT`; of an IPv6 address without its brackets. */
export const hostOf = (address: string): string =>
  address
    .replace(/^[a-z]+:\/\//, '')
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1');
