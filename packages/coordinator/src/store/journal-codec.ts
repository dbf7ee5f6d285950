import { OodError } from '@oodgrid/contract';
import { presentSpec } from './former-spec.js';
import type { JournalRecord } from './journal-record.js';

const KINDS: Readonly<Record<JournalRecord['kind'], true>> = {
  submitted: true,
  pinned: true,
  moved: true,
  leased: true,
  completed: true,
  reused: true,
  done: true,
  failed: true,
  'handed-back': true,
  suspected: true,
  released: true,
  reopened: true,
  expired: true,
  paused: true,
  resumed: true,
  cancelled: true,
  retried: true,
  computed: true,
  history: true,
  ended: true,
  fetched: true,
  forgotten: true,
};

/**
 * Records of one line of the journal. A line was written by this program, whole or not at all, so only its kinds are
 * checked: those of former versions get their present names, and specifications their present shape. Throws `corrupt-data` for a kind that this version does not know.
 */
export function decodeRecords(line: string): readonly JournalRecord[] {
  const records = JSON.parse(line) as { kind: string; spec?: unknown; readonly isReused?: boolean }[];
  for (const record of records) {
    if (!Object.hasOwn(KINDS, record.kind)) record.kind = presentKind(record);
    if (record.kind === 'submitted') record.spec = presentSpec(record.spec);
  }
  return records as unknown as JournalRecord[];
}

/** Returns the present name of a record's kind from a former version. */
function presentKind({ kind, isReused }: { readonly kind: string; readonly isReused?: boolean }): string {
  if (kind === 'bound') return 'pinned';
  if (kind === 'finished') return isReused === true ? 'reused' : 'done';
  throw new OodError(
    'corrupt-data',
    `the journal holds a record "${kind}" that this version does not know: use the version that wrote it`,
  );
}
