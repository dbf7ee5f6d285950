import { OodError, type ResolvedGrid } from '@oodgrid/contract';
import type { Protocol } from '@oodgrid/protocols';
import type { PlannedCell } from './plan.js';

type Ensemble = NonNullable<ResolvedGrid['ensembles']>[number];

/**
 * The cell whose score is the mean rank of cells of the same pair and model. Throws `invalid-input` for members that the protocol tests on different samples:
 * their ranks are not of the same ones.
 */
export function ensembleCell(
  { name, rows }: Ensemble,
  cells: ReadonlyMap<string, PlannedCell>,
  protocol: Pick<Protocol, 'name'>,
): PlannedCell {
  const members = rows.map((row) => {
    const cell = cells.get(row);
    if (cell === undefined)
      throw new OodError('invalid-input', `ensembles.${name}: there is no row "${row}"`);
    return cell;
  });
  const [first] = members;
  if (first === undefined) throw new OodError('invalid-input', `ensembles.${name}: there is no row in it`);
  const other = members.find(({ splitOrder }) => splitOrder !== first.splitOrder);
  if (other !== undefined)
    throw new OodError(
      'invalid-input',
      `ensembles.${name}: protocol ${protocol.name} tests "${first.row}" and "${other.row}" on different samples; take rows that it tests on the same ones, or protocol raw or openood`,
    );
  const { id, ood, model, splitOrder, sides, predictions, shifted } = first;
  return {
    row: name,
    title: `${name} (mean rank of ${members.length})`,
    ...{ id, ood, model, splitOrder, sides },
    columns: members.length,
    choice: null,
    setting: null,
    ...(predictions === undefined ? {} : { predictions }),
    ...(shifted === undefined ? {} : { shifted }),
    members,
  };
}
