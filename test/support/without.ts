import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { OodError } from '@oodgrid/contract';
import { loadDataset } from '@oodgrid/datasets';
import { cliContext } from 'ood-cli';
import { beforeEach } from 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    /** Why a test was skipped on purpose; `npm test` counts one that is skipped without a reason as failed. */
    skipped?: string;
  }
}

/** Folder beside the checkout where a developer may keep data sets. */
const BESIDE = fileURLToPath(new URL('../../../shared/data', import.meta.url));

/**
 * Undefined when MNIST's own test set can be had: from the cache, a folder of the user's (`OODGRID_DATA`, `../shared/data`) or its
 * official source. It is in the cache then. Else why not. No package registry has it, so that a clone may have to do without.
 */
export async function whyNoMnist(): Promise<string | undefined> {
  const context = cliContext(existsSync(BESIDE) ? [BESIDE] : []);
  try {
    const { signal } = new AbortController();
    await loadDataset('mnist', 'test', { ...context, log: () => undefined, signal });
    return undefined;
  } catch (thrown) {
    const error = OodError.from(thrown);
    if (error.code !== 'unavailable') throw error;
    return error.message;
  }
}

/** Skips every test of the suite that it is called in when `reason` gives one, and says it in the report. */
export function skipWhen(reason: () => string | undefined): void {
  beforeEach(({ task, skip }) => {
    const why = reason();
    if (why === undefined) return;
    task.meta.skipped = why;
    skip(why);
  });
}
