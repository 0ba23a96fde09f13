/**
 * The conditions of rules in a policy file, as zod checks them and as an editor explains them. Pure.
 */

import { EFFECTS, RISK_LEVELS } from '@countersign/core';
import { z } from 'zod';
import { MAX_CONDITION_LENGTH } from './conditions.js';

const text = (what: string) =>
  z.string(`expected ${what}`).min(1, `expected ${what}`).max(256, `expected ${what} of at most 256 characters`);

function oneOrMore<T extends z.ZodType>(one: T) {
  return z.union([one, z.array(one).min(1, 'expected at least one').max(100, 'expected at most 100').readonly()]);
}

const glob = oneOrMore(text('a name or a glob, or a list of them'));
const levels = oneOrMore(z.enum(RISK_LEVELS));

/** The id of a rule: it stands in the log. */
export const riskRuleId = z
  .string('expected an id')
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'expected an id of 1 to 100 of A-Z a-z 0-9 . _ -')
  .describe('Stands in the log, and on the screen of who approves.');

/** The conditions that ask what the arguments say: a policy on record can ask for them only by the mark of a risk rule. */
export const argumentConditions = ['program', 'sql', 'path', 'argument', 'if'] as const;

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** `match`: which calls a rule is about. */
export const matchSchema = z
  .strictObject({
    tool: glob.optional().describe('The name of the tool. `*` is any text, `?` one character.'),
    server: glob.optional().describe('The server of the tool; a tool without one does not match.'),
    level: levels.optional().describe('The risk level: before any rule for a rule with `level`, else the final one.'),
    risk: levels.optional().describe('The same as `level`.'),
    effect: oneOrMore(z.enum(EFFECTS))
      .optional()
      .describe('What the call does: any of these; for a rule that relaxes, nothing but these.'),
    program: glob.optional().describe('A program that a command runs, by name.'),
    sql: oneOrMore(text('a verb of SQL')).optional().describe('A verb of an SQL statement, such as DELETE.'),
    path: oneOrMore(text('a path'))
      .optional()
      .describe('A path in the call: absolute, below ~/ or below the workspace. `*` is any text, `/` included.'),
    argument: z
      .strictObject({
        pointer: z
          .string()
          .regex(/^(?:\/.*)?$/s, 'expected a JSON Pointer, such as /amount')
          .describe('RFC 6901.'),
        equals: scalar.optional(),
        prefix: z.string().optional(),
      })
      .optional()
      .describe('A member of the arguments that is there, and equals or begins with what is said.'),
    actor: glob.optional().describe('The id of the calling actor; a call without an actor does not match.'),
    session: glob.optional().describe('The session; a call without one does not match.'),
    if: z
      .string('expected a condition in CEL')
      .min(1, 'expected a condition in CEL')
      .max(MAX_CONDITION_LENGTH, `expected a condition of at most ${MAX_CONDITION_LENGTH} characters`)
      .optional()
      .describe(
        'A condition in CEL over tool, server, args, level, effects, confidence, programs, paths, verbs, actor, role, session.',
      ),
  })
  .refine((match) => Object.values(match).some((value) => value !== undefined), 'expected at least one condition')
  .refine((match) => match.level === undefined || match.risk === undefined, 'expected level or risk, not both')
  .describe('Which calls the rule is about: all conditions must hold. Of a list, any.');
