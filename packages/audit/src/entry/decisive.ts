/** Which signals verdicts may rest on: an entry that cannot name all of its signals names these first. Pure. */

/** Whether a verdict may rest on a signal: the mark of a risk rule, what a judge changed, or that a tool is not the one that was known. */
export function isDecisive(signalId: string): boolean {
  return signalId.startsWith('rule.') || signalId.startsWith('judge.') || signalId === 'tool-definition-changed';
}
