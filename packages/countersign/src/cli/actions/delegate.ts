/** What `countersign approvers delegate` and `end-delegation` do. */

import {
  delegationStatement,
  type EnrolledApprover,
  openApproverKey,
  readApprovers,
  readDelegations,
} from '@countersign/audit';
import { compareRisk, createId, createSystemEnvironment, parseTime, RISK_LEVELS } from '@countersign/core';
import { z } from 'zod';
import { CommandError } from '../errors.js';
import { jsonText } from '../format/json.js';
import { visible } from '../format/visible.js';
import { type CliIo, print } from '../io.js';
import { commonSchema, parseOptions } from '../options.js';
import { withLog } from '../with-log.js';
import { globs, revokeSchema, untilSchema } from './approvers.js';
import { approverNamed } from './decide.js';

/** Lets somebody decide in the place of an approver on record. */
export async function runDelegate(
  io: CliIo,
  { delegator, delegate }: { readonly delegator: string; readonly delegate: string },
  input: unknown,
): Promise<void> {
  const options = parseOptions(delegateSchema, input);
  const { maxRisk, tool, session, until, reason } = options;
  const environment = createSystemEnvironment();
  const open = (file: string | undefined, name: string, create: boolean) =>
    file === undefined ? undefined : openApproverKey(file, { name, create, environment });
  const signer = await open(options.signKey, delegator, false);
  const key = await open(options.delegateKey, delegate, true);
  const delegation = createId(environment);
  const { index } = await withLog(io, options, async (log) => {
    const known = (await readApprovers(log.store)).find(({ approver }) => approver.id === delegator);
    checkDelegator(known, { ...options, isSigned: signer !== undefined });
    const members = {
      delegation,
      by: { kind: 'person', id: delegator },
      approver: { kind: 'person', id: delegate },
      ...(key !== undefined && { key: key.verifierKey }),
      ...(maxRisk !== undefined && { maxRisk }),
      ...(tool !== undefined && { tools: [...tool] }),
      ...(session !== undefined && { sessions: [...session] }),
      expiresAt: until,
    };
    const signature = signer?.sign(delegationStatement({ log: log.origin, ...members }));
    return log.append({
      kind: 'approver-delegated',
      ...members,
      ...(signature !== undefined && { signature }),
      ...(reason !== undefined && { payloads: { reason } }),
    });
  });
  const text = `On record: ${visible(delegate)} decides for ${visible(delegator)} until ${until} (delegation ${delegation}, entry ${index}).\n`;
  await print(io, options.json || options.jsonl ? jsonText({ delegation, delegator, delegate, index }, options) : text);
}

/** Ends a delegation. */
export async function runEndDelegation(io: CliIo, id: string, input: unknown): Promise<void> {
  const options = parseOptions(revokeSchema, input);
  const { reason, by } = options;
  const { index } = await withLog(io, options, async (log) => {
    const known = (await readDelegations(log.store)).find((delegation) => delegation.id === id);
    if (known === undefined) {
      throw new CommandError('ARGUMENT_INVALID', 'There is no delegation of this id.', {
        hint: 'List them with `countersign approvers list`.',
      });
    }
    return log.append({
      kind: 'delegation-revoked',
      delegation: id,
      by: { kind: 'person', id: approverNamed(by).id },
      ...(reason !== undefined && { payloads: { reason } }),
    });
  });
  const text = `Ended: delegation ${visible(id)} (entry ${index}).\n`;
  await print(io, options.json || options.jsonl ? jsonText({ delegation: id, index }, options) : text);
}

const delegateSchema = commonSchema.extend({
  reason: z.string().min(1).max(4096).optional(),
  maxRisk: z.enum(RISK_LEVELS, `expected one of ${RISK_LEVELS.join(', ')}`).optional(),
  tool: globs.optional(),
  session: globs.optional(),
  until: untilSchema,
  signKey: z.string().min(1).optional(),
  delegateKey: z.string().min(1).optional(),
});

/** What is wider than the delegator's own would be worth nothing: it is said at once. */
function checkDelegator(
  known: EnrolledApprover | undefined,
  { maxRisk, until, isSigned }: z.infer<typeof delegateSchema> & { readonly isSigned: boolean },
): void {
  if (known === undefined || known.revoked) throw refused('The delegator is not on record, or was revoked.');
  if (known.key !== undefined && !isSigned)
    throw refused('The delegator has a key, and has to sign the delegation: --sign-key.');
  const isRiskier = maxRisk !== undefined && known.maxRisk !== undefined && compareRisk(maxRisk, known.maxRisk) > 0;
  if (isRiskier) throw refused(`The delegator may decide up to ${known.maxRisk} risk.`);
  if (known.expiresAtUs !== undefined && parseTime(until) > known.expiresAtUs) {
    throw refused('The delegator may not decide for so long.');
  }
}

function refused(why: string): CommandError {
  return new CommandError('ARGUMENT_INVALID', why, {
    hint: 'Nobody hands on more than is theirs; `countersign approvers list` says what that is.',
  });
}
