/**
 * The witness anchor: shows checkpoints to C2SP witnesses and collects their cosignatures until a policy is satisfied. C2SP
 * tlog-witness, from the log's side.
 */

import { createHash } from 'node:crypto';
import { ConfigError, CountersignError, checkIdentifier } from '@countersign/core';
import {
  addCosignatures,
  checkWitnessPolicy,
  formatAddCheckpoint,
  NO_QUORUM,
  type NoteSignature,
  type PolicyWitness,
  parseCosignatures,
  parseWitnessPolicy,
  satisfiesPolicy,
  TLOG_SIZE_TYPE,
  TlogError,
  verifyCosignatures,
  type WitnessPolicy,
} from '@countersign/tlog';
import { verifyEd25519 } from '../ed25519.js';
import { sha256 } from '../keys/private-key.js';
import { type Anchor, type AnchorContext, AnchorError, type AnchorSubject, REMOTE_INTERVAL_MS } from './anchor.js';
import { type HttpAnswer, hostOf, refused, sendRequest, textOf } from './http.js';

/** What `createWitnessAnchor` needs. */
export interface WitnessAnchorOptions {
  /** Who must have cosigned: the text of C2SP tlog-policy, or the same as a value. Its witnesses have URLs. */
  readonly policy: string | WitnessPolicy;
  /** Its name on record; `witness` when not given. */
  readonly name?: string;
  /** The least time from one checkpoint to the next; a minute when not given. A call that must be witnessed does not wait for it. */
  readonly intervalMs?: number;
  /** How long one witness may take; 10 s when not given. */
  readonly timeoutMs?: number;
}

/** How long one witness may take. */
export const WITNESS_TIMEOUT_MS = 10_000;

/** The largest answer of a witness that is read. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** How often a witness is asked again because it has another size than was thought. */
const MAX_CONFLICTS = 4;

/**
 * An anchor that asks witnesses. The evidence is the checkpoint with their cosignatures, as a signed note.
 * @throws ConfigError `OPTION_INVALID` for a policy that cannot be read, demands nothing, or names no witness with a URL.
 */
export function createWitnessAnchor(options: WitnessAnchorOptions): Anchor {
  const { name = 'witness', intervalMs = REMOTE_INTERVAL_MS, timeoutMs = WITNESS_TIMEOUT_MS } = options;
  checkIdentifier('name', name);
  const policy = readPolicy(options.policy);
  /** What each witness has of the log: remembered only to save the question. */
  const known = new Map<string, number>();
  return {
    kind: 'witness',
    name,
    intervalMs,
    anchor: async (subject, context) => {
      const note = await collect({ policy, subject, known, timeoutMs }, context);
      return { note };
    },
    newest: (origin, context) => readNewest({ policy, origin, timeoutMs }, context),
  };
}

/** Reads a policy that witnesses are asked by. @throws ConfigError `OPTION_INVALID` */
function readPolicy(given: string | WitnessPolicy): WitnessPolicy {
  const policy = readWitnessPolicy(given);
  if (policy.quorum === NO_QUORUM) throw new ConfigError('OPTION_INVALID', 'policy: it demands no witness');
  const reachable = policy.witnesses.filter(({ url }) => url !== undefined).map(({ key }) => key);
  if (satisfiesPolicy(policy, reachable)) return policy;
  throw new ConfigError('OPTION_INVALID', 'policy: too few of its witnesses have a URL to satisfy it');
}

/** A policy from its text, or as a value, checked. @throws ConfigError `OPTION_INVALID` */
export function readWitnessPolicy(given: string | WitnessPolicy): WitnessPolicy {
  try {
    return typeof given === 'string' ? parseWitnessPolicy(given, sha256) : checkWitnessPolicy(given);
  } catch (error) {
    if (!(error instanceof TlogError)) throw error;
    throw new ConfigError('OPTION_INVALID', `policy: ${error.message}`, {
      ...(error.hint !== undefined && { hint: error.hint }),
      cause: error,
    });
  }
}

interface Collection {
  readonly policy: WitnessPolicy;
  readonly subject: AnchorSubject;
  readonly known: Map<string, number>;
  readonly timeoutMs: number;
}

/** The cosigned note: all witnesses are asked at once, and whoever answers after the policy is satisfied is left out. */
async function collect({ policy, subject, known, timeoutMs }: Collection, context: AnchorContext): Promise<string> {
  const cosigned = new Map<PolicyWitness, readonly NoteSignature[]>();
  const failures: unknown[] = [];
  const isSatisfied = (): boolean =>
    satisfiesPolicy(
      policy,
      [...cosigned.keys()].map(({ key }) => key),
    );
  await new Promise<void>((done) => {
    const asked = policy.witnesses.filter(({ url }) => url !== undefined);
    let open = asked.length;
    const settle = (): void => {
      open -= 1;
      if (open === 0 || isSatisfied()) done();
    };
    for (const witness of asked) {
      askWitness({ witness, subject, known, timeoutMs }, context)
        .then(
          (lines) => void cosigned.set(witness, lines),
          (error: unknown) => void failures.push(error),
        )
        .finally(settle);
    }
  });
  if (!isSatisfied()) throw worstOf(failures);
  return [...cosigned.values()].reduce((note, lines) => addCosignatures(note, lines), subject.note);
}

