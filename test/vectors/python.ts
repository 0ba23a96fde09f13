/** The verifier in Python, run as a child process over many inputs at once. */

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What the verifier in Python says of a log. */
export interface PythonReport {
  readonly integrity: string;
  readonly completeness: string;
  readonly authority: string;
  readonly size: number;
  readonly root: string;
  readonly findings: readonly { readonly code: string; readonly severity: string; readonly index: number | null }[];
  readonly notChecked: readonly string[];
  readonly exitCode: number;
}

/** The verifier. */
export const VERIFIER = fileURLToPath(new URL('../../packages/audit/verifiers/countersign_verify.py', import.meta.url));

const RUNNER = fileURLToPath(new URL('./run_verifier.py', import.meta.url));

/** The name of a Python of version 3.8 or later on this machine; undefined where there is none. */
export function findPython(): string | undefined {
  return ['python3', 'python'].find((name) => {
    const { stdout } = spawnSync(name, ['-c', 'import sys; print(sys.version_info >= (3, 8))'], { encoding: 'utf8' });
    return stdout?.trim() === 'True';
  });
}

/** Runs jobs in one process; each answer is what the runner says of it. */
export function runPython(python: string, jobs: readonly object[]): unknown[] {
  const { status, stdout, stderr } = spawnSync(python, [RUNNER, VERIFIER], {
    input: JSON.stringify(jobs),
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  const answers: unknown = status === 0 ? JSON.parse(stdout) : undefined;
  if (!Array.isArray(answers)) throw new Error(`the verifier in Python ended with ${status}: ${stderr}`);
  return answers;
}

/** Whether an answer is a report. */
export function isReport(answer: unknown): answer is PythonReport {
  return typeof answer === 'object' && answer !== null && 'integrity' in answer && 'findings' in answer;
}
