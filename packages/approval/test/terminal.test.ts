import { PassThrough } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createTerminalChannel, type EditAssessment, type RequestDraft } from '@countersign/approval';
import { sampleDigest, sampleRequest } from '@countersign/approval/testing';
import { describe, expect, it } from 'vitest';
import { formatQuestion, formatRequest } from '../src/channels/terminal-view.js';
import { ADA, createWorld, REJECT, turns } from './support.js';

const QUESTION = 'approve [s]imilar > ';
const CRITICAL_QUESTION = '[a]pprove, [r]eject, [t]ell the agent, answer [i]n its place, [e]dit > ';

describe('the terminal prompt', () => {
  it('shows the request and approves it', async () => {
    const { approvals, draft, type, shown } = createScreen();
    const asked = approvals.ask(draft());
    await shown(QUESTION);
    const screen = await shown('/work/a.txt');
    for (const part of [
      'delete_file',
      'DESTRUCTIVE',
      'Deletes a file. [filesystem.delete]',
      'session-1',
      'agent builder',
    ]) {
      expect(screen).toContain(part);
    }
    expect(screen).toMatch(
      /Arguments +\d+ bytes of JSON, shown in full\n\{\n {2}"list": \[\n[^}]*\}[^}]*"path": "\/work\/a.txt"/,
    );
    type('a');
    expect((await asked).decision).toMatchObject({ decision: 'approved', approver: ADA, channel: 'terminal' });
    await shown('Approved.');
  });

  it('rejects with a reason', async () => {
    const { approvals, draft, type, shown } = createScreen();
    const asked = approvals.ask(draft());
    await shown(QUESTION);
    type('r');
    await shown('Reason');
    type('  Not this folder.  ');
    expect((await asked).decision).toMatchObject({ decision: 'rejected', reason: 'Not this folder.' });
  });

  it('rejects with a message for the agent, and goes back where none was typed', async () => {
    const { approvals, draft, type, shown } = createScreen();
    const asked = approvals.ask(draft());
    await shown(QUESTION);
    type('t');
    await shown('what the agent is told');
    type('');
    await turns();
    type('t', 'Ask for one file.');
    expect((await asked).decision).toMatchObject({ decision: 'rejected', messageForModel: 'Ask for one file.' });
  });

  it("answers in the tool's place", async () => {
    const { approvals, draft, type, shown } = createScreen();
    const asked = approvals.ask(draft());
    await shown(QUESTION);
    type('i');
    await shown("The tool's answer as JSON");
    type('{ "deleted":', '0 }', '');
    expect((await asked).decision).toMatchObject({ decision: 'rejected', respondWith: { deleted: 0 } });
    await shown('Answered in its place.');
  });

  it('asks again for an empty line and for anything else', async () => {
    const { approvals, draft, type, shown } = createScreen();
    const asked = approvals.ask(draft());
    await shown(QUESTION);
    type('');
    await shown('one of the letters');
    type('yes');
    await shown(QUESTION);
    await turns();
    expect((await approvals.pending()).length).toBe(1);
    type('REJECT');
    await shown('Reason');
    type('');
    const { decision } = await asked;
    expect(decision?.decision).toBe('rejected');
    expect(decision?.reason).toBeUndefined();
  });

  it('approves similar calls and says beforehand what they are', async () => {
    const { approvals, draft, type, shown } = createScreen();
    const asked = approvals.ask(draft({ args: { path: '/work/a.txt' } }));
    expect(await shown(QUESTION)).toContain(
      'delete_file in this session, /path under "/work", for no other reason; up to 20 times within 60 minutes',
    );
    type('s');
    expect((await asked).decision?.grantId).toBeDefined();
    expect((await approvals.grants())[0]).toMatchObject({ session: 'session-1', uses: 20 });
  });

  it('takes edited arguments over several lines, once they are JSON', async () => {
    const edits = {
      assessEdit: async (_: string, editedArgs: EditAssessment['editedArgs']): Promise<EditAssessment> => ({
        editedDigest: sampleDigest('E'),
        editedArgs,
        risk: 'moderate',
        verdict: 'allow',
      }),
    };
    const { approvals, draft, type, shown } = createScreen({ edits });
    const asked = approvals.ask(draft());
    await shown(QUESTION);
    type('e');
    await shown('json > ');
    type('{ "path": }', '');
    await shown('That is not JSON');
    type('{ "path":', '  "/work/c.txt" }', '');
    expect((await asked).decision).toMatchObject({ editedArgs: { path: '/work/c.txt' }, editedRisk: 'moderate' });
  });

  it('goes back from an edit that was not typed, and asks again after one that is refused', async () => {
    const { approvals, draft, type, shown, screen } = createScreen();
    const asked = approvals.ask(draft());
    await shown(QUESTION);
    type('e');
    await shown('json > ');
    type('');
    await turns();
    expect(screen().endsWith(QUESTION)).toBe(true);
    type('e', '{}', '');
    await shown('cannot be edited in this process');
    type('a');
    expect((await asked).state).toBe('approved');
  });

  it('wants the name of the tool typed before it approves a critical call, and never remembers one', async () => {
    const { approvals, draft, type, shown } = createScreen();
    const asked = approvals.ask(draft({ risk: 'critical' }));
    expect(await shown(CRITICAL_QUESTION)).not.toContain('imilar');
    type('s');
    await shown('never remembered');
    type('a');
    await shown('Type the name of the tool');
    type('yes');
    await shown('nothing was approved');
    expect((await approvals.pending()).length).toBe(1);
    type('a', 'delete_file');
    expect((await asked).state).toBe('approved');
    expect(await approvals.grants()).toEqual([]);
  });

  it('rejects when the input ends, whether the prompt is open, queued, or comes later', async () => {
    const { approvals, draft, input, shown } = createScreen();
    const open = approvals.ask(draft({ id: 'r-1' }));
    const queued = approvals.ask(draft({ id: 'r-2' }));
    await shown(QUESTION);
    input.end();
    expect((await open).decision).toMatchObject({ decision: 'rejected', reason: 'input closed' });
    expect((await queued).decision).toMatchObject({ decision: 'rejected', reason: 'input closed' });
    const later = approvals.ask(draft({ id: 'r-3' }));
    expect((await later).decision).toMatchObject({ decision: 'rejected', reason: 'input closed' });
  });

  it('says that a request was settled elsewhere and goes on with the next, skipping what no longer waits', async () => {
    const { approvals, draft, type, shown, screen } = createScreen();
    const asked = ['r-1', 'r-2', 'r-3'].map((id) => approvals.ask(draft({ id })));
    await shown(QUESTION);
    await approvals.decide('r-2', REJECT);
    await approvals.decide('r-1', REJECT);
    await shown('no longer waits');
    await shown('r-3');
    type('a');
    expect((await Promise.all(asked)).map((record) => record.state)).toEqual(['rejected', 'rejected', 'approved']);
    expect(screen()).not.toContain('r-2');
  });

  it('does not take what was typed for one request as the answer to the next', async () => {
    const { approvals, draft, type, shown } = createScreen();
    const first = approvals.ask(draft({ id: 'r-1' }));
    const second = approvals.ask(draft({ id: 'r-2' }));
    await shown(QUESTION);
    type('a', 'a', 'a');
    expect((await first).state).toBe('approved');
    await shown('r-2');
    await turns();
    expect((await approvals.pending()).map((request) => request.id)).toEqual(['r-2']);
    type('a');
    expect((await second).state).toBe('approved');
  });

  it('does not take what was typed before anything was asked as an answer', async () => {
    const { approvals, draft, type, shown } = createScreen();
    type('a', 's');
    const asked = approvals.ask(draft());
    await shown(QUESTION);
    await turns();
    expect((await approvals.pending()).length).toBe(1);
    type('r', 'No.');
    expect((await asked).decision?.reason).toBe('No.');
  });

  it('reports itself as failed where its approver is the requester', async () => {
    const { approvals, draft, type, shown } = createScreen();
    const failures: string[] = [];
    approvals.on('channel-failed', (failure) => failures.push(failure.source));
    const asked = approvals.ask(draft({ requester: ADA }));
    await shown(QUESTION);
    type('a');
    await turns();
    expect(failures).toEqual(['terminal']);
    await approvals.decide(draft().id, { ...REJECT, approver: { kind: 'person', id: 'bob' } });
    await asked;
  });

  it('closes with the service and leaves the request pending', async () => {
    const { approvals, draft, shown, store } = createScreen();
    const failed = expect(approvals.ask(draft())).rejects.toMatchObject({ code: 'APPROVALS_CLOSED' });
    await shown(QUESTION);
    await approvals.close();
    await failed;
    await turns();
    expect((await store.request(draft().id))?.state).toBe('pending');
  });
});

