/** The rules of the house that a parser can check and the linter does not: casts, module state, lengths. */

import ts from 'typescript';
import { lineOf, visitAll } from './source-file.js';

export const maxFileLines = 400;
export const maxFunctionLines = 80;

/** Answers lines like `core/src/x.ts:3 casts without a reason beside it`. */
export function checkStyle(file: string, tree: ts.SourceFile): readonly string[] {
  const lines = tree.text.split('\n');
  const problems: string[] = [];
  if (lines.length - 1 > maxFileLines) problems.push(`${file}:${maxFileLines} is longer than ${maxFileLines} lines`);
  visitAll(tree, (node) => {
    const problem = problemOf(tree, lines, node);
    if (problem !== undefined) problems.push(`${file}:${lineOf(tree, node)} ${problem}`);
  });
  return problems;
}

function problemOf(tree: ts.SourceFile, lines: readonly string[], node: ts.Node): string | undefined {
  if (isCast(node) && !hasReasonBeside(tree, lines, node)) return 'casts without a reason beside it';
  if (isModuleVariable(tree, node) && !hasReasonBeside(tree, lines, node)) return 'keeps state in the module';
  if (ts.isFunctionLike(node) && lengthOf(tree, node) > maxFunctionLines) {
    return `has a function of ${lengthOf(tree, node)} lines, more than ${maxFunctionLines}`;
  }
  return undefined;
}

function isCast(node: ts.Node): boolean {
  if (ts.isTypeAssertionExpression(node)) return true;
  return ts.isAsExpression(node) && !ts.isConstTypeReference(node.type);
}

function isModuleVariable(tree: ts.SourceFile, node: ts.Node): boolean {
  return ts.isVariableStatement(node) && node.parent === tree && !(node.declarationList.flags & ts.NodeFlags.Const);
}

/** A comment on the lines of the cast, on the line above it, or on the line above its statement. */
function hasReasonBeside(tree: ts.SourceFile, lines: readonly string[], node: ts.Node): boolean {
  const first = lineOf(tree, node);
  const last = tree.getLineAndCharacterOfPosition(node.getEnd()).line + 1;
  const around = lines.slice(Math.max(0, first - 2), last);
  const aboveStatement = lines[lineOf(tree, statementOf(node)) - 2] ?? '';
  return [...around, aboveStatement].some((line) => /(^|\s)\/\/\s|\*\/\s*$/.test(line));
}

function statementOf(node: ts.Node): ts.Node {
  let current = node;
  while (!ts.isStatement(current) && !ts.isClassElement(current) && !ts.isSourceFile(current)) current = current.parent;
  return current;
}

function lengthOf(tree: ts.SourceFile, node: ts.Node): number {
  return tree.getLineAndCharacterOfPosition(node.getEnd()).line + 2 - lineOf(tree, node);
}
