/**
 * The policy file: what it may hold, and what an editor says of it. Risk rules are classification's, verdicts approval's; one rule
 * may have both. Pure.
 */

import { POLICY_TIMEOUT_MS, termsSchema, VERDICTS } from '@countersign/approval';
import { matchSchema, riskRuleId } from '@countersign/classification/policy-file';
import { EFFECTS, RISK_LEVELS } from '@countersign/core';
import { z } from 'zod';

/** The longest policy file, in bytes. */
export const MAX_POLICY_BYTES = 1024 * 1024;

const verdict = z.enum(VERDICTS);
const risk = z.enum(RISK_LEVELS);
const timeoutMs = z
  .int(`expected whole milliseconds`)
  .min(POLICY_TIMEOUT_MS.min, 'expected at least 1000 (one second)')
  .max(POLICY_TIMEOUT_MS.max, 'expected at most 604800000 (seven days)');
const sentence = z.string().min(1, 'expected a sentence').max(1_000, 'expected at most 1000 characters');
const text = z.string().min(1, 'expected a text').max(256, 'expected at most 256 characters');

const terms = termsSchema(timeoutMs).describe(
  'Who may approve, how many must, what they must say, and what becomes of a request that nobody answers.',
);

const callShape = {
  command: z.string().min(1).optional().describe('A shell command; the tool is run_shell unless it is named.'),
  sql: z.string().min(1).optional().describe('SQL; the tool is execute_sql unless it is named.'),
  tool: text.optional().describe('The name of the tool.'),
  title: z.string().optional(),
  description: z.string().optional().describe('What the tool says of itself.'),
  args: z.json().optional().describe('The arguments.'),
  server: text.optional(),
  actor: text.optional().describe('The id of the calling actor.'),
  role: text.optional().describe('The role of the calling actor.'),
  session: text.optional(),
};

const ONE_WAY = 'expected a command, sql, or a tool with args: one of the three';

type CallShape = { readonly [K in keyof typeof callShape]?: unknown };

function saysOneCall({ command, sql, tool, args }: CallShape): boolean {
  if (command !== undefined) return sql === undefined && args === undefined;
  return sql !== undefined ? args === undefined : tool !== undefined;
}

/** A call as an example writes it: a text is a shell command. */
export const exampleCallSchema = z.union([
  z.string().min(1, 'expected a command').describe('A shell command.'),
  z.strictObject(callShape).refine(saysOneCall, ONE_WAY),
]);

/** A call as an example writes it. */
export type ExampleCall = z.infer<typeof exampleCallSchema>;

const examples = z.array(exampleCallSchema).max(50, 'expected at most 50 examples').optional();

/** One rule of a file. */
export const fileRuleSchema = z
  .strictObject({
    id: riskRuleId,
    match: matchSchema,
    level: risk.optional().describe('The level that matching calls get at least; with `override`, at most.'),
    override: z.literal(true).optional().describe('Lets `level` lower. Critical findings and hard floors stay.'),
    verdict: verdict.optional().describe('What becomes of matching calls.'),
    timeoutMs: timeoutMs.optional().describe('How long a request under this rule waits, in milliseconds.'),
    approval: terms.optional().describe('The terms of approvals under this rule, which asks for them.'),
    reason: sentence.optional().describe('One plain sentence, for who approves and for the log.'),
    shadow: z.boolean().optional().describe('True: what the rule would do is put on record, and nothing is changed.'),
    examples: z
      .strictObject({
        match: examples.describe('Calls that the rule must match.'),
        notMatch: examples.describe('Calls that it must not match.'),
      })
      .optional()
      .describe('Checked whenever the file is loaded: it is refused when one fails.'),
  })
  .refine((rule) => rule.level !== undefined || rule.verdict !== undefined, {
    path: ['id'],
    message: 'expected a level or a verdict beside it',
  })
  .refine((rule) => rule.approval === undefined || rule.verdict === 'require-approval', {
    path: ['approval'],
    message: 'expected the verdict require-approval beside it',
  })
  .refine((rule) => rule.level === undefined || rule.reason !== undefined, {
    path: ['level'],
    message: 'expected a reason beside it: say why the level is another',
  })
  .refine((rule) => rule.override === undefined || rule.level !== undefined, {
    path: ['override'],
    message: 'expected a level beside it',
  })
  .refine((rule) => rule.override === undefined || rule.verdict === undefined || rule.verdict === 'allow', {
    path: ['verdict'],
    message: 'expected allow, or none: a rule that lowers a level cannot restrict',
  })
  .refine((rule) => rule.verdict !== 'allow' || rule.reason !== undefined || !mayBeCritical(rule), {
    path: ['verdict'],
    message:
      'expected a reason beside it, because this rule allows calls that may be critical (or name other levels in match.level)',
  });

