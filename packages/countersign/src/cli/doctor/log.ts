/**
 * Checks of what a log holds: its settings, its newest checkpoint, calls without an outcome, approvals that wait.
 */

import { DEFAULT_MAX_LAG, type LogStore, purgeStatePath, readIdentity, readPurgeState } from '@countersign/audit';
import { parseCheckpoint, parseNote } from '@countersign/tlog';
import { describeEpoch } from '../epoch.js';
import { ageText, countText } from '../format/words.js';
import type { OpenedView } from '../open-view.js';
import { checkAnchors } from './anchors.js';
import { type Check, fail, failed, ok, warn } from './check.js';
import { checkMarkFile } from './files.js';
import { checkPolicy } from './policy.js';

/** All checks that read the log, in the order in which they are printed. */
export async function checkLog(opened: OpenedView): Promise<readonly Check[]> {
  const checks: readonly (readonly [name: string, check: (opened: OpenedView) => Promise<Check>])[] = [
    ['epoch', checkEpoch],
    ['mark', checkMark],
    ['anchors', checkAnchors],
    ['checkpoint', checkCheckpoint],
    ['policy', checkPolicy],
    ['settings', checkSettings],
    ['dangling calls', checkDangling],
    ['approvals', checkApprovals],
    ['retention', checkRetention],
    ['automatic purge', checkPurge],
  ];
  const results: Check[] = [];
  for (const [name, check] of checks) {
    results.push(await check(opened).catch((error: unknown) => failed(name, error, RUN_VERIFY)));
  }
  return results;
}

const RUN_VERIFY = 'Run `countersign verify` for the whole report.';

/** This many are counted; more are said to be more. */
const MAX_COUNTED = 1000;

async function checkEpoch({ store, files, environment }: OpenedView): Promise<Check> {
  const epoch = await describeEpoch(store, files.keyDir);
  if (epoch === undefined) return warn('epoch', 'the log has no entry that opens an epoch', RUN_VERIFY);
  const { number, since, notErased } = epoch;
  const text = `epoch ${number}, ${ageText(environment.nowUs() / 1000 - Date.parse(since))} old`;
  if (notErased.length > 0) {
    return warn(
      'epoch',
      `${text}; the private keys of sealed epochs are still there: ${notErased.join(', ')}`,
      `Delete their files in ${files.keyDir}: with them, entries of those epochs could be forged.`,
    );
  }
  if (epoch.keptIn === 'elsewhere') {
    return warn(
      'epoch',
      `${text}; its private key is not in ${files.keyDir}: nothing is rotated and erased there`,
      'A key from the environment has no forward security: whoever reads it can forge all that it signed. On a machine that only reads the log this is as it should be.',
    );
  }
  return ok('epoch', `${text}; no private key of an earlier one is left`);
}

async function checkMark({ mark, store }: OpenedView): Promise<Check> {
  const { size, checkpoint } = await store.head();
  return checkMarkFile(mark, { size, root: checkpointOf(checkpoint)?.root });
}

async function checkCheckpoint({ view, store, environment }: OpenedView): Promise<Check> {
  const { size, lastEntryAt } = await view.stats();
  const checkpoint = checkpointOf(await view.checkpoint());
  if (checkpoint === undefined)
    return fail('checkpoint', 'the newest checkpoint is not there or cannot be read', RUN_VERIFY);
  if (checkpoint.size !== size && (await isRemote(store))) return checkLag(checkpoint.size, size);
  if (checkpoint.size !== size) {
    return fail(
      'checkpoint',
      `the newest checkpoint is over ${checkpoint.size} entries, the log has ${size}`,
      RUN_VERIFY,
    );
  }
  const age = lastEntryAt === undefined ? '' : `, ${ageText(environment.nowUs() / 1000 - lastEntryAt.getTime())} old`;
  return ok('checkpoint', `over all ${countText(size, 'entry', 'entries')}${age}`);
}

/** Whether the identity's private key is kept elsewhere; a log that does not say so has it here. */
export async function isRemote(store: LogStore): Promise<boolean> {
  return (await readIdentity(store).catch(() => undefined))?.isRemote === true;
}

/** How far the signature of an identity that is kept elsewhere lies behind. */
function checkLag(signed: number, size: number): Check {
  const text = `the identity, whose key is kept elsewhere, has signed ${signed} of ${countText(size, 'entry', 'entries')}`;
  if (size - signed <= DEFAULT_MAX_LAG.maxEntries) return ok('checkpoint', text);
  return warn('checkpoint', text, 'See why the remote signer does not answer: past the bound no call begins.');
}

