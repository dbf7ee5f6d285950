import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // A cluster answers when the machine lets it: what is polled for is a condition, not a time.
    expect: { poll: { timeout: 20_000 } },
    // Two cores, and every engine test holds one: more processes only make them wait.
    maxWorkers: 2,
    pool: 'forks',
  },
});
