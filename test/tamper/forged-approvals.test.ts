/**
 * Rows of approvals, changed by somebody who can write to the database and has no keys, while a call waits: no row lets a tool
 * run that its signed entries do not.
 */

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type ApprovalRequest, createScriptedChannel, type DecisionInput } from '@countersign/approval';
import { canonicalJson, isJsonObject, type JsonObject, parseJson } from '@countersign/core';
import { type Countersign, openCountersign } from 'countersign';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from './log-file.js';
import { openRaw } from './raw-sqlite.js';

const ada = { kind: 'person', id: 'ada' } as const;
const APPROVE: DecisionInput = { decision: 'approved', approver: ada };
const REMEMBER: DecisionInput = { ...APPROVE, remember: {} };

let folder: ReturnType<typeof temporaryFolder>;
const open: Countersign[] = [];
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(async () => {
  for (const cs of open.splice(0)) await cs.close();
  folder.remove();
});

async function openHere(decide: (request: ApprovalRequest) => DecisionInput | undefined): Promise<Countersign> {
  const cs = await openCountersign({
    path: join(folder.path, 'log.db'),
    keyDir: join(folder.path, 'keys'),
    markFile: join(folder.path, 'mark'),
    session: 'release',
    channels: [createScriptedChannel(decide)],
    warn: () => undefined,
  });
  open.push(cs);
  return cs;
}

/** The tool under attack, and how often it ran. */
function toolOf(cs: Countersign) {
  const ran: string[] = [];
  const deleteFolder = cs.withAudit(async function deleteFolder(path: string) {
    ran.push(path);
    return 'gone';
  });
  return { deleteFolder, ran };
}

function withRows(change: (db: ReturnType<typeof openRaw>) => void): void {
  const db = openRaw(join(folder.path, 'log.db'));
  try {
    change(db);
  } finally {
    db.close();
  }
}

type Table = 'approval_requests' | 'approval_grants';

function changeRow(table: Table, id: string, change: (row: JsonObject) => JsonObject): void {
  withRows((db) => {
    const text = canonicalJson(change(rowOf(db, table, id)));
    db.prepare(`UPDATE ${table} SET record = ? WHERE id = ?`).run(text, id);
  });
}

function rowOf(db: ReturnType<typeof openRaw>, table: Table, id: string): JsonObject {
  const [found] = db.prepare(`SELECT record FROM ${table} WHERE id = ?`).all(id);
  const row = parseJson(String(Object.values(Object(found))[0]));
  return member({ row }, 'row');
}

function member(parent: JsonObject, name: string): JsonObject {
  const value = parent[name];
  if (value === undefined || !isJsonObject(value)) throw new TypeError(`no object ${name}`);
  return value;
}

function approvedByHand(row: JsonObject, id: string): JsonObject {
  const at = member(row, 'request').requestedAtUs ?? 0;
  const decision = { requestId: id, decision: 'approved', approver: ada, attestation: 'server', decidedAtUs: at };
  return { ...row, state: 'approved', version: 2, decision };
}

async function caught(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.unreachable('The call was expected to fail.'),
    (error: unknown) => error,
  );
}

/** The deployment that a person sits at, in place of another process. */
async function openDesk(): Promise<Countersign> {
  return openHere(() => undefined);
}

describe('an approval that was written into the database by hand', () => {
  it('does not run the tool, and the refusal is on record', async () => {
    const cs = await openHere(({ id }) => {
      changeRow('approval_requests', id, (row) => approvedByHand(row, id));
      return undefined;
    });
    const { deleteFolder, ran } = toolOf(cs);
    expect(await caught(deleteFolder('/work/build'))).toMatchObject({ code: 'APPROVAL_MISMATCH' });
    expect(ran).toEqual([]);
    expect((await cs.log.query()).calls).toMatchObject([{ tool: 'deleteFolder', outcome: 'refused' }]);
    const { integrity, findings } = await cs.log.verify({ key: cs.log.identityKey });
    expect(findings.map(({ code }) => code)).toEqual(['ROW_MISMATCH']);
    expect(integrity).toBe('failed');
  });

  it('does not run the tool with a forged entry to go with it', async () => {
    const desk = await openDesk();
    const cs = await openHere(({ id }) => {
      changeRow('approval_requests', id, (row) => approvedByHand(row, id));
      forgeEntry(id);
      return undefined;
    });
    // An entry of another writer, younger than the one that waits: the attacker makes it the decision.
    await desk.log.append({ kind: 'system-event', name: 'ping' });
    const { deleteFolder, ran } = toolOf(cs);
    expect(await caught(deleteFolder('/work/build'))).toMatchObject({ code: 'APPROVAL_MISMATCH' });
    expect(ran).toEqual([]);
  });

  it('is not decided on when its shown arguments are not those of the request', async () => {
    let asked: ((id: string) => void) | undefined;
    const waiting = new Promise<string>((resolve) => {
      asked = resolve;
    });
    const cs = await openHere(({ id }) => {
      asked?.(id);
      return undefined;
    });
    const { deleteFolder, ran } = toolOf(cs);
    const call = deleteFolder('/work/precious').catch((error: unknown) => error);
    const id = await waiting;
    changeRow('approval_requests', id, (row) => ({
      ...row,
      request: { ...member(row, 'request'), args: { path: '/tmp/rubbish' } },
    }));
    const desk = await openDesk();
    expect(await caught(desk.approvals.decide(id, APPROVE))).toMatchObject({ code: 'STORE_DAMAGED' });
    await cs.close();
    await call;
    expect(ran).toEqual([]);
  });
});

