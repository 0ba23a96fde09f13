/**
 * The lines of an archive, made from a log as it stands.
 */

import { encodeBase64 } from '@countersign/core';
import { appendSubtree, type Subtree } from '@countersign/tlog';
import { EntryError } from '../errors.js';
import { findSigned } from '../ground.js';
import { groupPayloads } from '../group-payloads.js';
import { sha256 } from '../keys/private-key.js';
import type { LogReader, StoredLeaf, StoredPayload } from '../log-reader.js';
import { isSealed } from '../sealed/sealed-form.js';
import { identityOf } from '../verify/identity-of.js';
import type { IntervalSet } from '../verify/intervals.js';
import { ARCHIVE_FORMAT, type ArchivedEntry, type ArchivedGap, type ArchiveHeader } from './lines.js';

/** Leaves are read in pages of this size, payloads likewise. */
const PAGE = 200;

/** The archive of the entries `wanted`, which must still have their text. The reader must stand still meanwhile. @throws EntryError `ENTRY_NOT_SIGNED`; as `findSigned` */
export async function* archiveLines(
  reader: Pick<LogReader, 'head' | 'leaves' | 'payloads' | 'checkpoints'>,
  about: { readonly origin: string; readonly identityKey: string },
  wanted: IntervalSet,
): AsyncGenerator<string, void, undefined> {
  const end = (await reader.head()).size;
  const { size, note: checkpoint } = await findSigned({ store: reader, key: identityOf(about.identityKey) });
  if (wanted.countWithin(size, end) > 0) throw notSigned(size);
  const header = {
    format: ARCHIVE_FORMAT,
    log: about.origin,
    identityKey: about.identityKey,
    size,
    checkpoint,
  } as const;
  yield line(header satisfies ArchiveHeader);
  let gap = new Gap(0);
  for (let from = 0; from < size; ) {
    const leaves = await reader.leaves({ from, limit: Math.min(PAGE, size - from) });
    const last = leaves.at(-1);
    if (last === undefined) return;
    const hasWanted = wanted.countWithin(from, last.index + 1) > 0;
    const payloads = hasWanted ? groupPayloads(await reader.payloads({ from, to: last.index + 1 })) : new Map();
    for (const leaf of leaves) {
      if (!wanted.has(leaf.index) || leaf.leaf === undefined) {
        gap.add(leaf);
        continue;
      }
      if (!gap.isEmpty) yield line(gap.line());
      yield line(entryLine(leaf.index, leaf.leaf, payloads.get(leaf.index) ?? []));
      gap = new Gap(leaf.index + 1);
    }
    from = last.index + 1;
  }
  if (!gap.isEmpty) yield line(gap.line());
}

function notSigned(size: number): EntryError {
  return new EntryError(
    'ENTRY_NOT_SIGNED',
    `The newest signed checkpoint covers ${size} entries, and not all that go.`,
    {
      hint: 'Purge again when the identity has signed more; nothing was removed.',
    },
  );
}

/** A run of leaves that are not archived. */
class Gap {
  readonly #from: number;
  #to: number;
  #run: readonly Subtree[] = [];

  constructor(from: number) {
    this.#from = from;
    this.#to = from;
  }

  get isEmpty(): boolean {
    return this.#to === this.#from;
  }

  add({ index, leafHash }: StoredLeaf): void {
    this.#run = appendSubtree(sha256, this.#run, { from: index, size: 1, hash: leafHash });
    this.#to = index + 1;
  }

  line(): ArchivedGap {
    return { from: this.#from, to: this.#to, nodes: this.#run.map(({ hash }) => encodeBase64(hash)) };
  }
}

/** The exact texts go out: they are hashed as they stand. A payload whose key is not there is left out, as one that is gone. */
function entryLine(index: number, leaf: string, payloads: readonly StoredPayload[]): ArchivedEntry {
  return {
    index,
    leaf,
    payloads: payloads
      .filter(({ bytes }) => !isSealed(bytes))
      .map(({ name, salt, bytes }) => ({
        name,
        salt: encodeBase64(salt),
        json: Buffer.from(bytes).toString('utf8'),
      })),
  };
}

function line(value: ArchiveHeader | ArchivedEntry | ArchivedGap): string {
  return `${JSON.stringify(value)}\n`;
}
