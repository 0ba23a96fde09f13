/**
 * The approver who answers where there is no terminal: a fixed judgement on each request, by what it shows.
 */

import { type ApprovalRequest, type Channel, createScriptedChannel, type DecisionInput } from '@countersign/approval';
import { isJsonObject } from '@countersign/core';

/** A channel that decides by the arguments shown: it approves, rejects with a reason, edits, and approves similar calls. */
export function createScriptedApprover(): Channel {
  return createScriptedChannel((request) => ({
    approver: { kind: 'person', id: 'scripted-approver' },
    ...judge(request),
  }));
}

type Judgement = Omit<DecisionInput, 'approver'>;

function judge(request: ApprovalRequest): Judgement {
  const text = shownText(request);
  const found = JUDGEMENTS.find(([pattern]) => pattern.test(text));
  return found === undefined ? { decision: 'rejected', reason: 'Nobody expected this call.' } : found[1];
}

const JUDGEMENTS: readonly (readonly [RegExp, Judgement])[] = [
  [
    /^DELETE FROM sessions WHERE expired/,
    { decision: 'approved', reason: 'Expired sessions may go.', remember: { uses: 5 } },
  ],
  [/^DELETE FROM sessions/, { decision: 'approved' }],
  [
    /^DROP TABLE invoices/,
    {
      decision: 'approved',
      reason: 'Only the void ones.',
      editedArgs: { sql: "DELETE FROM invoices WHERE status = 'void'" },
    },
  ],
  [
    /^rm -rf data/,
    {
      decision: 'rejected',
      reason: 'The exports are needed until Friday.',
      messageForModel: 'Keep data/: it is needed until Friday.',
    },
  ],
  [/\/customers\/3$/, { decision: 'approved' }],
  [/\/deployments$/, { decision: 'approved', reason: 'The deployment is due.' }],
  [/install\.sh \| sh$/, { decision: 'approved', reason: 'The script was read; it only prints a line.' }],
  [/^git push --force/, { decision: 'rejected', reason: 'Never by force to main.' }],
  [/^notes\//, { decision: 'approved' }],
];

/** The argument that matters: the command, the statement, the address or the path. */
function shownText({ args }: ApprovalRequest): string {
  if (!isJsonObject(args)) return '';
  const value = args.command ?? args.sql ?? args.url ?? args.path;
  return typeof value === 'string' ? value : '';
}