async function checkSettings({ store }: OpenedView): Promise<Check> {
  const problems = await store.inspect();
  if (problems.length === 0) return ok('settings', "schema, settings and the engine's own check are as they should be");
  return fail('settings', problems.map(({ code, message }) => `${code}: ${message}`).join(' '), RUN_VERIFY);
}

async function checkDangling({ view }: OpenedView): Promise<Check> {
  const { calls, nextCursor } = await view.query({ outcome: 'dangling', limit: MAX_COUNTED });
  if (calls.length === 0) return ok('dangling calls', 'none');
  const more = nextCursor === undefined ? '' : ' or more';
  return warn(
    'dangling calls',
    `${countText(calls.length, 'call')}${more} without an outcome, whose process is gone`,
    'See `countersign query --outcome dangling`: such a call may have done its work or not.',
  );
}

async function checkApprovals({ approvals, environment }: OpenedView): Promise<Check> {
  const records = await approvals.requests({ states: ['pending'], limit: MAX_COUNTED });
  const nowUs = environment.nowUs();
  const overdue = records.filter(({ request }) => request.expiresAtUs <= nowUs).length;
  if (overdue === 0) return ok('approvals', records.length === 0 ? 'none pending' : `${records.length} pending`);
  return warn(
    'approvals',
    `${records.length} pending, ${overdue} of them past their time`,
    'The process that asked is gone; such a request can no longer be approved.',
  );
}

async function checkRetention({ view }: OpenedView): Promise<Check> {
  const { policy, onRecord, holds, due } = await view.retention();
  const ages = `payloads ${countText(policy.payloadDays, 'day')}, entries ${countText(policy.entryDays, 'day')}`;
  const held = holds.length === 0 ? '' : `; ${countText(holds.length, 'hold')} in force`;
  const source = onRecord ? `the policy ${policy.profile} is on record` : 'no policy is on record, the defaults hold';
  const past = due.entries + due.payloads === 0 ? 'nothing is past its age' : dueText(due);
  return ok('retention', `${source}: ${ages}${held}; ${past}`);
}

function dueText({ entries, payloads, more }: { entries: number; payloads: number; more: boolean }): string {
  const parts = [
    ...(entries === 0 ? [] : [countText(entries, 'entry', 'entries')]),
    ...(payloads === 0 ? [] : [`the payloads of ${countText(payloads, 'entry', 'entries')}`]),
  ];
  return `${parts.join(' and ')}${more ? ' or more' : ''} are past their age`;
}

/** How long after its time a run is said to be missing: no process may have had the log open. */
const OVERDUE = 2;

async function checkPurge({ view, files, environment }: OpenedView): Promise<Check> {
  const state = readPurgeState(purgeStatePath(files.mark));
  const { lastPurge, due } = await view.retention();
  const nowMs = environment.nowUs() / 1000;
  const stated =
    lastPurge === undefined ? '' : `; the newest purge on record is ${ageText(nowMs - lastPurge.at.getTime())} old`;
  if (state === undefined) return ok('automatic purge', `has not run on this machine${stated}`);
  const { startedAtUs, finishedAtUs, everyMs, entries = 0, payloads = 0, error } = state;
  const sinceMs = nowMs - startedAtUs / 1000;
  const ran = `last ran ${ageText(sinceMs)} ago`;
  if (error !== undefined && error !== 'INTERRUPTED') {
    return warn('automatic purge', `${ran} and failed (${error})${stated}`, RUN_VERIFY);
  }
  if (finishedAtUs === undefined || error !== undefined) {
    return ok(
      'automatic purge',
      `${ran}, and is under way or was interrupted; it goes on while a process has the log open${stated}`,
    );
  }
  const isOverdue = sinceMs > OVERDUE * everyMs && due.entries + due.payloads > 0;
  const removed = `${countText(entries, 'entry', 'entries')} and ${countText(payloads, 'payload')} removed`;
  const nextMs = everyMs - sinceMs;
  const next = nextMs > 0 ? `; next in ${ageText(nextMs)}` : '; next when a process has the log open';
  if (!isOverdue) return ok('automatic purge', `${ran}: ${removed}${next}${stated}`);
  return warn(
    'automatic purge',
    `${ran}, and things are past their age${stated}`,
    'It runs while a process has the log open: run `countersign purge`, or see whether it is off in the configuration.',
  );
}

function checkpointOf(note: string): { readonly size: number; readonly root: string } | undefined {
  try {
    const { size, root } = parseCheckpoint(parseNote(note).text);
    return { size, root: Buffer.from(root).toString('base64') };
  } catch {
    // Whatever is wrong with it, it is no checkpoint: `verify` says more.
    return undefined;
  }
}
