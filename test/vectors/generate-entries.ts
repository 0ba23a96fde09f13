/**
 * Writes the vectors of entries: one leaf of each kind with its hash, and leaves that every reader must refuse, each with
 * its code. Run it only when the format changes on purpose:
 *
 *   npx tsx --tsconfig test/tsconfig.json test/vectors/generate-entries.ts
 */

import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { canonicalJson, isJsonObject, type JsonObject, type JsonValue, parseJson } from '@countersign/core';
import { type EntryFailure, encodeEntry } from '../../packages/audit/src/entry/encode.js';
import { exampleEntries, exampleEntry } from '../../packages/audit/src/entry/example.js';

/** A leaf that must be refused: as text, or as bytes where it is not UTF-8. */
interface BrokenVector {
  readonly name: string;
  readonly code: EntryFailure;
  readonly leaf?: string;
  readonly base64?: string;
}

/** The clause of the specification that a leaf with this code breaks. */
const CLAUSES: Readonly<Record<EntryFailure, string>> = {
  ENTRY_TOO_LARGE: 'LEAF-2',
  ENTRY_NOT_UTF8: 'LEAF-1',
  ENTRY_NOT_CANONICAL: 'LEAF-3',
  ENTRY_UNKNOWN_VERSION: 'FIELD-1',
  ENTRY_UNKNOWN_KIND: 'FIELD-2',
  ENTRY_PAYLOAD_UNKNOWN: 'FIELD-3',
  ENTRY_MEMBER_INVALID: 'FIELD-4',
};

const DIRECTORY = new URL('./entries/', import.meta.url);
const BASE = members(encodeEntry(exampleEntry('tool-call')));
const TEXT = canonicalJson(BASE);
const HASH = createHash('sha256').update('countersign vector').digest('base64');

mkdirSync(DIRECTORY, { recursive: true });
for (const entry of Object.values(exampleEntries())) {
  const leaf = encodeEntry(entry);
  const leafHash = createHash('sha256').update(Uint8Array.of(0)).update(leaf).digest('base64');
  write(`${entry.kind}.json`, { kind: entry.kind, leaf, leafHash });
}
write(
  'broken.json',
  [...texts(), ...versions(), ...commons(), ...values(), ...payloads(), ...kinds()].map(({ name, code, ...leaf }) => ({
    ...{ name, code, clause: name === 'a byte order mark' ? 'LEAF-1' : CLAUSES[code] },
    ...leaf,
  })),
);

/** Leaves that are no canonical JSON. */
function texts(): readonly BrokenVector[] {
  const bad = (name: string, leaf: string): BrokenVector => ({ name, code: 'ENTRY_NOT_CANONICAL', leaf });
  const bytes = (name: string, ...parts: readonly (string | number)[]): BrokenVector => ({
    name,
    code: 'ENTRY_NOT_UTF8',
    base64: Buffer.concat(
      parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.of(part))),
    ).toString('base64'),
  });
  const [before = '', after = ''] = TEXT.split('run_shell');
  return [
    bad('empty', ''),
    bad('no JSON', 'entry'),
    bad('cut off', TEXT.slice(0, -1)),
    bad('two values', `${TEXT}${TEXT}`),
    bad('a line end after it', `${TEXT}\n`),
    bad('a space before it', ` ${TEXT}`),
    bad('a space after a colon', TEXT.replace(':', ': ')),
    bad('a byte order mark', `\ufeff${TEXT}`),
    bad('members in another order', `{"v":1,${TEXT.slice(1).replace(',"v":1', '')}`),
    bad('a member twice with one value', TEXT.replace('"v":1', '"v":1,"v":1')),
    bad('a member twice with two values', TEXT.replace('"bound":true', '"bound":false,"bound":true')),
    bad('an escape that is not needed', TEXT.replace('run_shell', 'run\\u005fshell')),
    bad('an escaped slash', TEXT.replace('agent-audit.local/', 'agent-audit.local\\/')),
    bad('an escape in upper case', TEXT.replace('run_shell', 'run\\u001Fshell')),
    bad('a raw control character', TEXT.replace('run_shell', 'run\u0001shell')),
    bad('an integer with a fraction', TEXT.replace('"v":1', '"v":1.0')),
    bad('an integer with an exponent', TEXT.replace('"v":1', '"v":1e0')),
    bad('an integer beyond 2^53', TEXT.replace('"index":1', '"index":9007199254740993')),
    bad('a leading zero', TEXT.replace('"index":1', '"index":01')),
    bad('negative zero', TEXT.replace('"index":1', '"index":-0')),
    bad('a plus sign', TEXT.replace('"index":1', '"index":+1')),
    bad('not a number', TEXT.replace('"index":1', '"index":NaN')),
    bad('a trailing comma', TEXT.replace('"v":1', '"v":1,')),
    bad('a comment', `${TEXT}/**/`),
    bad('single quotation marks', TEXT.replaceAll('"', "'")),
    bad('an escaped half of a surrogate pair', TEXT.replace('run_shell', 'run\\ud800')),
    bad('too deep', `${'['.repeat(300)}${']'.repeat(300)}`),
    bytes('a byte that begins nothing', before, 0xff, after),
    bytes('a sequence that is too long', before, 0xc0, 0xaf, after),
    bytes('half of a surrogate pair in bytes', before, 0xed, 0xa0, 0x80, after),
    bytes('a sequence that is cut off', before, 0xe2, 0x82, after),
    { name: 'more than 8 KiB', code: 'ENTRY_TOO_LARGE', leaf: withMember('tool', 'x'.repeat(8192)) },
    { name: 'more than 8 KiB in bytes only', code: 'ENTRY_TOO_LARGE', leaf: withMember('tool', 'é'.repeat(4000)) },
  ];
}

