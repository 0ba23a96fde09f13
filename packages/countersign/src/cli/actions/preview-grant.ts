/** What `countersign grants preview` does, and how a scope is read for it and for `approve`. */

import {
  type ApprovalRequest,
  type GrantScope,
  parseGrantScope,
  previewScope,
  similarScope,
} from '@countersign/approval';
import { readPastCalls } from '@countersign/audit';
import { z } from 'zod';
import { formatPreview, previewJson } from '../format/grants.js';
import { jsonText } from '../format/json.js';
import { createPalette } from '../format/palette.js';
import { type CliIo, mayColor, print } from '../io.js';
import { withView } from '../open-view.js';
import { commonSchema, parseOptions } from '../options.js';
import { readJsonInput } from '../read-json-input.js';
import { requireRequest } from '../with-approvals.js';

/** Prints what a grant would have answered. */
export async function runGrantsPreview(io: CliIo, id: string, input: unknown): Promise<void> {
  const options = parseOptions(previewSchema, input);
  const scopeOf = await scopeFrom(io, options.scope);
  const preview = await withView(io, options, async ({ store, approvals, environment }) => {
    const { request } = await requireRequest((one) => approvals.request(one), id);
    return previewScope(request, scopeOf(request), {
      history: (tool) => readPastCalls(store, tool),
      nowUs: environment.nowUs(),
    });
  });
  const palette = createPalette(mayColor(io, io.stdout, options));
  const json = options.json || options.jsonl;
  await print(io, json ? jsonText(previewJson(preview), options) : formatPreview(preview, palette));
}

/**
 * The scope in a file, or where there is none what "approve similar" stands for.
 * @throws CommandError `ARGUMENT_INVALID`, `FILE_UNREADABLE`; DecisionInvalidError `DECISION_INVALID`
 */
export async function scopeFrom(
  io: CliIo,
  path: string | undefined,
): Promise<(request: ApprovalRequest) => GrantScope> {
  if (path === undefined) return similarScope;
  const scope = parseGrantScope(await readJsonInput(io, path, SCOPE_INPUT));
  return () => scope;
}

const SCOPE_INPUT = {
  option: '--scope',
  hint: 'Such as {"uses":3,"expiresInMs":600000,"arguments":[{"pointer":"/path","kind":"under","value":"/work"}]}.',
};

const previewSchema = commonSchema.extend({ scope: z.string().min(1).optional() });
