/** What `countersign grants list`, `show` and `revoke` do. */

import { ApprovalNotFoundError, explainDeadGrant } from '@countersign/approval';
import { z } from 'zod';
import { formatGrant, formatGrants, grantJson } from '../format/grants.js';
import { jsonLine, jsonText } from '../format/json.js';
import { createPalette } from '../format/palette.js';
import { visible } from '../format/visible.js';
import { type CliIo, mayColor, note, print, widthOf } from '../io.js';
import { withView } from '../open-view.js';
import { commonSchema, parseOptions } from '../options.js';
import { withApprovals } from '../with-approvals.js';
import { revokeSchema } from './approvers.js';
import { approverNamed } from './decide.js';

/** Prints the grants. */
export async function runGrantsList(io: CliIo, input: unknown): Promise<void> {
  const options = parseOptions(listSchema, input);
  const { records, nowUs } = await withView(io, options, async ({ approvals, environment }) => {
    const now = environment.nowUs();
    const all = await approvals.grants();
    const live = all.filter((record) => explainDeadGrant(record, now) === undefined);
    return { nowUs: now, records: options.all === true ? all : live };
  });
  if (options.jsonl) return print(io, records.map((record) => jsonLine(grantJson(record, nowUs))).join(''));
  if (options.json) {
    return print(io, jsonText({ grants: records.map((record) => grantJson(record, nowUs)) }, options));
  }
  if (records.length === 0) {
    if (!options.quiet)
      note(io, options.all === true ? 'No approval was ever remembered.' : 'No approval is remembered.');
    return;
  }
  const palette = createPalette(mayColor(io, io.stdout, options));
  await print(io, formatGrants(records, { palette, width: widthOf(io.stdout), nowUs }));
}

/** Prints one grant, dead or alive. */
export async function runGrantsShow(io: CliIo, id: string, input: unknown): Promise<void> {
  const options = parseOptions(commonSchema, input);
  const { record, nowUs } = await withView(io, options, async ({ approvals, environment }) => ({
    record: await approvals.grant(id),
    nowUs: environment.nowUs(),
  }));
  if (record === undefined) throw unknownGrant(id);
  const json = options.json || options.jsonl;
  await print(io, json ? jsonText(grantJson(record, nowUs), options) : formatGrant(record, nowUs));
}

/** Ends a grant. */
export async function runGrantsRevoke(io: CliIo, id: string, input: unknown): Promise<void> {
  const options = parseOptions(revokeSchema, input);
  const { reason, by } = options;
  const revoker = approverNamed(by);
  await withApprovals(io, options, async ({ approvals }) => {
    const isKnown = (await approvals.grantRecords()).some(({ grant }) => grant.id === id);
    if (!isKnown) throw unknownGrant(id);
    await approvals.revoke(id, { by: revoker, ...(reason !== undefined && { reason }) });
  });
  const text = `Revoked: ${visible(id)}. It answers no call any more.\n`;
  await print(io, options.json || options.jsonl ? jsonText({ grant: id, state: 'revoked' }, options) : text);
}

const listSchema = commonSchema.extend({ all: z.boolean().optional() });

function unknownGrant(id: string): ApprovalNotFoundError {
  return new ApprovalNotFoundError('GRANT_NOT_FOUND', `No grant has the id ${visible(id)}.`, {
    hint: 'List them with `countersign grants list --all`.',
  });
}
