/**
 * Keeps the key of the epoch that a log is in (log format, section 5): ends an epoch when it is old or long enough, notices under
 * the write lock that another process has ended it, goes on with the new key, and erases the old one.
 *
 * The order that makes a crash harmless: the next key is on the disk before the entry that names it; the entry and the
 * checkpoint that seals the epoch commit together, signed by the old key; the old key is erased after that. So the log says at
 * every moment which key is in force, and that key is there.
 */

import { type Environment, encodeBase64 } from '@countersign/core';
import { edgeRoot, formatVerifierKey, type NoteSigner, type RightEdge } from '@countersign/tlog';
import type { EntryFields } from './entry/kinds.js';
import type { EpochLimits } from './epoch-limits.js';
import { type EpochRecord, readNewestEpoch } from './epoch-record.js';
import { KeyError } from './errors.js';
import { FIRST_EPOCH } from './keys/epoch-name.js';
import { epochStatementBytes } from './keys/epoch-statement.js';
import { sha256 } from './keys/private-key.js';
import type { Signer } from './keys/signer.js';
import type { LogStore } from './store.js';

/** Another process has ended the epoch, or the next key is not made yet: nothing was built, and the commit begins again. */
export class EpochNotReady extends Error {}

/** What a keeper works with. */
export interface EpochParts {
  readonly store: LogStore;
  readonly signer: Signer;
  readonly environment: Environment;
  readonly limits: Required<EpochLimits>;
  /** Takes a line that a person should see. */
  warn(line: string): void;
}

/** Where a commit stands when it may end the epoch. */
export interface EpochPosition {
  /** The tree of all entries before. */
  readonly edge: RightEdge;
  readonly timeUs: number;
  /** End the epoch whatever its age and length. */
  readonly asked: boolean;
}

/** The key in force. */
interface Present extends Omit<EpochRecord, 'key'> {
  readonly key: NoteSigner;
}

/** The epochs of one open log. */
export class EpochKeeper {
  readonly #parts: EpochParts;
  #present: Present;
  /** The key of the next epoch, when it is on the disk. */
  #next: NoteSigner | undefined;

  private constructor(parts: EpochParts, present: Present) {
    this.#parts = parts;
    this.#present = present;
  }

  /**
   * Finds the epoch that the log is in, and opens its key. What is left of keys before is erased.
   * @throws KeyError `KEY_MISMATCH` when the log names another key; `KEY_MISSING` when the key is not there.
   */
  static async open(parts: EpochParts): Promise<EpochKeeper> {
    const { store, signer, environment } = parts;
    for (;;) {
      const record = await readNewestEpoch(store);
      if (record === undefined) {
        const key = await signer.epochs.open(FIRST_EPOCH);
        return new EpochKeeper(parts, { number: FIRST_EPOCH, key, index: 0, sinceUs: environment.nowUs() });
      }
      try {
        const keeper = new EpochKeeper(parts, await openKey(signer, record));
        await keeper.#eraseOld();
        return keeper;
      } catch (error) {
        // Another process may have ended the epoch and erased its key since it was looked up.
        if ((await readNewestEpoch(store))?.index === record.index) throw error;
      }
    }
  }

  /** The number of the epoch in force, as far as this process knows. */
  get number(): number {
    return this.#present.number;
  }

  /** The key in force. */
  get key(): NoteSigner {
    return this.#present.key;
  }

  /** The key of the next epoch, where it is made already. */
  get next(): NoteSigner | undefined {
    return this.#next;
  }

