/**
 * Archives of purged entries: each verified with the key, and compared with a log where there is one.
 */

import { type ArchiveResult, type LogStore, readArchive } from '@countersign/audit';
import { unreadable } from './errors.js';
import { visible } from './format/visible.js';
import { countText } from './format/words.js';

/** What came of one archive. */
export interface CheckedArchive {
  readonly file: string;
  readonly ok: boolean;
  /** Why it is not believed. */
  readonly reason?: string;
  readonly log?: string;
  readonly entries?: number;
  readonly payloads?: number;
  readonly digest?: string;
}

/**
 * Verifies an archive, and that each entry in it has the hash that the log kept for its place.
 * @throws CommandError `FILE_UNREADABLE`
 */
export async function checkArchive(
  file: string,
  key: string,
  store?: Pick<LogStore, 'leaves'>,
): Promise<CheckedArchive> {
  let differs: number | undefined;
  const { result, digest } = await read(file, key, async ({ index, leafHash }) => {
    const [kept] = store === undefined ? [] : await store.leaves({ from: index, limit: 1 });
    if (store === undefined || (kept?.index === index && Buffer.from(kept.leafHash).equals(leafHash))) return;
    differs ??= index;
  });
  if (!result.ok) {
    const where = result.line === undefined ? '' : ` (line ${result.line})`;
    return { file, ok: false, reason: `${result.reason}${where}` };
  }
  const { log, entries, payloads } = result;
  if (differs !== undefined)
    return { file, ok: false, log, reason: `entry ${differs} is not the one that the log knows` };
  return { file, ok: true, log, entries, payloads, digest };
}

/** One line about an archive. */
export function archiveLine({ file, ok, reason = '', entries = 0, payloads = 0 }: CheckedArchive): string {
  const name = visible(file);
  if (!ok) return `failed  ${name}: ${reason}\n`;
  return `ok      ${name}: ${countText(entries, 'entry', 'entries')} and ${countText(payloads, 'payload')}, each as it was signed\n`;
}

async function read(
  file: string,
  key: string,
  onEntry: (entry: { readonly index: number; readonly leafHash: Uint8Array }) => Promise<void>,
): Promise<{ readonly result: ArchiveResult; readonly digest: string }> {
  try {
    return await readArchive(file, { key, onEntry });
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && 'syscall' in cause)) throw cause;
    throw unreadable(file, cause);
  }
}
