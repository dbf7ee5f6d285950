import { defineConfig } from 'vitest/config';

/** What takes too long for every run of the tests, and writes its report. */
export default defineConfig({
  test: { include: ['test/soak/*.soak.ts'], testTimeout: 3_600_000, hookTimeout: 300_000, pool: 'forks' },
});
