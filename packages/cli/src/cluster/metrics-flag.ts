import { Flags } from '@oclif/core';
import { hostAndPort } from '@oodgrid/metrics';

/** Flag of the programs of a cluster: where Prometheus and probes find them. Nothing listens without it. */
export const metricsFlag = Flags.custom<string>({
  description:
    'HOST:PORT on which to serve /metrics, /healthz and /readyz to whoever can reach it (default: nowhere)',
  parse: async (text) => {
    hostAndPort(text);
    return text;
  },
})();
