/**
 * What must hold before a process may write to a log that is there: it is the log of these keys, and it is not behind what
 * this machine has seen of it (log format, section 6).
 */

import { ConfigError, checkIdentifier, type Environment } from '@countersign/core';
import { edgeRoot, encodeBase64, formatVerifierKey, type VerifierKey, verifyCheckpoint } from '@countersign/tlog';
import { type Anchor, IDENTITY_ANCHOR } from './anchors/anchor.js';
import { rollbackHint } from './committer.js';
import { verifyEd25519 } from './ed25519.js';
import { decodeEntry } from './entry/encode.js';
import type { EntryOf } from './entry/kinds.js';
import { KeyError, LogRolledBackError, StoreCorruptError } from './errors.js';
import { edgeOf } from './head.js';
import { sha256 } from './keys/private-key.js';
import { isRemote } from './keys/remote-identity.js';
import type { Signer } from './keys/signer.js';
import { type Mark, MarkError } from './mark.js';
import type { Redactor } from './redact/redactor.js';
import { showIdentifier } from './shown-form.js';
import type { LogReader, LogStore, StoredHead } from './store.js';
import { TreeReader } from './tree-reader.js';

/**
 * Checks that the first entry names this signer's identity, and `epochKey` where the log was made just now.
 * @throws KeyError `KEY_MISMATCH` when it names others.
 * @throws StoreCorruptError `ENTRY_CORRUPT` when it is no first entry.
 */
export async function checkOwner(store: LogStore, signer: Signer, epochKey?: VerifierKey): Promise<void> {
  const opened = await readFirstEntry(store);
  // A verifier key names its log, so this compares the origins too.
  const isOurs = opened.identityKey === formatVerifierKey(signer.identity.key);
  const isEpoch = epochKey === undefined || opened.epochKey === formatVerifierKey(epochKey);
  if (isOurs && isEpoch) {
    checkPlace(opened.identity === 'anchor', isRemote(signer.identity));
    return;
  }
  throw new KeyError('KEY_MISMATCH', `The log in ${store.description} belongs to other keys than the ones given.`, {
    hint: 'Open it with the keys that it was made with; their directory is named after the hash of its origin.',
  });
}

/** Where the identity signs is settled with the first entry: verifiers ask for its line accordingly. */
function checkPlace(expectsRemote: boolean, isElsewhere: boolean): void {
  if (expectsRemote === isElsewhere) return;
  const [stated, found] = expectsRemote ? ['elsewhere', 'here'] : ['with the log', 'elsewhere'];
  throw new KeyError(
    'KEY_MISMATCH',
    `The log says that its identity key is kept ${stated}; this signer has it ${found}.`,
    {
      hint: 'Open it with the kind of signer that it was made with.',
    },
  );
}

/**
 * Checks that the log holds all that its mark knows of it.
 * @throws LogRolledBackError `LOG_ROLLED_BACK` when it is behind the mark, or has another tree at the mark's size.
 * @throws MarkError `MARK_OF_OTHER_LOG` when the mark belongs to another log.
 */
export async function checkMark(options: {
  readonly reader: Pick<LogReader, 'leaves'>;
  readonly head: StoredHead;
  readonly mark: Mark;
  readonly origin: string;
}): Promise<void> {
  const { reader, head, mark, origin } = options;
  const { size: known, root } = mark.checkpoint;
  if (mark.checkpoint.origin !== origin) {
    throw new MarkError('MARK_OF_OTHER_LOG', 'The mark belongs to another log.', {
      hint: 'Give each log a mark file of its own.',
    });
  }
  const details = { found: head.size, known, hint: rollbackHint };
  if (head.size < known) {
    throw new LogRolledBackError(
      `The log has ${head.size} entries, and this machine has seen ${known}: it was cut back or replaced.`,
      details,
    );
  }
  // The usual case is that nobody wrote since; then the stored edge says it all.
  const edge = head.size === known ? edgeOf(head) : await new TreeReader(reader).edgeAt(known);
  if (encodeBase64(edgeRoot(sha256, edge)) === encodeBase64(root)) return;
  throw new LogRolledBackError(
    `The first ${known} entries of the log are not the ones that this machine has seen.`,
    details,
  );
}

/**
 * Checks that the log holds all that its local anchors know of it. What another key signed is nobody's business here.
 * @throws LogRolledBackError `LOG_ROLLED_BACK` as `checkMark`.
 * @throws AnchorError `ANCHOR_IO` when an anchor cannot be read.
 */
export async function checkLocalAnchors(options: {
  readonly anchors: readonly Anchor[];
  readonly reader: Pick<LogReader, 'leaves'>;
  readonly head: StoredHead;
  readonly signer: Signer;
  readonly environment: Environment;
  readonly redactor: Redactor | undefined;
}): Promise<void> {
  const { anchors, reader, head, signer, environment, redactor } = options;
  const { origin, identity } = signer;
  checkNames(anchors, redactor);
  for (const anchor of anchors.filter(({ isLocal }) => isLocal === true)) {
    const { signal } = new AbortController();
    const notes = (await anchor.newest?.(origin, { environment, signal })) ?? [];
    let newest: Mark | undefined;
    for (const note of notes) {
      const result = verifyCheckpoint({ note, origin, keys: [identity.key], verify: verifyEd25519 });
      if (result.ok && result.checkpoint.size > (newest?.checkpoint.size ?? -1)) {
        newest = { note, checkpoint: result.checkpoint };
      }
    }
    // It was consistent with those before it when it was signed: the largest one is enough.
    if (newest !== undefined) await checkMark({ reader, head, mark: newest, origin });
  }
}

/** Names stand in entries and in the configuration on record, where nothing can be taken back: one with a secret is refused. */
function checkNames(anchors: readonly Anchor[], redactor: Redactor | undefined): void {
  const names = new Set<string>();
  for (const { kind, name } of anchors) {
    checkIdentifier('anchors.kind', kind);
    checkIdentifier('anchors.name', name);
    if (kind === IDENTITY_ANCHOR) {
      throw new ConfigError(
        'OPTION_INVALID',
        `anchors: expected another kind than ${IDENTITY_ANCHOR}, which is the log's own`,
      );
    }
    if (redactor !== undefined && showIdentifier(name, redactor) !== name) {
      throw new ConfigError('OPTION_INVALID', 'anchors: expected a name without a secret');
    }
    const label = JSON.stringify([kind, name]);
    if (names.has(label)) throw new ConfigError('OPTION_INVALID', 'anchors: expected another name for each of a kind');
    names.add(label);
  }
}

async function readFirstEntry(store: LogStore): Promise<EntryOf<'log-opened'>> {
  const [first] = await store.leaves({ from: 0, limit: 1 });
  const decoded = first?.leaf === undefined ? undefined : decodeEntry(first.leaf);
  if (decoded?.ok === true && decoded.entry.kind === 'log-opened' && decoded.entry.index === 0) return decoded.entry;
  throw new StoreCorruptError('ENTRY_CORRUPT', `The log in ${store.description} does not begin with its first entry.`, {
    hint: 'Run `countersign verify`, and keep a copy of the store as it is.',
  });
}
