/**
 * Finds secrets in text by the shapes that their issuers publish. Pure.
 */

/** Shapes that stand for themselves: a match is a secret and nothing else. */
const SECRET_SHAPES: readonly RegExp[] = [
  /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/,
  /\bgh[pousr]_[A-Za-z0-9]{36,}/,
  /\bgithub_pat_[A-Za-z0-9_]{22,}/,
  /\bglpat-[A-Za-z0-9_-]{20,}/,
  /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/,
  /\b(?:sk|rk)_live_[A-Za-z0-9]{16,}/,
  /\bsk-(?:proj-|ant-|svcacct-)?[A-Za-z0-9_-]{20,}/,
  /\bAIza[A-Za-z0-9_-]{35}\b/,
  /\bya29\.[A-Za-z0-9_-]{20,}/,
  /\bnpm_[A-Za-z0-9]{36}\b/,
  /\bpypi-[A-Za-z0-9_-]{16,}/,
  /\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}/,
  /\bdop_v1_[a-f0-9]{64}\b/,
  /\bhf_[A-Za-z0-9]{30,}\b/,
];

/** One of these stands in every shape above: texts without any are passed over quickly. */
const HINT = /-----BEGIN|AKIA|ASIA|gh[pousr]_|github_pat_|glpat-|xox|_live_|sk-|AIza|ya29|npm_|pypi-|SG\.|dop_v1|hf_/;

/** Whether the text holds a secret of a known shape. */
export function holdsSecret(text: string): boolean {
  return HINT.test(text) && SECRET_SHAPES.some((shape) => shape.test(text));
}

/** Names of parameters whose value is a secret. */
export const SECRET_NAME =
  /^(?:.*[-_.])?(?:password|passwd|pwd|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|client[-_]?secret|credential|authorization)s?$/i;