describe('a decision of another process', () => {
  it('runs the tool, whether the deciding one was opened before or after the request', async () => {
    for (const isBefore of [true, false]) {
      let desk = isBefore ? await openDesk() : undefined;
      const decide = async (id: string): Promise<void> => {
        desk ??= await openDesk();
        await desk.approvals.decide(id, APPROVE);
      };
      const decided: Promise<void>[] = [];
      const cs = await openHere(({ id }) => {
        decided.push(decide(id));
        return undefined;
      });
      const { deleteFolder, ran } = toolOf(cs);
      expect(await deleteFolder('/work/build')).toBe('gone');
      await Promise.all(decided);
      expect(ran).toEqual(['/work/build']);
      expect(await cs.log.verify({ key: cs.log.identityKey })).toMatchObject({ authority: 'ok', findings: [] });
    }
  });
});

describe('a grant', () => {
  it('answers in a process that was opened after it was issued, for as often as it says', async () => {
    const first = await openHere(() => ({ ...REMEMBER, remember: { uses: 2 } }));
    await toolOf(first).deleteFolder('/work/build');
    await first.close();
    const asked: string[] = [];
    const second = await openHere(({ id }) => {
      asked.push(id);
      return APPROVE;
    });
    const { deleteFolder } = toolOf(second);
    for (let i = 0; i < 3; i += 1) await deleteFolder('/work/build');
    expect(asked).toHaveLength(1);
    expect((await second.log.query()).calls.map(({ approvedBy }) => approvedBy)).toEqual([
      'ada',
      'similar_match',
      'similar_match',
      'ada',
    ]);
    expect(await second.log.verify({ key: second.log.identityKey })).toMatchObject({ authority: 'ok', findings: [] });
  });

  it('answers calls of two processes at once', async () => {
    const [first, second] = [await openHere(() => REMEMBER), await openHere(() => REMEMBER)];
    const [one, two] = [toolOf(first), toolOf(second)];
    await one.deleteFolder('/work/build');
    const calls = Array.from({ length: 8 }, (_, i) => (i % 2 === 0 ? one : two).deleteFolder('/work/build'));
    expect(await Promise.all(calls)).toEqual(Array.from({ length: 8 }, () => 'gone'));
    expect(await first.log.verify({ key: first.log.identityKey })).toMatchObject({ authority: 'ok', findings: [] });
  });

  it('answers nothing when its row was made wider, or unused, or live again, by hand', async () => {
    const attacks: readonly ((row: JsonObject) => JsonObject)[] = [
      (row) => ({ ...row, revoked: false, used: 0, version: 1 }),
      (row) => ({ ...row, revoked: false, version: 2 }),
      (row) => ({ ...row, revoked: false, used: 0, grant: { ...member(row, 'grant'), uses: 1000 } }),
    ];
    const cs = await openHere(() => ({ ...REMEMBER, remember: { uses: 2 } }));
    const { deleteFolder, ran } = toolOf(cs);
    await deleteFolder('/work/build');
    await deleteFolder('/work/build');
    const [grant] = await cs.approvals.grants();
    if (grant === undefined) throw new TypeError('a grant was expected');
    await cs.approvals.revoke(grant.id, { by: ada, reason: 'enough' });
    expect(ran).toHaveLength(2);
    for (const attack of attacks) {
      changeRow('approval_grants', grant.id, attack);
      expect(await caught(deleteFolder('/work/build'))).toMatchObject({ code: 'APPROVAL_MISMATCH' });
      const other = await openDesk();
      expect(await caught(toolOf(other).deleteFolder('/work/build'))).toMatchObject({ code: 'APPROVAL_MISMATCH' });
    }
    expect(ran).toHaveLength(2);
  });

  it('that no entry issued answers nothing', async () => {
    const cs = await openHere(() => ({ ...REMEMBER, remember: { uses: 1 } }));
    const { deleteFolder, ran } = toolOf(cs);
    await deleteFolder('/work/build');
    const [grant] = await cs.approvals.grants();
    if (grant === undefined) throw new TypeError('a grant was expected');
    const forged = '01234567-89ab-7def-8123-456789abcdef';
    withRows((db) => {
      const row = rowOf(db, 'approval_grants', grant.id);
      const text = canonicalJson({ ...row, grant: { ...member(row, 'grant'), id: forged, uses: 1000 } });
      db.prepare('DELETE FROM approval_grants').run();
      db.prepare('INSERT INTO approval_grants (id, record) VALUES (?, ?)').run(forged, text);
    });
    expect(await caught(deleteFolder('/work/build'))).toMatchObject({ code: 'APPROVAL_MISMATCH' });
    expect(ran).toHaveLength(1);
  });
});

/** Puts a decision in the place of the newest entry but one that is no request, with a hash to go with it. */
function forgeEntry(request: string): void {
  withRows((db) => {
    const row = rowOf(db, 'approval_requests', request);
    const { callId: call, run, argsDigest } = member(row, 'request');
    const [found] = db
      .prepare("SELECT idx, leaf FROM entries WHERE kind = 'system-event' ORDER BY idx DESC LIMIT 1")
      .all();
    const { idx, leaf }: { idx?: unknown; leaf?: unknown } = Object(found);
    const { v, log, index, prev, writer, writerSeq, id, time, totals } = member(
      { leaf: parseJson(String(leaf)) },
      'leaf',
    );
    const common = { v, log, index, prev, writer, writerSeq, id, time, totals, payload: {} };
    const decision = { request, call, run, argsDigest, decision: 'approved', decisionBy: 'ada', approver: ada };
    const members = { ...common, kind: 'approval-decided', ...decision, attestation: 'server' };
    const text = canonicalJson(parseJson(JSON.stringify(members)));
    const hash = createHash('sha256')
      .update(Buffer.from([0]))
      .update(text)
      .digest();
    db.prepare('UPDATE entries SET leaf = ?, leaf_hash = ? WHERE idx = ?').run(text, hash, idx);
  });
}
