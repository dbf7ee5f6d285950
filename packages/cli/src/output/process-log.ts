import { Flags } from '@oclif/core';
import { type Log, visible } from '@oodgrid/contract';
import { pino } from 'pino';

/** Flag of the commands that run until they are stopped. */
export const logFormatFlag = Flags.option({
  description: 'how the log is written: lines for people, or JSON with level, ids and time',
  options: ['text', 'json'] as const,
  default: 'text',
})();

/** The log of a process on standard error; `worker` is whose it is, where it is a worker's. */
export function processLog(
  format: 'text' | 'json',
  worker?: string,
  write: (text: string) => void = (text) => process.stderr.write(text),
): Log {
  if (format === 'text') {
    const name = worker === undefined ? '' : `${worker}: `;
    return (line) => write(`${new Date().toISOString()} ${name}${visible(line)}\n`);
  }
  const logger = pino(
    {
      base: worker === undefined ? null : { worker },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
    },
    // Through the process's own stream, which may be lost without ending anything.
    { write },
  );
  return (line, { level = 'info', ...ids } = {}) => logger[level](ids, visible(line));
}
