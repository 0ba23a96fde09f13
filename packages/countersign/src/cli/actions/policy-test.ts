/** What `countersign policy test` does. */

import { z } from 'zod';
import { runExamples } from '../../policy/check-examples.js';
import { callOfExample, type ExplainedCall } from '../../policy/example-call.js';
import { explainCall } from '../../policy/explain-call.js';
import { joinTiers, type PolicyInForce } from '../../policy/in-force.js';
import { describeFault, type LoadedFile, readPolicyFile } from '../../policy/load-file.js';
import { readTests, runTests, type TestList } from '../../policy/run-tests.js';
import type { PolicyWorld } from '../../policy/world.js';
import { EXIT } from '../exit-codes.js';
import type { Explained } from '../format/explanation.js';
import { jsonText } from '../format/json.js';
import { createPalette } from '../format/palette.js';
import { failuresOf, formatPolicyReport, type PolicyReport, policyReportJson } from '../format/policy-report.js';
import { callSchema, givenCall } from '../given-call.js';
import { type CliIo, mayColor, print } from '../io.js';
import { commonSchema, parseOptions } from '../options.js';
import { policyWorldOf } from '../policy-world.js';

const text = z.string().min(1, 'expected a text that is not empty');

const schema = commonSchema.extend({
  ...callSchema.shape,
  command: text.exactOptional(),
  organisation: text.exactOptional(),
  project: text.exactOptional(),
  tests: z.array(text).default([]),
  workspace: text.exactOptional(),
  actor: text.exactOptional(),
  role: text.exactOptional(),
  session: text.exactOptional(),
});

type Options = z.infer<typeof schema>;

/** Runs the examples and tests of policies, or explains what they make of the call that was given. */
export async function runPolicyTest(io: CliIo, given: readonly string[], input: unknown): Promise<void> {
  const options = parseOptions(schema, input);
  const { organisation, project } = options;
  const beside = [organisation, project].filter((path) => path !== undefined);
  const files = given.length === 0 && beside.length === 0 ? ['policy.yaml'] : given;
  const world = policyWorldOf(io, options, [...beside, ...files]);
  const call = callOf(options);
  const lists = await Promise.all(options.tests.map(readTests));
  const palette = createPalette(mayColor(io, io.stdout, options));
  const reports: PolicyReport[] = [];
  for (const path of files.length === 0 ? [undefined] : files) {
    const loaded = await readTiers({ organisation, user: path, project });
    const inForce = joinTiers(loaded, { world });
    const name = path ?? beside.join(' + ');
    reports.push(
      call === undefined
        ? testReport({ name, inForce, lists, world })
        : { name, explained: explained(call, inForce, world) },
    );
  }
  const isOk = reports.every((report) => report.explained !== undefined || failuresOf(report) === 0);
  const printed =
    options.json || options.jsonl
      ? jsonText({ ok: isOk, policies: reports.map(policyReportJson) }, options)
      : reports.map((report) => formatPolicyReport(report, palette)).join('\n');
  await print(io, printed);
  if (!isOk) io.exitWith(EXIT.internal);
}

async function readTiers(
  paths: Readonly<Record<LoadedFile['tier'], string | undefined>>,
): Promise<readonly LoadedFile[]> {
  const loaded: LoadedFile[] = [];
  for (const tier of ['organisation', 'user', 'project'] as const) {
    const path = paths[tier];
    if (path !== undefined) loaded.push(await readPolicyFile(path, tier));
  }
  return loaded;
}

interface TestRun {
  readonly name: string;
  readonly inForce: PolicyInForce;
  readonly lists: readonly TestList[];
  readonly world: PolicyWorld;
}

function testReport({ name, inForce, lists, world }: TestRun): PolicyReport {
  const own = inForce.files.map(({ file, document }) => ({ tests: file.tests ?? [], document }));
  return {
    name,
    rules: inForce.files.reduce((count, { file }) => count + (file.rules?.length ?? 0), 0),
    examples: inForce.files.flatMap((loaded) =>
      runExamples(loaded, world).map((example) => ({ ...example, fault: describeFault(example, loaded.document) })),
    ),
    tests: [...own, ...lists].flatMap((list) => runTests(list, inForce, world)),
  };
}

function explained(call: ExplainedCall, inForce: PolicyInForce, world: PolicyWorld): Explained {
  return { explanation: explainCall(call, inForce, world), args: call.args };
}

/** The call that the options name; undefined for none. */
function callOf(options: Options): ExplainedCall | undefined {
  const given = givenCall(options);
  if (given === undefined) return undefined;
  const { actor, role, session } = options;
  const { context } = callOfExample({ tool: 'any', actor, role, session });
  switch (given.kind) {
    case 'shell':
      return { ...callOfExample({ command: given.text }), context };
    case 'sql':
      return { ...callOfExample({ sql: given.text }), context };
    case 'call':
      return { tool: given.tool, args: given.args, context };
    case 'tool':
      return { tool: given.tool, args: {}, context };
    default:
      return given satisfies never;
  }
}