/** Leaves of another version, or of no kind that is known. */
function versions(): readonly BrokenVector[] {
  const version = (name: string, leaf: string): BrokenVector => ({ name, code: 'ENTRY_UNKNOWN_VERSION', leaf });
  const kind = (name: string, leaf: string): BrokenVector => ({ name, code: 'ENTRY_UNKNOWN_KIND', leaf });
  return [
    version('version 2', withMember('v', 2)),
    version('version 0', withMember('v', 0)),
    version('a version as text', withMember('v', '1')),
    version('no version', without('v')),
    version('an array', '[]'),
    version('a string', '"entry"'),
    version('null', 'null'),
    kind('an unknown kind', withMember('kind', 'tool-called')),
    kind('a kind in upper case', withMember('kind', 'TOOL-CALL')),
    kind('a kind that is no text', withMember('kind', 3)),
    kind('a kind that every object has', withMember('kind', 'constructor')),
    kind('no kind', without('kind')),
  ];
}

/** Leaves whose common members break the field table. */
function commons(): readonly BrokenVector[] {
  return [
    member('an unknown member', withMember('extra', 'x')),
    member('a member named __proto__', TEXT.replace('{', '{"__proto__":{},')),
    member('no index', without('index')),
    member('a negative index', withMember('index', -1)),
    member('an index as text', withMember('index', '1')),
    member('an index with a fraction', withMember('index', 1.5)),
    member('an index that is null', withMember('index', null)),
    member('an index beyond 2^53', withMember('index', 2 ** 53)),
    member('no link to the entry before', without('prev')),
    member('a link that is too short', withMember('prev', HASH.slice(4))),
    member('a link without padding', withMember('prev', HASH.slice(0, -1))),
    member('a link with unused bits set', withMember('prev', `${HASH.slice(0, 42)}B=`)),
    member('a link in the URL alphabet', withMember('prev', `-_${HASH.slice(2)}`)),
    member('a link with a line end', withMember('prev', `${HASH}\n`)),
    member('no log', without('log')),
    member('an empty log', withMember('log', '')),
    member('an id that is no UUIDv7', withMember('id', '019aa520-5fa0-4abc-8def-0123456789ab')),
    member('an id in upper case', withMember('id', '019AA520-5FA0-7ABC-8DEF-0123456789AB')),
    member('a time in milliseconds', withMember('time', '2026-11-21T06:11:00.123Z')),
    member('a time with an offset', withMember('time', '2026-11-21T06:11:00.123456+00:00')),
    member('a day that does not exist', withMember('time', '2026-02-30T06:11:00.000000Z')),
    member('totals without a level', withMember('totals', { safe: 0, moderate: 0, destructive: 0 })),
    member(
      'totals with an unknown level',
      withMember('totals', { safe: 0, moderate: 0, destructive: 0, critical: 0, low: 0 }),
    ),
    member(
      'totals with a negative count',
      withMember('totals', { safe: -1, moderate: 0, destructive: 0, critical: 0 }),
    ),
    member('payload that is an array', withMember('payload', [])),
    member('no payload', without('payload')),
  ];
}

