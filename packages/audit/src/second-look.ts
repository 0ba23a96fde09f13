/**
 * The second look at a call, after the classifier and before the verdict counts: whether its tool's definition has changed since it was known,
 * and what a judge says of it.
 */

import { type Classification, compareRisk, type RiskLevel, type Signal } from '@countersign/core';
import type { CallSubject } from './call-record.js';
import { askJudge, isUnsure, type JudgeAnswer, type JudgePort, withOpinion, withSignal } from './judge.js';

/** What is remembered of the definitions of tools. */
export interface DefinitionMemory {
  /** Whether the tool of a call is known by another definition, and this one was not approved since. Withdraws the grants of the other ones. */
  isChanged(subject: Pick<CallSubject, 'tool' | 'toolDigest'>): Promise<boolean>;
}

/** What a second look found. */
export interface SecondLook {
  readonly isChanged: boolean;
  readonly opinion?: JudgeAnswer & { readonly name: string; readonly mayLower: boolean };
}

/** Nothing was found. */
export const NOTHING_FOUND: SecondLook = { isChanged: false };

/** The classification with what a second look found. Pure. */
export function withSecondLook(
  classification: Classification,
  { isChanged, opinion }: SecondLook,
  { bindable }: { readonly bindable: boolean },
): Classification {
  const first = isChanged ? withSignal(classification, changedSignal(classification.level)) : classification;
  return opinion === undefined ? first : withOpinion(first, opinion, { ...opinion, bindable });
}

/** The id of the signal of a changed tool. */
export const CHANGED_SIGNAL = 'tool-definition-changed';

/** One level higher, and at least destructive: what was said of the tool before is not said of this one. */
function changedSignal(level: RiskLevel): Signal {
  return {
    id: CHANGED_SIGNAL,
    level: compareRisk(level, 'destructive') < 0 ? 'destructive' : 'critical',
    text: 'The definition of this tool (its description, schema or hints) is not the one it was known by.',
    effects: [],
    reversible: 'unknown',
    confidence: 0.9,
    alternative: 'Compare the definition with the one that was reviewed; approving the call accepts the new one.',
  };
}

/** What a judge says of a call; undefined where it is not asked. The opinion is on record when this returns. */
export async function secondOpinion(
  subject: CallSubject,
  port: JudgePort | undefined,
  how: Parameters<typeof askJudge>[2],
): Promise<SecondLook['opinion']> {
  if (port === undefined || !isUnsure(subject.classification, port.limits)) return undefined;
  const { tool, args, classification, context, callId: call, run } = subject;
  const { name, title, description, server } = tool;
  const { level, confidence, effects, reasons } = classification;
  const { session, actor } = context;
  const { mayLower } = port.limits;
  const answer = await askJudge(
    {
      tool: {
        name,
        ...(title !== undefined && { title }),
        ...(description !== undefined && { description }),
        ...(server !== undefined && { server }),
      },
      args,
      classification: { level, confidence, effects, reasons },
      context: { ...(session !== undefined && { session }), ...(actor !== undefined && { actor }) },
    },
    port,
    how,
  );
  const { reason } = answer;
  await port.record({ call, run, session, judge: port.name, level: answer.level ?? level, previous: level, reason });
  return { ...answer, name: port.name, mayLower };
}
