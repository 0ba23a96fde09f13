/**
 * Edits of calls that wait in other processes. Where nothing of a call is redacted, what an approver is shown are its exact
 * arguments, and the keys of the deployment come to the same digest everywhere. What the edited call comes to is said by the process
 * in which it waits, before it runs it: only that one knows the tool and the policy.
 */

import {
  type ApprovalRecord,
  type Decision,
  DecisionInvalidError,
  type EditAssessment,
  type EditAssessor,
} from '@countersign/approval';
import {
  CountersignError,
  callDigest,
  canonicalJson,
  compareRisk,
  type JsonValue,
  normalise,
  revive,
} from '@countersign/core';
import type { ArgsSalt } from './args-salt.js';
import { type AssessedCall, type AssessmentParts, reassessCall, saltStatement } from './gate-call.js';
import type { Redactor } from './redact/redactor.js';
import { deniedByPolicy, mismatch, type Refusal } from './refusal.js';
import { showValue } from './shown-form.js';

/** What edits are made with where the call does not wait. */
export interface RemoteEditOptions {
  readonly find: (requestId: string) => Promise<ApprovalRecord | undefined>;
  readonly argsSalt: ArgsSalt;
  readonly redactor: Redactor;
}

/** Takes edits of requests that hide nothing; answers undefined for all others. */
export function createRemoteEdits({ find, argsSalt, redactor }: RemoteEditOptions): EditAssessor {
  return {
    assessEdit: async (requestId, editedArgs): Promise<EditAssessment | undefined> => {
      const record = await find(requestId);
      if (record === undefined || record.request.redacted) return undefined;
      const { run, callId, tool, toolDigest, policy, log } = record.request;
      const { json: args, bindable } = normalise(revive(editedArgs));
      if (!bindable) throw notHere(requestId, 'the edited arguments are beyond the limits');
      const shown = showValue(args, redactor, { tool, part: 'args' });
      if (shown.count > 0) throw notHere(requestId, 'the edited arguments hold a secret');
      const salt = argsSalt(saltStatement({ run, callId }, canonicalJson(args)));
      return {
        editedDigest: callDigest({ args, salt, log, callId, tool, toolDigest, policy }),
        editedArgs: shown.value,
      };
    },
  };
}

/** What became of an edit that was made in another process: the call to run, or why it must not run. */
export function adoptEdit(
  call: AssessedCall,
  { editedArgs, editedDigest }: Decision,
  parts: AssessmentParts,
): { readonly call: AssessedCall } | { readonly refusal: Refusal } {
  const edited = call.redacted || editedArgs === undefined ? undefined : reassess(call, editedArgs, parts);
  if (edited === undefined || edited.redacted || edited.subject.argsDigest !== editedDigest) {
    return {
      refusal: mismatch(
        call.subject,
        'its arguments were edited in another process, and do not have the digest that was approved',
      ),
    };
  }
  const { verdict, classification } = edited.subject;
  if (verdict.verdict === 'deny') return { refusal: deniedByPolicy(edited.subject) };
  if (compareRisk(classification.level, call.subject.classification.level) > 0) {
    return {
      refusal: mismatch(call.subject, `as edited it is of ${classification.level} risk, more than was asked for`),
    };
  }
  return { call: edited };
}

function reassess(call: AssessedCall, editedArgs: JsonValue, parts: AssessmentParts): AssessedCall | undefined {
  try {
    return reassessCall(call, revive(editedArgs), parts);
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return undefined;
  }
}

function notHere(requestId: string, why: string): DecisionInvalidError {
  return new DecisionInvalidError('DECISION_INVALID', `request ${requestId}: ${why}`, {
    hint: 'Edit where the call waits, or reject it and say what should be changed.',
  });
}
