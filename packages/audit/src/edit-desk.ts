/**
 * Where the calls that wait for approval in this process lie, with their exact arguments: the one place that can say
 * what an approver's edit comes to. The gate lays calls here; `Approvals` asks through the `EditAssessor` port.
 */

import type { EditAssessment, EditAssessor } from '@countersign/approval';
import { canonicalJson, type JsonValue, normalise, revive } from '@countersign/core';
import { type AssessedCall, type AssessmentParts, type ExactArguments, reassessCall } from './gate-call.js';

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

  async assessEdit(requestId: string, editedArgs: JsonValue): Promise<EditAssessment | undefined> {
    const waiting = this.#waiting.get(requestId);
    if (waiting === undefined || this.#parts === undefined) return undefined;
    const exact = this.#exactOf(waiting.call, editedArgs, this.#parts);
    const edited = reassessCall(waiting.call, exact, this.#parts);
    const { argsDigest, args, classification, verdict } = edited.subject;
    // Without a digest there is nothing that a decision could bind to.
    if (argsDigest === undefined) return undefined;
    waiting.edits.set(argsDigest, edited);
    return { editedDigest: argsDigest, editedArgs: args, risk: classification.level, verdict: verdict.verdict };
  }

  /** The edit with its markers turned back into the secrets that they stand for. */
  #exactOf(call: AssessedCall, editedArgs: JsonValue, parts: AssessmentParts): ExactArguments {
    const restored = parts.redactor.restore(editedArgs, JSON.parse(call.exact.text));
    // What was typed is the log's form of a value: read it back and normalise it, so that odd tags mean what they say.
    const normalised = normalise(revive(restored));
    return { text: canonicalJson(normalised.json), bindable: normalised.bindable };
  }
}