  /**
   * Under the write lock: the newest `key-epoch` entry must still be the one whose key is here, and where the end of the epoch is
   * asked for, the next key must be there.
   * @throws EpochNotReady
   */
  check({ newest = 0, isAsked }: { readonly newest: number | undefined; readonly isAsked: boolean }): void {
    if (newest > this.#present.index) throw new EpochNotReady('Another process ended the epoch.');
    if (isAsked && this.#next === undefined) throw new EpochNotReady('The key of the next epoch is not made yet.');
  }

  /** Makes the next key, for an end of the epoch that is asked for. @throws KeyError `KEY_NOT_ROTATED` when keys are not made here. */
  async makeNext(): Promise<void> {
    const { rotation } = this.#parts.signer.epochs;
    if (rotation === undefined) throw notRotated();
    this.#next ??= await rotation.create(this.#present.number + 1);
  }

  /** Before the write lock: makes the next key when the epoch may end with the commit. @param size Entries known to be there. */
  async prepare(size: number): Promise<void> {
    const { signer, environment } = this.#parts;
    if (signer.epochs.rotation === undefined || this.#next !== undefined) return;
    if (this.#isDue(size + PREPARE_AHEAD, environment.nowUs())) await this.makeNext();
  }

  /** Under the write lock: the entry that ends the epoch, when it is to end with this commit. */
  end({ edge, timeUs, asked }: EpochPosition): Extract<EntryFields, { kind: 'key-epoch' }> | undefined {
    const next = this.#next;
    if (next === undefined || !(asked || this.#isDue(edge.size + 1, timeUs))) return undefined;
    const statement = {
      index: edge.size,
      epoch: this.#present.number + 1,
      root: encodeBase64(edgeRoot(sha256, edge)),
      epochKey: formatVerifierKey(next.key),
    };
    const bytes = epochStatementBytes({ ...statement, log: this.#parts.signer.origin });
    const { index: _place, ...fields } = statement;
    return { kind: 'key-epoch', ...fields, proof: encodeBase64(this.#present.key.sign(bytes)) };
  }

  /**
   * Goes on with the key of the epoch that the log is in now, and erases those before.
   * @throws KeyError `KEY_MISSING` or `KEY_MISMATCH` when the key that the log names is not here; nothing is erased then.
   */
  async follow(): Promise<void> {
    const record = await readNewestEpoch(this.#parts.store);
    if (record === undefined || record.index <= this.#present.index) return;
    this.#present = await openKey(this.#parts.signer, record);
    this.#next = undefined;
    await this.#eraseOld();
  }

  #isDue(size: number, nowUs: number): boolean {
    const { limits } = this.#parts;
    const { index, sinceUs } = this.#present;
    // The entry that opens an epoch is the last one of the epoch before; the first epoch holds its own.
    const first = index === 0 ? 0 : index + 1;
    return size - first >= limits.maxEntries || nowUs - sinceUs >= limits.maxAgeMs * 1000;
  }

  /** What cannot be erased takes nothing from the entries: a person is told, and the next opening tries again. */
  async #eraseOld(): Promise<void> {
    const { signer, warn } = this.#parts;
    try {
      await signer.epochs.rotation?.eraseBefore(this.#present.number);
    } catch (error) {
      if (!(error instanceof KeyError)) throw error;
      warn(`${error.message} ${error.hint ?? ''}`.trim());
    }
  }
}

/** The next key is made when so many entries are left, because a commit that needs it cannot wait for it under the lock. */
const PREPARE_AHEAD = 2048;

async function openKey(signer: Signer, record: EpochRecord): Promise<Present> {
  const { number, index, sinceUs } = record;
  const key = await signer.epochs.open(number);
  if (formatVerifierKey(key.key) === record.key) return { number, key, index, sinceUs };
  throw new KeyError('KEY_MISMATCH', `The log names another key for its epoch ${number} than the one given.`, {
    hint: 'Open it with the keys that it was made with; their directory is named after the hash of its origin.',
  });
}

function notRotated(): KeyError {
  return new KeyError(
    'KEY_NOT_ROTATED',
    'The key of the epoch is not kept in a directory of keys here: it is not rotated.',
    {
      hint: 'Rotation needs a folder of keys that this process can write; a key from elsewhere is changed where it is kept.',
    },
  );
}
