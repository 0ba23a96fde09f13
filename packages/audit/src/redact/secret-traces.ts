/**
 * Finds where a secret stood: the markers that it has in a log, in payloads and in leaves. The secret itself is in neither; its
 * fingerprint is.
 */

import { canonicalJson, encodeBase64, isJsonObject, type JsonValue } from '@countersign/core';
import { decodeEntry } from '../entry/encode.js';
import { groupPayloads } from '../group-payloads.js';
import type { LogReader, StoredLeaf, StoredPayload } from '../log-reader.js';
import { openPayload } from '../payload.js';
import type { Redactor } from './redactor.js';

/** One place in the log where the marker of a secret stands. */
export interface SecretTrace {
  readonly index: number;
  readonly kind: string;
  readonly time: string;
  readonly call?: string;
  readonly tool?: string;
  readonly session?: string;
  /** The payload, such as `args`, or `entry` for the leaf itself. */
  readonly payload: string;
  /** A JSON Pointer to the text in which the marker stands, or to the member whose name holds it. */
  readonly member: string;
  /** The rule that found the secret, as the marker says. */
  readonly rule: string;
}

/**
 * All digits that markers of this secret can end in: it may have been hidden as it is, as it is written in JSON, in a URL or as
 * bytes, or together with the scheme of a header.
 */
export function fingerprintsOf(secret: string, redactor: Pick<Redactor, 'fingerprint'>): ReadonlySet<string> {
  const lines = secret.replaceAll('\r\n', '\n');
  const plain = [secret, secret.trim(), lines, lines.trim(), lines.replaceAll('\n', '\r\n')];
  const written = plain.flatMap((text) => {
    const once = inString(text);
    return [text, once, inString(once), encodeURIComponent(text.toWellFormed()), base64(text), base64Url(text)];
  });
  const schemes = ['Bearer', 'bearer', 'Basic', 'Token', 'token', 'ApiKey'].map(
    (scheme) => `${scheme} ${secret.trim()}`,
  );
  const bytes = ['Buffer', 'Uint8Array'].flatMap((type) =>
    plain.map((text) => canonicalJson({ $t: 'bytes', type, v: base64(text) })),
  );
  const forms = [...written, ...schemes, ...bytes, canonicalJson({ $t: 'bigint', v: secret.trim() })];
  return new Set(forms.filter((form) => form !== '').map((form) => redactor.fingerprint(form)));
}

/** The places where markers with one of these fingerprints stand, in the order of the log. Reads all of it. */
export async function* traceSecret(
  reader: Pick<LogReader, 'leaves' | 'payloads'>,
  fingerprints: ReadonlySet<string>,
): AsyncGenerator<SecretTrace> {
  for (let from = 0; ; ) {
    const leaves = await reader.leaves({ from, limit: PAGE });
    const last = leaves.at(-1);
    if (last === undefined) return;
    const payloads = groupPayloads(await reader.payloads({ from, to: last.index + 1 }));
    for (const leaf of leaves) yield* tracesOf(leaf, payloads.get(leaf.index) ?? [], fingerprints);
    from = last.index + 1;
  }
}

/** The traces in one entry; what cannot be read has none. */
function tracesOf(
  { index, leaf }: StoredLeaf,
  payloads: readonly StoredPayload[],
  fingerprints: ReadonlySet<string>,
): readonly SecretTrace[] {
  const decoded = leaf === undefined ? undefined : decodeEntry(leaf);
  if (leaf === undefined || decoded?.ok !== true) return [];
  const { entry } = decoded;
  const about = { index, kind: entry.kind, time: entry.time, ...aboutCall(entry) };
  const inLeaf = tracesIn(JSON.parse(leaf), fingerprints).map((found) => ({ ...about, payload: 'entry', ...found }));
  const inPayloads = payloads.flatMap((row) => {
    const opened = openPayload(row, entry.payload[row.name] ?? '');
    const found = opened.ok ? tracesIn(opened.value, fingerprints) : [];
    return found.map((one) => ({ ...about, payload: row.name, ...one }));
  });
  return [...inLeaf, ...inPayloads];
}

const PAGE = 64;

function aboutCall(entry: object): Pick<SecretTrace, 'call' | 'tool' | 'session'> {
  return {
    ...('call' in entry && typeof entry.call === 'string' && { call: entry.call }),
    ...('tool' in entry && typeof entry.tool === 'string' && { tool: entry.tool }),
    ...('session' in entry && typeof entry.session === 'string' && { session: entry.session }),
  };
}

interface Found {
  readonly rule: string;
  readonly member: string;
}

const MARKER = /\[redacted:([a-z0-9-]{1,40}):([0-9a-f]{8})\]/g;

/** Walks without recursion: what is read may be nested as deeply as the normaliser allows, and more where somebody changed it. */
function tracesIn(value: JsonValue, fingerprints: ReadonlySet<string>): readonly Found[] {
  const found: Found[] = [];
  const look = (text: string, member: string): void => {
    for (const [, rule = '', digits = ''] of text.matchAll(MARKER)) {
      if (fingerprints.has(digits)) found.push({ rule, member });
    }
  };
  const left: { readonly value: JsonValue; readonly member: string }[] = [{ value, member: '' }];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { value: one, member } = next;
    if (typeof one === 'string') look(one, member);
    if (typeof one !== 'object' || one === null) continue;
    const members = isJsonObject(one) ? Object.entries(one) : one.map((item, i) => [String(i), item] as const);
    for (const [name, inner] of [...members].reverse()) {
      const pointer = `${member}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      look(name, pointer);
      left.push({ value: inner, member: pointer });
    }
  }
  return found;
}

function inString(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function base64(text: string): string {
  return encodeBase64(Buffer.from(text, 'utf8'));
}

function base64Url(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64url');
}
