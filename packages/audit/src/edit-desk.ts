/**
 * Where the calls that wait for approval in this process lie, with their exact arguments: the one place that can say
 * what an approver's edit comes to. The gate lays calls here; `Approvals` asks through the `EditAssessor` port.
 */

import { DecisionInvalidError, type EditAssessment, type EditAssessor } from '@countersign/approval';
import { type JsonValue, revive } from '@countersign/core';
import { type AssessedCall, type AssessmentParts, reassessCall } from './gate-call.js';

/** How many edits of one request are remembered; of more, the oldest are forgotten and cannot be approved any more. */
export const MAX_EDITS = 32;

/** Calls that wait, by request id. */
export class EditDesk implements EditAssessor {
  readonly #waiting = new Map<string, { readonly call: AssessedCall; readonly edits: Map<string, AssessedCall> }>();
  #parts: AssessmentParts | undefined;

  /** Says what edits are assessed with; the gate does so when it is made. */
  use(parts: AssessmentParts): void {
    this.#parts = parts;
  }

  /** Lays a call here while its request waits. */
  lay(requestId: string, call: AssessedCall): void {
    this.#waiting.set(requestId, { call, edits: new Map() });
  }

  /** Takes the call away again; answers the edited call for the digest that was approved, if there was an edit. */
  take(requestId: string, editedDigest: string | undefined): AssessedCall | undefined {
    const waiting = this.#waiting.get(requestId);
    this.#waiting.delete(requestId);
    return editedDigest === undefined ? undefined : waiting?.edits.get(editedDigest);
  }

  /**
   * What an edit comes to; undefined when the request does not wait here.
   * @throws RedactError when its markers cannot be turned back, ReviveError for tagged forms that mean nothing,
   * DecisionInvalidError DECISION_INVALID for arguments beyond the limits. The request still waits then.
   */
  async assessEdit(requestId: string, editedArgs: JsonValue): Promise<EditAssessment | undefined> {
    const waiting = this.#waiting.get(requestId);
    if (waiting === undefined || this.#parts === undefined) return undefined;
    const { call, edits } = waiting;
    // What was typed is the log's form of a value: it is read back and normalised again, so that odd tags mean what they say.
    const subject = { tool: call.subject.tool.name, part: 'args' } as const;
    const restored = this.#parts.redactor.restore(editedArgs, JSON.parse(call.exact.text), subject);
    const edited = reassessCall(call, revive(restored), this.#parts);
    const { argsDigest, args, classification, verdict } = edited.subject;
    if (argsDigest === undefined) throw tooLarge(requestId);
    edits.set(argsDigest, edited);
    const [oldest] = edits.keys();
    if (edits.size > MAX_EDITS && oldest !== undefined) edits.delete(oldest);
    return { editedDigest: argsDigest, editedArgs: args, risk: classification.level, verdict: verdict.verdict };
  }
}

/** Without a digest there is nothing that a decision could bind to. */
function tooLarge(requestId: string): DecisionInvalidError {
  return new DecisionInvalidError(
    'DECISION_INVALID',
    `request ${requestId}: the edited arguments are beyond the limits`,
    {
      hint: 'Edit less, or reject the call.',
    },
  );
}
