/**
 * Calls as one JSON document.
 */

import type { AuditedCall } from '../call-view.js';

/** What the document says of itself, before the calls. */
export interface CallsDocument {
  readonly log: string;
  readonly session?: string;
  /** The newest checkpoint, so that the document can be tied to a state of the log. */
  readonly checkpoint: string;
}

/** The document in pieces: its head, one piece for each call, its end. */
export async function* callsJson(
  calls: AsyncIterable<AuditedCall>,
  about: CallsDocument,
): AsyncGenerator<string, void, undefined> {
  const head = JSON.stringify({ format: 'countersign-calls', version: 1, ...about });
  yield `${head.slice(0, -1)},"calls":[`;
  let separator = '\n';
  for await (const call of calls) {
    yield `${separator}${JSON.stringify(call)}`;
    separator = ',\n';
  }
  yield '\n]}\n';
}
