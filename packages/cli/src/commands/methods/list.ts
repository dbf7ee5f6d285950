import { textTable } from '@oodgrid/report';
import { methodsWith } from '../../grid/own-methods.js';
import { methodFlag, OodCommand } from '../../ood-command.js';
import { type MethodEntry, methodEntries } from '../../output/catalog-entries.js';

export default class MethodsList extends OodCommand {
  static override description = 'List the methods that a grid may name';
  static override flags = { method: methodFlag };

  async run(): Promise<{ methods: MethodEntry[] }> {
    const { flags } = await this.parse(MethodsList);
    const methods = methodEntries(await methodsWith(flags.method));
    this.log(
      textTable(
        ['method', 'title', 'needs', 'reference'],
        methods.map((one) => [one.name, one.title, one.needs, one.reference]),
      ),
    );
    return { methods };
  }
}
