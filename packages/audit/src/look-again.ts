/**
 * Takes the second look at an assessed call, and assesses it again with what was found.
 */

import { type AssessedCall, type AssessmentParts, assessAgain } from './gate-call.js';
import type { JudgePort } from './judge.js';
import { type DefinitionMemory, secondOpinion } from './second-look.js';

/** Who is asked. */
export interface SecondLookParts {
  /** What is remembered of the definitions of tools. */
  readonly definitions?: DefinitionMemory;
  /** Gives a second opinion on moderate calls that the classifier is unsure of. */
  readonly judge?: JudgePort;
}

/** The call with what a second look found; the same one where that is nothing. */
export async function lookAgain(call: AssessedCall, parts: AssessmentParts & SecondLookParts): Promise<AssessedCall> {
  const { definitions, judge, environment } = parts;
  const isChanged = (await definitions?.isChanged(call.subject)) ?? false;
  const first = isChanged ? assessAgain(call, parts, { isChanged }) : call;
  const opinion = await secondOpinion(first.subject, judge, { environment, signal: call.context.signal });
  return opinion === undefined ? first : assessAgain(first, parts, { isChanged, opinion });
}