/** Leaves whose other members hold values that they may not. */
function values(): readonly BrokenVector[] {
  return [
    member('a null member', withMember('session', null)),
    member('an identifier that is empty', withMember('session', '')),
    member('an identifier with U+0000', withMember('session', 'a\u0000b')),
    member('an identifier with a line end', withMember('tool', 'run\nshell')),
    member('an identifier with a C1 control', withMember('tool', 'run\u0085shell')),
    member('an identifier of 257 bytes', withMember('tool', 'x'.repeat(257))),
    member('an identifier of 129 characters of 2 bytes', withMember('tool', 'é'.repeat(129))),
    member('an actor without a kind', withMember('actor', { kind: '', id: 'x' })),
    member('an actor with an unknown member', withMember('actor', { kind: 'agent', id: 'x', name: 'y' })),
    member('an actor that is text', withMember('actor', 'release-agent')),
    member('an unknown risk level', withMember('risk', 'low')),
    member('an unknown decision', withMember('decision', 'pending')),
    member('bound as a number', withMember('bound', 1)),
    member(
      'an effect that is not known',
      withMember('classification', { ...nested('classification'), effects: ['fs.burn'] }),
    ),
    member('33 signals', withMember('classification', { ...nested('classification'), signals: Array(33).fill('x') })),
    member(
      'a confidence of 101',
      withMember('classification', { ...nested('classification'), confidencePercent: 101 }),
    ),
    member(
      'a confidence with a fraction',
      withMember('classification', { ...nested('classification'), confidencePercent: 0.5 }),
    ),
    member('success in a call that was not observed', withMember('success', true)),
    member('a duration in a call that was not observed', withMember('durationUs', 1)),
    member('an observed call without its success', withMember('outcome', 'observed_only')),
    member('an outcome that only results have', withMember('outcome', 'ok')),
    member('a result in a call that was not observed', withMember('payload', { result: HASH })),
  ];
}

/** Leaves with payloads that they may not have. */
function payloads(): readonly BrokenVector[] {
  const payload = (name: string, leaf: string): BrokenVector => ({ name, code: 'ENTRY_PAYLOAD_UNKNOWN', leaf });
  return [
    payload('an unknown payload', withMember('payload', { arguments: HASH })),
    payload('a payload of another kind', withMember('payload', { message: HASH })),
    payload('a payload named __proto__', TEXT.replace('"payload":{', '"payload":{"__proto__":"x",')),
    payload('a payload with an empty name', withMember('payload', { '': HASH })),
    member('a commitment that is no base64', withMember('payload', { args: '*'.repeat(44) })),
    member('a commitment of 16 bytes', withMember('payload', { args: Buffer.alloc(16).toString('base64') })),
    member('a commitment that is an object', withMember('payload', { args: { digest: HASH } })),
  ];
}

/** Leaves of other kinds. */
function kinds(): readonly BrokenVector[] {
  const result = members(encodeEntry(exampleEntry('tool-result')));
  const purge = members(encodeEntry(exampleEntry('entries-purged')));
  const opened = members(encodeEntry(exampleEntry('log-opened')));
  const decided = members(encodeEntry(exampleEntry('approval-decided')));
  return [
    member('a result that failed and is ok', canonicalJson({ ...result, success: false })),
    member('a result that succeeded and is an error', canonicalJson({ ...result, outcome: 'tool_error' })),
    member('a result with members of a call', canonicalJson({ ...result, risk: 'safe' })),
    member('a call with members of a result', withMember('begun', 1)),
    member('a purge that ends before it begins', canonicalJson({ ...purge, from: 13 })),
    member('a purge that keeps what is not in it', canonicalJson({ ...purge, kept: [12] })),
    member('a purge whose kept entries are not in order', canonicalJson({ ...purge, kept: [4, 0] })),
    member('a purge that keeps an entry twice', canonicalJson({ ...purge, kept: [4, 4] })),
    member('a verifier key without its ID', canonicalJson({ ...opened, identityKey: `agent-audit.local/x+${HASH}` })),
    member('a verifier key with a line end', canonicalJson({ ...opened, identityKey: `a\n+00000000+${HASH}` })),
    member('a parent without a root', canonicalJson({ ...opened, parent: { log: 'x', size: 1 } })),
    member('a signature that is no base64', canonicalJson({ ...decided, signature: 'signed by hand' })),
    member('a signature with U+0000', canonicalJson({ ...decided, signature: 'AAA\u0000' })),
    member('an approver without an id', canonicalJson({ ...decided, approver: { kind: 'person' } })),
    member('an attestation that is not known', canonicalJson({ ...decided, attestation: 'word of mouth' })),
  ];
}

function member(name: string, leaf: string): BrokenVector {
  return { name, code: 'ENTRY_MEMBER_INVALID', leaf };
}

function withMember(name: string, value: JsonValue): string {
  return canonicalJson({ ...BASE, [name]: value });
}

function without(name: string): string {
  return canonicalJson(Object.fromEntries(Object.entries(BASE).filter(([other]) => other !== name)));
}

function nested(name: string): JsonObject {
  const value = BASE[name];
  return isJsonObject(value) ? value : {};
}

function members(leaf: string): JsonObject {
  const value = parseJson(leaf);
  return isJsonObject(value) ? value : {};
}

function write(name: string, content: unknown): void {
  writeFileSync(new URL(name, DIRECTORY), `${JSON.stringify(content, null, 2)}\n`);
}
