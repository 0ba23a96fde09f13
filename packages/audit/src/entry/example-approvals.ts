/** The example entries of requests for approval. Pure. */

import { formatVerifierKey } from '@countersign/tlog';
import { verifierKeyOf } from '../keys/private-key.js';
import type { ExampleEntries } from './example.js';
import { CALL, common, digest, id, judged, keyOf, PERSON, REFERENCE, signature } from './example-parts.js';

/** The examples of what happens to a request. */
export function approvalExamples(): Pick<
  ExampleEntries,
  'approval-requested' | 'approval-decided' | 'approval-withdrawn' | 'approval-escalated' | 'approval-expired'
> {
  const request = { request: id('request'), argsDigest: digest('arguments') };
  return {
    'approval-requested': {
      ...common('approval-requested', ['args', 'reasons']),
      kind: 'approval-requested',
      ...request,
      ...CALL,
      ...judged(),
      rule: 'critical-needs-approval',
      redacted: true,
      expiresAt: '2026-11-21T06:16:00.000000Z',
      needs: {
        quorum: 2,
        roles: ['lead'],
        approvers: ['grace'],
        reason: 'both',
        escalateTo: ['director'],
        escalateUs: 600_000_000,
      },
    },
    'approval-decided': {
      ...common('approval-decided', ['editedArgs', 'message', 'reason']),
      kind: 'approval-decided',
      ...request,
      ...REFERENCE,
      decision: 'approved',
      decisionBy: PERSON.id,
      approver: PERSON,
      attestation: 'ed25519',
      channel: 'terminal',
      editedDigest: digest('edited arguments'),
      editedRisk: 'destructive',
      grant: id('grant'),
      signature: signature('decision'),
      signedAt: '2026-11-21T06:11:00.000000Z',
      key: formatVerifierKey(verifierKeyOf('approver/ada-2026', keyOf('approver'))),
      onBehalfOf: { kind: 'person', id: 'grace@example.com' },
      delegation: id('delegation'),
    },
    'approval-withdrawn': {
      ...common('approval-withdrawn'),
      kind: 'approval-withdrawn',
      ...request,
      ...REFERENCE,
      approver: PERSON,
    },
    'approval-escalated': {
      ...common('approval-escalated'),
      kind: 'approval-escalated',
      ...request,
      ...REFERENCE,
      roles: ['director'],
      expiresAt: '2026-11-21T06:26:00.000000Z',
    },
    'approval-expired': {
      ...common('approval-expired'),
      kind: 'approval-expired',
      ...request,
      ...REFERENCE,
      cause: 'timeout',
    },
  };
}