describe('what the terminal shows', () => {
  it('writes out every character that cannot be seen or that changes how others are seen', () => {
    const request = sampleRequest({
      tool: 'delete\u202efile',
      requester: { kind: 'bot\u200f', id: 'x' },
      reasons: [{ id: 'x', level: 'destructive', text: 'a\nb\u001b[2J', alternative: 'c\u200bd' }],
      args: { 'k\u2066': 'one\u001b[31m two\u0085\u00a0\u{e0041}\ufe0f three\nfour' },
    });
    const text = formatRequest(request, { color: false });
    expect(text).toContain('delete\\u{202e}file');
    expect(text).toContain('a\\u{a}b\\u{1b}[2J [x] Safer: c\\u{200b}d');
    expect(text).toContain('"k\\u{2066}": "one\\u001b[31m two\\u{85}\\u{a0}\\u{e0041}\\u{fe0f} three\\nfour"');
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
  });

  it('leaves letters of every language as they are', () => {
    expect(formatRequest(sampleRequest({ args: ['Ünï', '日本', 'العربية', 'é'] }), { color: false })).toContain(
      '"العربية"',
    );
  });

  it('shows long arguments in full, their size, and that secrets were replaced', () => {
    const long = 'x'.repeat(100_000);
    const text = formatRequest(sampleRequest({ args: { long }, redacted: true }), { color: false });
    expect(text).toContain(long);
    expect(text).toContain('100011 bytes of JSON, shown in full; secrets are replaced by markers');
  });

  it('colours only when it is told to', () => {
    expect(formatRequest(sampleRequest(), { color: true })).toContain('\u001b[33;1mDESTRUCTIVE\u001b[0m');
    expect(formatRequest(sampleRequest(), { color: false })).not.toContain('\u001b');
  });

  it('says where a grant would hold in every session, and which arguments it would leave open', () => {
    const { session: _, ...request } = sampleRequest({ args: { command: 'rm -r build', cwd: 'a', 'a/text': 'b c' } });
    expect(formatRequest(request, { color: false })).toContain(
      'delete_file in every session, /command beginning with "rm ", /cwd being "a", any /a~1text, for no other reason; up to',
    );
    expect(formatRequest(sampleRequest({ args: ['x'] }), { color: false })).toContain(
      'delete_file in this session, all of them being ["x"], for no other reason;',
    );
  });

  it('names the tool and the risk again after the arguments, which may look like another request', () => {
    expect(formatQuestion(sampleRequest({ tool: 'delete\u202efile' }))).toMatch(
      /^delete\\u\{202e\}file \(destructive\): \[a\]pprove/,
    );
  });
});

/** A service with a terminal channel over streams. */
function createScreen(options: Parameters<typeof createWorld>[0] = {}) {
  const input = new PassThrough();
  const output = new PassThrough();
  let text = '';
  let from = 0;
  output.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8');
  });
  const world = createWorld({ ...options, channels: [createTerminalChannel({ input, output, approver: ADA })] });
  return {
    ...world,
    draft: (over: Partial<RequestDraft> = {}) => world.draft(over),
    input,
    screen: () => text,
    type: (...lines: string[]) => {
      from = text.length;
      input.write(lines.map((line) => `${line}\n`).join(''));
    },
    /** Waits until `part` has appeared since the last typing; answers all of the screen. */
    shown: async (part: string): Promise<string> => {
      for (let turn = 0; turn < 1_000 && !text.slice(from).includes(part); turn += 1) await nextTurn();
      if (!text.slice(from).includes(part)) throw new Error(`never shown: ${part}\n${text}`);
      return text;
    },
  };
}
