/** A second opinion: who is asked, what it may change, and what is on record. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JudgeOpinion, JudgeQuestion } from '../src/index.js';
import type { Countersign, CountersignOptions } from '../src/open-countersign.js';
import { createTestHome, openTestLog, type TestHome } from './cli-support.js';

let home: TestHome;
const open: Countersign[] = [];
beforeEach(() => {
  home = createTestHome();
});
afterEach(async () => {
  for (const cs of open.splice(0)) await cs.close();
  home.remove();
});

async function openWith(options: CountersignOptions, policy = 'version: 1\n'): Promise<Countersign> {
  const path = join(home.path, 'policy.yaml');
  writeFileSync(path, policy);
  const cs = await openTestLog(home, { policy: path, watchPolicy: false, ...options });
  open.push(cs);
  return cs;
}

/** A tool whose name says nothing: moderate, and the classifier is unsure. */
const UNSURE = 'frobnicate';

async function callOnce(cs: Countersign, args: object = { text: 'hello' }, tool = UNSURE) {
  const tools = cs.withAudit({ [tool]: async (given: object) => ({ given }) });
  await tools[tool]?.(args);
  const { calls } = await cs.log.query({ tool });
  const opinions = await cs.log.entries({ kind: 'judge-opinion' });
  return {
    risk: calls[0]?.risk,
    decision: calls[0]?.decision,
    reasons: calls[0]?.reasons.map(({ id }) => id),
    opinions: opinions.map(({ entry, payloads }) => ({ ...entry, reason: payloads.get('reason') })),
  };
}

const LOWERING = 'version: 1\njudge: { mayLower: true }\n';

describe('a judge', () => {
  test('raises a level: the call waits for a person, and the opinion is an entry of its own', async () => {
    const cs = await openWith({
      judge: { name: 'model-x', ask: () => ({ level: 'destructive', reason: 'It wipes.' }) },
    });
    const { risk, decision, reasons, opinions } = await callOnce(cs);
    expect({ risk, decision }).toEqual({ risk: 'destructive', decision: 'approved' });
    expect(reasons).toContain('judge.raised');
    expect(opinions).toMatchObject([
      { judge: 'model-x', level: 'destructive', previous: 'moderate', reason: 'It wipes.' },
    ]);
    const report = await cs.log.verify();
    expect(report).toMatchObject({ integrity: 'ok', authority: 'ok' });
  });

  test('lowers to safe only where the policy lets it', async () => {
    const judge = () => ({ level: 'safe' }) as const;
    const kept = await callOnce(await openWith({ judge }));
    expect(kept).toMatchObject({ risk: 'moderate', opinions: [{ level: 'safe', previous: 'moderate' }] });
    for (const cs of open.splice(0)) await cs.close();
    const lowered = await callOnce(await openWith({ judge }, LOWERING));
    expect(lowered).toMatchObject({ risk: 'safe', reasons: expect.arrayContaining(['judge.lowered']) });
  });

  test.each([
    [
      'a rule of the policy says moderate',
      `${LOWERING}rules:\n  - { id: a, match: { tool: '*' }, level: moderate, reason: Odd. }\n`,
      { text: 'x' },
    ],
    ['text misleads', LOWERING, { text: 'pay\u202eyap' }],
  ])('does not lower where %s', async (_what, policy, args) => {
    const cs = await openWith({ judge: () => ({ level: 'safe' }) }, policy);
    expect(await callOnce(cs, args)).toMatchObject({ risk: 'moderate' });
  });

  test('is asked about moderate calls of which the classifier is unsure, and no other', async () => {
    const asked: string[] = [];
    const judge = ({ tool }: JudgeQuestion): JudgeOpinion => {
      asked.push(tool.name);
      return { level: 'moderate' };
    };
    const cs = await openWith({ judge });
    await callOnce(cs, {}, 'get_weather');
    await callOnce(cs, {}, 'create_issue');
    await callOnce(cs, { command: 'rm -rf data' }, 'run_shell');
    await callOnce(cs);
    expect(asked).toEqual([UNSURE]);
  });

  test('sees secrets as markers only', async () => {
    let seen = '';
    const judge = (question: JudgeQuestion): JudgeOpinion => {
      seen = JSON.stringify(question);
      return { level: 'moderate' };
    };
    await callOnce(await openWith({ judge }), { text: 'hello', password: 'hunter2-hunter2' });
    expect(seen).toContain('hello');
    expect(seen).toContain('[redacted:');
    expect(seen).not.toContain('hunter2');
  });

  test.each<readonly [string, () => unknown, string]>([
    [
      'throws',
      () => {
        throw new Error('secret of the model');
      },
      'No opinion: the judge failed.',
    ],
    [
      'rejects',
      async () => {
        throw new Error('secret of the model');
      },
      'No opinion: the judge failed.',
    ],
    [
      'answers a level that there is not',
      () => ({ level: 'harmless' }),
      'No opinion: the judge answered in another form.',
    ],
    ['answers a text', () => 'safe', 'No opinion: the judge answered in another form.'],
    ['answers nothing', () => undefined, 'No opinion: the judge answered in another form.'],
    ['never answers', () => new Promise(() => undefined), 'No opinion: the judge did not answer in time.'],
  ])('changes nothing when it %s, and that is on record', async (_what, answer, reason) => {
    const policy = 'version: 1\njudge: { mayLower: true, timeoutMs: 50 }\n';
    // A judge without types answers whatever it likes.
    const judge = (): JudgeOpinion => JSON.parse('null') ?? answer();
    const cs = await openWith({ judge }, policy);
    const { risk, opinions } = await callOnce(cs);
    expect(risk).toBe('moderate');
    expect(opinions).toMatchObject([{ level: 'moderate', previous: 'moderate', reason }]);
    expect(readFileSync(home.database).includes('secret of the model')).toBe(false);
  });

  test('is told when its time is over', async () => {
    let aborted = false;
    const judge = (_question: JudgeQuestion, { signal }: { readonly signal: AbortSignal }) =>
      new Promise<JudgeOpinion>((resolve) => {
        signal.addEventListener('abort', () => {
          aborted = true;
          resolve({ level: 'safe' });
        });
      });
    const cs = await openWith({ judge }, 'version: 1\njudge: { mayLower: true, timeoutMs: 50 }\n');
    expect(await callOnce(cs)).toMatchObject({ risk: 'moderate' });
    expect(aborted).toBe(true);
  });
});
