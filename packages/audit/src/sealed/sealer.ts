/**
 * Encryption at rest of payloads and of what rows of the approvals hold of them, as a layer over a store: what is written is
 * sealed, what is read is opened. Commitments, and all that is signed, are over what was there before it was sealed.
 */

import type { ApprovalRecord, ApprovalStore, GrantRecord } from '@countersign/approval';
import { z } from 'zod';
import { CONTROL_KINDS } from '../entry/kinds.js';
import { PAYLOAD_SALT_BYTES } from '../payload.js';
import { type RecordStore, recordedEntries } from '../retention/recorded.js';
import type { LogBatch, LogReader, LogSnapshot, LogStore, Removal, StoredPayload } from '../store.js';
import { encryptsPayloads } from '../verify/steps/sealed-payloads.js';
import { type SealedPlace, seal, unseal } from './seal.js';
import { isSealed, NONCE_BYTES } from './sealed-form.js';
import { openGrant, openRequest, type RowCipher, sealGrant, sealRequest } from './sealed-rows.js';
import type { SealingKey, SessionKeys } from './session-keys.js';

/** What a sealer works with. */
export interface SealerOptions {
  /** The log's unique name. */
  readonly origin: string;
  readonly keys: SessionKeys;
  /** True to seal what is written; what was sealed is opened either way. */
  readonly seals: boolean;
  randomBytes(length: number): Uint8Array;
}

/** Puts the layer over the two sides of a store. */
export interface Sealer {
  log(store: LogStore): LogStore;
  approvals(store: ApprovalStore): ApprovalStore;
}

/** Whether the newest configuration on record says that payloads are encrypted. */
export async function readEncryption(store: RecordStore): Promise<boolean> {
  let isEncrypted = false;
  for await (const { payloads } of recordedEntries(store, 'config-changed')) {
    isEncrypted = encryptsPayloads(payloads.get('config'));
  }
  return isEncrypted;
}

/** Makes the layer. */
export function createSealer(options: SealerOptions): Sealer {
  const cipher = new StoreCipher(options);
  return { log: (store) => sealedLog(store, cipher), approvals: (store) => sealedApprovals(store, cipher) };
}

/** Payloads that are no content of calls, and that verification rests on: they are never sealed. */
const EVIDENCE: ReadonlySet<string> = new Set(['policy', 'config', 'receipt']);

class StoreCipher {
  readonly #options: SealerOptions;

  constructor(options: SealerOptions) {
    this.#options = options;
  }

  get seals(): boolean {
    return this.#options.seals;
  }

  get hasKeys(): boolean {
    return this.#options.keys.areThere;
  }

