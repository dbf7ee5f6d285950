import { Args } from '@oclif/core';
import { OodError, suggestion } from '@oodgrid/contract';
import { methodsWith } from '../../grid/own-methods.js';
import { methodFlag, OodCommand } from '../../ood-command.js';
import { type MethodEntry, methodEntries } from '../../output/catalog-entries.js';
import { defaultText } from '../../output/method-defaults.js';

export default class MethodsShow extends OodCommand {
  static override description = "Show a method's score, needs and options";
  static override args = { method: Args.string({ description: 'name of the method', required: true }) };
  static override flags = { method: methodFlag };

  async run(): Promise<MethodEntry> {
    const { args, flags } = await this.parse(MethodsShow);
    const methods = methodEntries(await methodsWith(flags.method));
    const found = methods.find(({ name }) => name === args.method);
    if (found === undefined) {
      const known = methods.map(({ name }) => name);
      throw new OodError('not-found', `unknown method "${args.method}"${suggestion(args.method, known)}`);
    }
    const options = Object.entries(found.options).flatMap(([name, text]) => {
      const line = `    ${name.padEnd(14)} ${text}`;
      return Object.hasOwn(found.defaults, name)
        ? [line, `    ${' '.repeat(14)} default: ${defaultText(found.defaults[name])}`]
        : [line];
    });
    this.log(
      [
        `${found.name}: ${found.title} (${found.reference})`,
        `  score    ${found.score}`,
        `  needs    ${found.needs}`,
        `  options  ${options.length === 0 ? 'none' : ''}`.trimEnd(),
        ...options,
      ].join('\n'),
    );
    return found;
  }
}
