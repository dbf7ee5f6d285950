import { textTable } from '@oodgrid/report';
import { OodCommand } from '../../ood-command.js';
import { type MethodEntry, methodEntries } from '../../output/catalog-entries.js';

export default class MethodsList extends OodCommand {
  static override description = 'List the methods that a grid may name';

  async run(): Promise<{ methods: MethodEntry[] }> {
    await this.parse(MethodsList);
    const methods = methodEntries();
    this.log(
      textTable(
        ['method', 'title', 'needs', 'reference'],
        methods.map((one) => [one.name, one.title, one.needs, one.reference]),
      ),
    );
    return { methods };
  }
}
