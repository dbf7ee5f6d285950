import { OodError } from '@oodgrid/contract';
import { z } from 'zod';
import { factsSchema } from './facts-schema.js';
import type { ModelSource, ResolveContext, ResolvedModel } from './model-source.js';

/**
 * A model of a source, from the options of its entry: what `resolve` of the source returns, checked. Throws what that throws, and
 * `invalid-input` for options that do not fit and for facts that cannot be.
 */
export async function resolveModel(
  source: ModelSource,
  options: unknown,
  context: ResolveContext,
): Promise<ResolvedModel> {
  const { name } = context;
  const config = source.config.safeParse(options);
  if (!config.success)
    throw new OodError('invalid-input', `model "${name}": ${z.prettifyError(config.error)}`);
  const resolved = await source.resolve(config.data, context);
  const { facts, files, notes } = resolved;
  const checked = factsSchema.safeParse(facts);
  if (!checked.success) {
    throw new OodError(
      'invalid-input',
      `model "${name}": source "${source.kind}" gives facts that do not fit: ${z.prettifyError(checked.error)}`,
    );
  }
  for (const [key, bytes] of Object.entries(files)) {
    if (!(bytes instanceof Uint8Array))
      throw new OodError(
        'invalid-input',
        `model "${name}": source "${source.kind}" gives a file "${key}" that is no Uint8Array`,
      );
  }
  const { splitFiles } = resolved;
  if ((checked.data.input === null) !== (splitFiles !== undefined))
    throw new OodError(
      'invalid-input',
      `model "${name}": source "${source.kind}" must give either an input or splitFiles()`,
    );
  return {
    facts: { name, ...checked.data },
    files,
    notes,
    ...(splitFiles === undefined ? {} : { splitFiles: splitFiles.bind(resolved) }),
  };
}
