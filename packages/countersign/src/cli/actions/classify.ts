/** What `countersign classify` does. */

import {
  type Classifier,
  classifyShell,
  classifySql,
  classifyTool,
  createClassifier,
} from '@countersign/classification';
import type { Classification } from '@countersign/core';
import { z } from 'zod';
import type { PolicyWorld } from '../../policy/world.js';
import { CommandError } from '../errors.js';
import { classificationJson, formatClassification } from '../format/classification.js';
import { jsonText } from '../format/json.js';
import { createPalette } from '../format/palette.js';
import { argumentOf, callSchema, type GivenCall, givenCall } from '../given-call.js';
import { type CliIo, mayColor, print } from '../io.js';
import { commonSchema, parseOptions } from '../options.js';
import { policyWorldOf } from '../policy-world.js';
import { readStandardInput } from '../small-file.js';

const SHELLS = ['bash', 'sh', 'zsh', 'fish', 'powershell', 'cmd'] as const;
const DATABASES = ['postgres', 'mysql', 'mariadb', 'sqlite', 'sqlserver'] as const;

const schema = commonSchema.extend({
  ...callSchema.shape,
  dialect: z.enum([...SHELLS, ...DATABASES], 'expected a shell or a kind of database').exactOptional(),
  workspace: z.string().min(1).exactOptional(),
});

/** Prints how risky the given command, statement, tool or call is. */
export async function runClassify(io: CliIo, typed: string | undefined, input: unknown): Promise<void> {
  const options = parseOptions(schema, input);
  const command = typed === '-' ? (await readStandardInput(io, MAX_COMMAND)).replace(/\r?\n$/, '') : typed;
  const call = givenCall({ ...options, command });
  if (call === undefined) {
    throw new CommandError('ARGUMENT_INVALID', 'Expected a command, --sql, or --tool, found none of them.', {
      hint: 'For example: countersign classify "rm -rf build"',
    });
  }
  const classification = classify(call, policyWorldOf(io, options), options.dialect);
  const classified = { classification, args: argumentOf(call) };
  if (options.json || options.jsonl) return print(io, jsonText(classificationJson(classified), options));
  await print(io, formatClassification(classified, createPalette(mayColor(io, io.stdout, options))));
}

/** The longest command that is read from the standard input, in bytes. */
const MAX_COMMAND = 1024 * 1024;

function classify(call: GivenCall, world: PolicyWorld, dialect: string | undefined): Classification {
  const shell = SHELLS.find((name) => name === dialect);
  const database = DATABASES.find((name) => name === dialect);
  const fits = call.kind === 'shell' ? database === undefined : call.kind === 'sql' ? shell === undefined : false;
  if (dialect !== undefined && !fits) {
    throw new CommandError('ARGUMENT_INVALID', '--dialect: expected a shell with a command, a database with --sql.');
  }
  switch (call.kind) {
    case 'shell':
      return classifyShell(call.text, { ...world, ...(shell !== undefined && { dialect: shell }) });
    case 'sql':
      return classifySql(call.text, database === undefined ? {} : { dialect: database });
    case 'tool':
      return classifyTool(call.tool);
    case 'call': {
      const classifier: Classifier = createClassifier(world);
      return classifier.classify(call);
    }
    default:
      return call satisfies never;
  }
}
