import { OodError } from '@oodgrid/contract';
import {
  BlobRecovery,
  Coordinator,
  FailureHandler,
  Ledger,
  Staging,
  WorkerHealth,
} from '@oodgrid/coordinator';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { firstFailure } from './src/first-failure.js';
import { SimulatedBlobs } from './src/simulated-blobs.js';

afterEach(() => {
  vi.restoreAllMocks();
});

/** Protections against one bad member, each disabled on purpose, with the failure that the simulation must report. */
const MUTATIONS: Readonly<Record<string, { readonly shows: RegExp; readonly breakIt: () => void }>> = {
  "a failure of a worker's own is no attempt of the task": {
    shows: /a full disk of its worker counts as a failure|ended as failed/,
    breakIt: () => {
      const { failed } = FailureHandler.prototype;
      vi.spyOn(FailureHandler.prototype, 'failed').mockImplementation(function (
        this: FailureHandler,
        run,
        ref,
        worker,
        message,
        now,
      ) {
        failed.call(this, run, ref, worker, { ...message, origin: 'task', blob: null }, now);
      });
    },
  },
  'a task is not given again to the worker that failed it while another could take it': {
    shows: /which had failed it|ended as failed/,
    breakIt: () => {
      vi.spyOn(FailureHandler.prototype, 'isForOthers').mockReturnValue(false);
    },
  },
  'a task fails for good only where no other worker could do it': {
    shows: /ended as failed/,
    breakIt: () => {
      const { apply } = Ledger.prototype;
      vi.spyOn(Ledger.prototype, 'apply').mockImplementation(function (this: Ledger, event, now) {
        return apply.call(this, event.kind === 'failed' ? { ...event, hasOther: false } : event, now);
      });
    },
  },
  'a worker that was set aside is taken back': {
    shows: /no end/,
    breakIt: () => {
      vi.spyOn(WorkerHealth.prototype, 'takeBack').mockReturnValue([]);
    },
  },
  'what is not finite is refused': {
    shows: /digest/,
    breakIt: () => {
      const { add } = Staging.prototype;
      vi.spyOn(Staging.prototype, 'add').mockImplementation(function (this: Staging, chunk) {
        try {
          add.call(this, chunk);
        } catch (thrown) {
          if (chunk.kind !== 'rows' || OodError.from(thrown).code !== 'corrupt-data') throw thrown;
          add.call(this, { ...chunk, data: new Float32Array(chunk.data.length) });
        }
      });
    },
  },
  'a task waits for a blob that the store lacks': {
    shows: /no end|was handed out \d+ times/,
    breakIt: () => {
      vi.spyOn(BlobRecovery.prototype, 'complain').mockReturnValue(undefined);
    },
  },
  'a fit is done again when the state that it gave is gone': {
    shows: /no end/,
    breakIt: () => {
      const { apply } = Ledger.prototype;
      vi.spyOn(Ledger.prototype, 'apply').mockImplementation(function (this: Ledger, event, now) {
        return event.kind === 'reopened' ? [] : apply.call(this, event, now);
      });
    },
  },
  'a state counts as cached only while its blob is there': {
    shows: /no end/,
    breakIt: () => {
      vi.spyOn(SimulatedBlobs.prototype, 'isThere').mockReturnValue(true);
    },
  },
  'what waits for a blob goes on when it comes, or is found to be there': {
    shows: /no end/,
    breakIt: () => {
      vi.spyOn(Coordinator.prototype, 'blobArrived').mockReturnValue(undefined);
      vi.spyOn(BlobRecovery.prototype, 'checked').mockReturnValue([]);
    },
  },
};

describe('what keeps one bad member from taking anything down is found when it is broken on purpose', () => {
  it.each(Object.entries(MUTATIONS))('%s', (_rule, { breakIt, shows }) => {
    breakIt();
    expect(firstFailure(5000)?.failure).toMatch(shows);
  });
});