function mayBeCritical(rule: { readonly match: z.infer<typeof matchSchema>; readonly level?: unknown }): boolean {
  const levels = rule.match.level ?? rule.match.risk;
  return levels === undefined || [levels].flat().includes('critical') || rule.level === 'critical';
}

/** One rule of a file. */
export type FileRule = z.infer<typeof fileRuleSchema>;

const effects = z.union([z.enum(EFFECTS), z.array(z.enum(EFFECTS))]);

const testSchema = z
  .strictObject({
    name: text.optional(),
    ...callShape,
    expect: z
      .strictObject({
        level: risk.optional(),
        atLeast: risk.optional().describe('The level is this one or a worse one.'),
        verdict: verdict.optional(),
        rule: text.optional().describe('The rule that decides.'),
        effects: effects.optional().describe('Effects that must be among those of the call.'),
      })
      .refine(
        (expected) => Object.keys(expected).length > 0,
        'expected at least one of level, atLeast, verdict, rule, effects',
      ),
  })
  .refine(saysOneCall, ONE_WAY);

/** `tests`, in a policy or in a file of their own. */
export const testsSchema = z.array(testSchema).max(5_000, 'expected at most 5000 tests');

/** One of them. */
export type PolicyTest = z.infer<typeof testSchema>;

const judge = z
  .strictObject({
    below: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe('The judge is asked about moderate calls of a lower confidence: 0 to 1, 0.6 by default.'),
    mayLower: z.boolean().optional().describe('True: the judge may lower a moderate call to safe. False by default.'),
    timeoutMs: z.int().min(10).max(120_000).optional().describe('How long the judge has; 5000 by default.'),
  })
  .describe('The bounds of a second opinion, where the program has one.');

const defaults = z
  .strictObject({
    safe: verdict.optional(),
    moderate: verdict.optional(),
    destructive: verdict.optional(),
    critical: verdict
      .refine(
        (value) => value !== 'allow',
        'expected require-approval or deny; only a rule with a reason may allow critical calls',
      )
      .optional(),
  })
  .describe('The verdict by level where no rule of this file matches.');

/** What a policy file may hold. */
export const policyFileSchema = z
  .strictObject({
    $schema: z.string().optional(),
    version: z.literal(1).describe('The version of this format.'),
    shadow: z
      .boolean()
      .optional()
      .describe('True: nothing in this file changes anything; what it would do is put on record.'),
    defaults: defaults.optional(),
    timeoutMs: timeoutMs.optional().describe('How long a request waits, in milliseconds; ten minutes by default.'),
    approval: z
      .strictObject({
        safe: terms.exactOptional(),
        moderate: terms.exactOptional(),
        destructive: terms.exactOptional(),
        critical: terms.exactOptional(),
      })
      .optional()
      .describe('The terms of approvals by level, which rules may add to.'),
    unbindable: z
      .enum(['refuse', 'run'])
      .optional()
      .describe('What becomes of a call whose arguments cannot be bound to an approval.'),
    judge: judge.optional(),
    rules: z
      .array(fileRuleSchema)
      .max(1_000, 'expected at most 1000 rules')
      .superRefine((rules, context) => {
        const seen = new Set<string>();
        for (const [at, { id }] of rules.entries()) {
          if (seen.has(id))
            context.addIssue({
              code: 'custom',
              path: [at, 'id'],
              message: 'expected every id once, found it a second time',
            });
          seen.add(id);
        }
      })
      .optional(),
    tests: testsSchema.optional().describe('Calls with what must become of them, for `countersign policy test`.'),
  })
  .describe('A policy of Countersign.');

/** A checked policy file. */
export type PolicyFile = z.infer<typeof policyFileSchema>;

/** A policy file as a person writes it. */
export type PolicyFileInput = z.input<typeof policyFileSchema>;

/** The JSON Schema of the policy file, for editors. */
export function policyJsonSchema(): object {
  return z.toJSONSchema(policyFileSchema, { io: 'input', target: 'draft-7' });
}