  sealBatch(batch: LogBatch & { readonly removal?: Removal }): LogBatch & { readonly removal?: Removal } {
    if (!this.seals) return batch;
    const places = placesOf(batch);
    const { removal } = batch;
    const cleared = removal?.cleared;
    return {
      ...batch,
      ...this.#sealRows(batch, places),
      payloads: batch.payloads.map((payload) => this.#sealPayload(payload, places)),
      ...(removal !== undefined && {
        removal: { ...removal, ...(cleared !== undefined && { cleared: this.#sealRows(cleared, places) }) },
      }),
    };
  }

  /** Still sealed where the key is not there; empty, and so not what was committed to, where it was changed. */
  openPayload(stored: StoredPayload): StoredPayload {
    const { index, name, salt, bytes } = stored;
    if (!isSealed(bytes)) return stored;
    const key = this.#options.keys.find(salt);
    if (key === undefined) return stored;
    const plain = unseal(bytes, key.key, this.#place('payload', index, name)) ?? new Uint8Array();
    const opened = { salt: plain.slice(0, PAYLOAD_SALT_BYTES), bytes: plain.subarray(PAYLOAD_SALT_BYTES) };
    if (opened.salt.length < PAYLOAD_SALT_BYTES) return { index, name, salt, bytes: new Uint8Array() };
    return { index, name, ...opened, sealed: true };
  }

  openRequest(record: ApprovalRecord): ApprovalRecord {
    return openRequest(record, this.#rowCipher(neverAsked, this.#place('request', record.request.id, '')));
  }

  openGrant(record: GrantRecord): GrantRecord {
    return openGrant(record, this.#rowCipher(neverAsked, this.#place('grant', record.grant.id, '')));
  }

  #sealPayload(payload: StoredPayload, places: BatchPlaces): StoredPayload {
    const { index, name, salt, bytes } = payload;
    if (EVIDENCE.has(name)) return payload;
    const key = this.#keyOf(places.sessions.get(index), index, places);
    const sealed = this.#seal(Buffer.concat([salt, bytes]), key, this.#place('payload', index, name));
    return { index, name, salt: key.id, bytes: sealed };
  }

  /** What stands before the statement that its session is forgotten goes with the keys that were moved away for that. */
  #keyOf(session: string | undefined, index: number | undefined, { forgotten }: BatchPlaces): SealingKey {
    const { keys } = this.#options;
    const isForgotten = session !== undefined && index !== undefined && index < (forgotten.get(session) ?? -1);
    return (isForgotten ? keys.asideOf(session) : undefined) ?? keys.keyOf(session);
  }

  #sealRows(
    { requests, grants }: Pick<LogBatch, 'requests' | 'grants'>,
    places: BatchPlaces,
  ): Pick<LogBatch, 'requests' | 'grants'> {
    return {
      requests: requests.map(({ expectVersion, record }) => {
        const { id, session } = record.request;
        const key = () => this.#keyOf(session, places.requests.get(id), places);
        const cipher = this.#rowCipher(key, this.#place('request', id, ''));
        return { expectVersion, record: sealRequest(record, cipher) };
      }),
      grants: grants.map(({ expectVersion, record }) => {
        const { id, session } = record.grant;
        const key = () => this.#options.keys.keyOf(session);
        return { expectVersion, record: sealGrant(record, this.#rowCipher(key, this.#place('grant', id, ''))) };
      }),
    };
  }

  /** The key's id and what it seals, in base64. */
  #rowCipher(keyOf: () => SealingKey, place: SealedPlace): RowCipher {
    const { keys } = this.#options;
    return {
      seal: (text) => {
        const key = keyOf();
        return Buffer.concat([key.id, this.#seal(Buffer.from(text, 'utf8'), key, place)]).toString('base64');
      },
      open: (sealed) => {
        const bytes = Buffer.from(sealed, 'base64');
        const key = keys.find(bytes.subarray(0, KEY_ID_BYTES));
        const plain = key && unseal(bytes.subarray(KEY_ID_BYTES), key.key, place);
        return plain === undefined ? undefined : Buffer.from(plain).toString('utf8');
      },
    };
  }

  #seal(plain: Uint8Array, { key }: SealingKey, place: SealedPlace): Uint8Array {
    return seal(plain, { key, nonce: this.#options.randomBytes(NONCE_BYTES), place });
  }

  #place(what: SealedPlace['what'], id: string | number, name: string): SealedPlace {
    return { log: this.#options.origin, what, id, name };
  }
}

const KEY_ID_BYTES = 16;

const CONTROL: ReadonlySet<string> = new Set(CONTROL_KINDS);

const leafSchema = z.object({ kind: z.string(), session: z.string().optional(), request: z.string().optional() });

/** Opening takes the key that is named. */
function neverAsked(): never {
  throw new TypeError('A row that is opened is not sealed.');
}

/** Whose content the entries of a batch hold. */
interface BatchPlaces {
  /** By index. */
  readonly sessions: ReadonlyMap<number, string | undefined>;
  /** The first entry about a request, by its id. */
  readonly requests: ReadonlyMap<string, number>;
  /** The statement that a session is forgotten, by session. */
  readonly forgotten: ReadonlyMap<string, number>;
}

/** A decision belongs to the session of its request, whose row goes with it. */
function placesOf({ leaves, requests }: LogBatch): BatchPlaces {
  const ofRequest = new Map(requests.map(({ record: { request } }) => [request.id, request.session]));
  const sessions = new Map<number, string | undefined>();
  const places = new Map<string, number>();
  const forgotten = new Map<string, number>();
  for (const { index, leaf } of leaves) {
    const { kind, session, request } = leafSchema.parse(JSON.parse(leaf));
    if (kind === 'payload-erased' && session !== undefined) forgotten.set(session, index);
    if (request !== undefined && !places.has(request)) places.set(request, index);
    const isDecision = kind === 'approval-decided' && request !== undefined;
    // Control kinds name sessions that they are about: why one was forgotten must not be forgotten with it.
    if (!CONTROL.has(kind)) sessions.set(index, isDecision ? ofRequest.get(request) : session);
  }
  return { sessions, requests: places, forgotten };
}

function sealedApprovals(store: ApprovalStore, cipher: StoreCipher): ApprovalStore {
  return {
    request: async (id) => {
      const record = await store.request(id);
      return record && cipher.openRequest(record);
    },
    requests: async (filter) => (await store.requests(filter)).map((record) => cipher.openRequest(record)),
    settled: (ids) => store.settled(ids),
    grant: async (id) => {
      const record = await store.grant(id);
      return record && cipher.openGrant(record);
    },
    grants: async (filter) => (await store.grants(filter)).map((record) => cipher.openGrant(record)),
  };
}

function sealedReader(reader: LogReader, cipher: StoreCipher): LogReader {
  const { outline, rowTexts } = reader;
  return {
    get opensSealed() {
      return cipher.hasKeys;
    },
    head: () => reader.head(),
    leaves: (range) => reader.leaves(range),
    ...(outline !== undefined && { outline: (range) => outline.call(reader, range) }),
    payloads: async (range) => (await reader.payloads(range)).map((payload) => cipher.openPayload(payload)),
    checkpoints: () => reader.checkpoints(),
    requestRows: async (page) => (await reader.requestRows(page)).map((record) => cipher.openRequest(record)),
    grantRows: async (page) => (await reader.grantRows(page)).map((record) => cipher.openGrant(record)),
    // What is sealed is equal to no row, and is then read as one.
    ...(rowTexts !== undefined && { rowTexts: (page) => rowTexts.call(reader, page) }),
    inspect: () => reader.inspect(),
  };
}

function sealedSnapshot(snapshot: LogSnapshot, cipher: StoreCipher): LogSnapshot {
  return Object.assign(sealedReader(snapshot, cipher), { close: () => snapshot.close() });
}

function sealedLog(store: LogStore, cipher: StoreCipher): LogStore {
  return Object.assign(sealedReader(store, cipher), {
    description: store.description,
    exclusive: (ask, build) =>
      store.exclusive(ask, (state) => {
        const batch = build({
          ...state,
          requests: mapValues(state.requests, (record) => cipher.openRequest(record)),
          grants: mapValues(state.grants, (record) => cipher.openGrant(record)),
        });
        return batch && cipher.sealBatch(batch);
      }),
    hashes: (range) => store.hashes(range),
    indexOfId: (id) => store.indexOfId(id),
    findCalls: (filter) => store.findCalls(filter),
    entriesOfCalls: (calls) => store.entriesOfCalls(calls),
    findCall: (call, run) => store.findCall(call, run),
    findEntries: (filter) => store.findEntries(filter),
    read: async (indexes) => {
      const { leaves, payloads } = await store.read(indexes);
      return { leaves, payloads: payloads.map((payload) => cipher.openPayload(payload)) };
    },
    snapshot: async () => sealedSnapshot(await store.snapshot(), cipher),
    measure: () => store.measure(),
    // Workers have connections of their own and no keys.
    rangeVerifier: (jobs) => (cipher.hasKeys ? undefined : store.rangeVerifier?.(jobs)),
    close: () => store.close(),
  } satisfies Omit<LogStore, keyof LogReader>);
}

function mapValues<K, V>(map: ReadonlyMap<K, V>, change: (value: V) => V): ReadonlyMap<K, V> {
  return new Map([...map].map(([key, value]) => [key, change(value)]));
}