/** A witness that knows more than the log tells more than one that is not there. */
function worstOf(failures: readonly unknown[]): unknown {
  const ahead = failures.find((error) => error instanceof CountersignError && error.code === 'ANCHOR_AHEAD');
  return ahead ?? failures[0] ?? new AnchorError('ANCHOR_UNREACHABLE', 'No witness was asked.');
}

interface Question {
  readonly witness: PolicyWitness;
  readonly subject: AnchorSubject;
  readonly known: Map<string, number>;
  readonly timeoutMs: number;
}

async function askWitness(question: Question, context: AnchorContext): Promise<readonly NoteSignature[]> {
  const { witness, subject, known } = question;
  const { size } = subject.checkpoint;
  for (let conflicts = 0; ; conflicts += 1) {
    const old = known.get(witness.name) ?? 0;
    if (old > size) {
      // It may have been set back for maintenance: the next try begins with a question.
      known.delete(witness.name);
      throw ahead(witness, `has seen ${old} entries of the log, which now has ${size}`);
    }
    const answer = await send(question, old, context);
    if (answer.status === 200) {
      const lines = readCosignatures(answer, witness, subject.note);
      known.set(witness.name, size);
      return lines;
    }
    if (answer.status === 422) throw ahead(witness, 'has seen another tree of the log');
    if (answer.status !== 409) throw refused(witness.url ?? '', answer.status);
    known.set(witness.name, readSize(answer, witness));
    if (conflicts >= MAX_CONFLICTS) throw invalid(witness, 'with another size each time');
  }
}

async function send(
  { witness, subject, timeoutMs }: Question,
  old: number,
  context: AnchorContext,
): Promise<HttpAnswer> {
  const { size } = subject.checkpoint;
  const proof = old === 0 || old === size ? [] : await subject.prove(old);
  return sendRequest(
    {
      url: `${prefixOf(witness)}/add-checkpoint`,
      method: 'POST',
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: formatAddCheckpoint({ old, proof, note: subject.note }),
      timeoutMs,
      maxBytes: MAX_ANSWER_BYTES,
    },
    context,
  );
}

/** Only good cosignatures of the very witness that was asked count. */
function readCosignatures(answer: HttpAnswer, witness: PolicyWitness, note: string): readonly NoteSignature[] {
  const text = textOf(answer.body);
  try {
    const lines = text === undefined ? [] : parseCosignatures(text);
    const own = lines.filter(({ name, id }) => name === witness.key.name && id === witness.key.id);
    const cosigned = own.length === 0 ? note : addCosignatures(note, own);
    const verified = verifyCosignatures({ note: cosigned, witnesses: [witness.key], verify: verifyEd25519 });
    if (verified?.length === 1) return own.slice(0, 1);
  } catch (error) {
    if (!(error instanceof TlogError)) throw error;
  }
  throw invalid(witness, 'without a good cosignature by its key');
}

function readSize(answer: HttpAnswer, witness: PolicyWitness): number {
  const text = textOf(answer.body);
  const size = /^(0|[1-9][0-9]{0,15})\n?$/.exec(text ?? '')?.[1];
  if (answer.type !== TLOG_SIZE_TYPE || size === undefined || !Number.isSafeInteger(Number(size))) {
    throw invalid(witness, 'with a conflict and no size');
  }
  return Number(size);
}

/** The newest checkpoints that the witnesses have cosigned; those that cannot be read are passed over, unless all of them are. */
async function readNewest(
  {
    policy,
    origin,
    timeoutMs,
  }: { readonly policy: WitnessPolicy; readonly origin: string; readonly timeoutMs: number },
  context: AnchorContext,
): Promise<readonly string[]> {
  const reachable = policy.witnesses.filter(({ url }) => url !== undefined);
  const path = `${createHash('sha256').update(origin).digest('hex')}/checkpoint`;
  const answers = await Promise.allSettled(
    reachable.map(async (witness) => {
      const request = {
        url: `${prefixOf(witness)}/${path}`,
        method: 'GET',
        timeoutMs,
        maxBytes: MAX_ANSWER_BYTES,
      } as const;
      const { status, body } = await sendRequest(request, context);
      if (status === 404) return [];
      const note = status === 200 ? textOf(body) : undefined;
      if (note === undefined) throw refused(witness.url ?? '', status);
      return [note];
    }),
  );
  const failed = answers.find((answer) => answer.status === 'rejected');
  const notes = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  if (failed !== undefined && answers.every(({ status }) => status === 'rejected')) throw failed.reason;
  return notes;
}

function prefixOf({ url = '' }: PolicyWitness): string {
  return url.replace(/\/+$/, '');
}

function ahead({ url = '' }: PolicyWitness, what: string): AnchorError {
  return new AnchorError('ANCHOR_AHEAD', `The witness at ${hostOf(url)} ${what}.`, {
    hint: 'The log was cut back or forked. Keep it as it is, and run `countersign verify --witness-policy <file>`.',
  });
}

function invalid({ url = '' }: PolicyWitness, what: string): AnchorError {
  return new AnchorError('ANCHOR_ANSWER_INVALID', `The witness at ${hostOf(url)} answered ${what}.`, {
    hint: 'See whether the policy has the right key of this witness.',
  });
}
