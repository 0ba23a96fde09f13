/**
 * Redirections: files written and read, here-documents, `/dev/tcp`. Pure but for the report.
 */

import { expandValue, expandWords } from './expand.js';
import { judgePath, placeOf } from './judge-path.js';
import type { ShellRedirect } from './shell-ast.js';
import { type Argument, type Flow, SOME_FLOW, type Walk } from './walk.js';

/** Judges a redirection; answers what the command then reads from standard input. */
export function judgeRedirect(redirect: ShellRedirect, walk: Walk, flow: Flow): Flow {
  if (redirect.kind === 'text') {
    const text = redirect.body === undefined ? '' : expandValue(redirect.body, walk).text;
    return { ...SOME_FLOW, text: `${text}\n` };
  }
  if (redirect.target === undefined) return flow;
  const target = expandWords([redirect.target], walk)[0];
  if (target === undefined || /^(?:\d+-?|-)$/.test(target.text)) return flow;
  if (placeOf(target, walk) === 'network') return judgeNetwork(target, walk);
  return redirect.operator === '<' ? judgeInput(target, walk) : judgeOutput(redirect.operator, target, walk, flow);
}

function judgeInput(target: Argument, walk: Walk): Flow {
  judgePath(target, 'read', walk);
  if (target.opaque || target.text.includes('\0')) reportUnknown(target, walk);
  return SOME_FLOW;
}

function judgeOutput(operator: string, target: Argument, walk: Walk, flow: Flow): Flow {
  const level = judgePath(target, 'write', walk);
  if (level === 'safe' && placeOf(target, walk) !== 'sink') reportUnknown(target, walk);
  return operator === '<>' ? SOME_FLOW : flow;
}

function judgeNetwork(target: Argument, walk: Walk): Flow {
  walk.report.markSending(target);
  walk.report.add(
    'shell.dev-tcp',
    'critical',
    'Opens a raw network connection from the shell, as a reverse shell does.',
    target,
    {
      effects: ['net.egress', 'exec.remote_code'],
      targets: [target.text],
    },
  );
  return { ...SOME_FLOW, remote: true };
}

function reportUnknown(target: Argument, walk: Walk): void {
  walk.report.add('shell.unknown-file', 'moderate', 'Uses a file whose name is not known.', target, {
    confidence: 0.6,
  });
}
