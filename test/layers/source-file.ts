/** A source file as the layer test sees it: its imports and the globals it uses, each with its line. */

import ts from 'typescript';

export interface Reference {
  readonly name: string;
  /** 1-based. */
  readonly line: number;
}

export interface ParsedSource {
  /** Module specifiers of imports, re-exports, dynamic imports, `import()` types and `require` calls. */
  readonly imports: readonly Reference[];
  /** Every name used as a value, the file's own included, and the calls `Date.now`, `Math.random` and `new Date()`. */
  readonly globals: readonly Reference[];
  readonly tree: ts.SourceFile;
}

export function parseSource(fileName: string, text: string): ParsedSource {
  const tree = ts.createSourceFile(fileName, text, ts.ScriptTarget.ES2023, true);
  const imports: Reference[] = [];
  const globals: Reference[] = [];
  visitAll(tree, (node) => {
    const line = lineOf(tree, node);
    const specifier = specifierOf(node);
    if (specifier !== undefined) imports.push({ name: specifier, line });
    const name = valueNameOf(node);
    if (name !== undefined) globals.push({ name, line });
  });
  return { imports, globals, tree };
}

export function visitAll(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => visitAll(child, visit));
}

/** 1-based. */
export function lineOf(tree: ts.SourceFile, node: ts.Node): number {
  return tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;
}

function specifierOf(node: ts.Node): string | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return textOf(node.moduleSpecifier);
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return textOf(node.argument.literal);
  if (ts.isExternalModuleReference(node)) return textOf(node.expression);
  if (!ts.isCallExpression(node)) return undefined;
  const isImport = node.expression.kind === ts.SyntaxKind.ImportKeyword;
  const isRequire = ts.isIdentifier(node.expression) && node.expression.text === 'require';
  if (!isImport && !isRequire) return undefined;
  return textOf(node.arguments[0]) ?? '(a computed module name)';
}

function textOf(node: ts.Node | undefined): string | undefined {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : undefined;
}

function valueNameOf(node: ts.Node): string | undefined {
  if (ts.isNewExpression(node) && isNamed(node.expression, 'Date') && !node.arguments?.length) return 'new Date()';
  if (ts.isPropertyAccessExpression(node)) {
    if (isNamed(node.expression, 'Date') && node.name.text === 'now') return 'Date.now';
    if (isNamed(node.expression, 'Math') && node.name.text === 'random') return 'Math.random';
  }
  return ts.isIdentifier(node) && isValueUse(node) ? node.text : undefined;
}

/** Not a property's name, a declaration, a key or part of a type. */
function isValueUse(node: ts.Identifier): boolean {
  const parent = node.parent;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  return (
    ts.isExpression(parent) || ts.isExpressionStatement(parent) || ts.isReturnStatement(parent) || isInitializer(node)
  );
}

function isInitializer(node: ts.Identifier): boolean {
  const parent = node.parent;
  return (ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent)) && parent.initializer === node;
}

function isNamed(node: ts.Node, name: string): boolean {
  return ts.isIdentifier(node) && node.text === name;
}
