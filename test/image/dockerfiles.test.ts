import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, expect, it } from 'vitest';
import { ROOT } from '../support/cli.js';
import { type DeployTools, deployTools } from '../support/deploy-tools.js';

const DOCKER = join(ROOT, 'deploy', 'docker');
const FILES = readdirSync(DOCKER).filter((name) => name.endsWith('.Dockerfile'));

let tools: DeployTools;
beforeAll(async () => {
  tools = await deployTools();
}, 600_000);

const lint = (input: string) =>
  execa(tools.hadolint, ['--no-color', '--config', join(DOCKER, 'hadolint.yaml'), '-'], {
    input,
    reject: false,
  });
const text = (name: string) => readFileSync(join(DOCKER, name), 'utf8');

it.each(FILES)('%s passes hadolint', async (name) => {
  expect(await lint(text(name))).toMatchObject({ stdout: '', exitCode: 0 });
});

it('what hadolint would say is heard', async () => {
  const { stdout, exitCode } = await lint('FROM node:latest\nRUN cd / && sudo apt-get install curl\n');
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/DL3007[\s\S]*DL3004/);
});

it.each(FILES)('%s builds on a digest, ends without a shell, and runs as nobody', (name) => {
  const froms = [...text(name).matchAll(/^FROM (\S+)/gm)].map(([, image]) => image);
  expect(froms).toEqual([
    expect.stringMatching(/^node:\$\{NODE_VERSION\}-bookworm@\$\{NODE_DIGEST\}$/),
    'scratch',
  ]);
  // A default would be a digest that nobody has checked.
  expect(text(name)).toMatch(/^ARG NODE_DIGEST$/m);
  const last = text(name).split(/^FROM scratch$/m)[1] ?? '';
  expect(last).toMatch(/^USER 65532:65532$/m);
  expect(last).toMatch(/^ENTRYPOINT \["\/usr\/local\/bin\/node", /m);
  expect(last).not.toMatch(/^RUN /m);
});
