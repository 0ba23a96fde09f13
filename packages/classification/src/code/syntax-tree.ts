/**
 * The nodes of a program in JavaScript that are looked at (the ESTree specification); what acorn makes of it has more of them. Written out
 * here, so that the parser is needed at run time alone. Pure types.
 */

interface Span {
  readonly start: number;
  readonly end: number;
}

interface Node<T extends string> extends Span {
  readonly type: T;
}

export interface Identifier extends Node<'Identifier'> {
  readonly name: string;
}

export interface Literal extends Node<'Literal'> {
  readonly value: unknown;
}

export interface TemplateElement extends Node<'TemplateElement'> {
  readonly value: { readonly raw: string; readonly cooked?: string | null };
}

export interface TemplateLiteral extends Node<'TemplateLiteral'> {
  readonly quasis: readonly TemplateElement[];
  readonly expressions: readonly SyntaxNode[];
}

export interface MemberExpression extends Node<'MemberExpression'> {
  readonly object: SyntaxNode;
  readonly property: SyntaxNode;
  readonly computed: boolean;
}

export interface CallNode extends Node<'CallExpression' | 'NewExpression'> {
  readonly callee: SyntaxNode;
  readonly arguments: readonly SyntaxNode[];
}

export interface ObjectExpression extends Node<'ObjectExpression'> {
  readonly properties: readonly (Property | SpreadElement)[];
}

interface Property extends Node<'Property'> {
  readonly key: SyntaxNode;
  readonly value: SyntaxNode;
  readonly computed: boolean;
}

interface SpreadElement extends Node<'SpreadElement'> {
  readonly argument: SyntaxNode;
}

interface RestElement extends Node<'RestElement'> {
  readonly argument: SyntaxNode;
}

interface ArrayExpression extends Node<'ArrayExpression'> {
  readonly elements: readonly (SyntaxNode | null)[];
}

interface Binary extends Node<'BinaryExpression' | 'LogicalExpression'> {
  readonly operator: string;
  readonly left: SyntaxNode;
  readonly right: SyntaxNode;
}

interface Wrapped extends Node<'ChainExpression' | 'ParenthesizedExpression' | 'ExpressionStatement'> {
  readonly expression: SyntaxNode;
}

interface AwaitExpression extends Node<'AwaitExpression'> {
  readonly argument: SyntaxNode;
}

interface SequenceExpression extends Node<'SequenceExpression'> {
  readonly expressions: readonly SyntaxNode[];
}

interface ConditionalExpression extends Node<'ConditionalExpression'> {
  readonly consequent: SyntaxNode;
  readonly alternate: SyntaxNode;
}

interface Assignment extends Node<'AssignmentExpression' | 'AssignmentPattern'> {
  readonly left: SyntaxNode;
  readonly right: SyntaxNode;
}

interface ImportExpression extends Node<'ImportExpression'> {
  readonly source: SyntaxNode;
}

interface TaggedTemplate extends Node<'TaggedTemplateExpression'> {
  readonly tag: SyntaxNode;
  readonly quasi: TemplateLiteral;
}

interface FunctionExpression extends Node<'FunctionExpression' | 'ArrowFunctionExpression'> {
  readonly params: readonly SyntaxNode[];
}

interface Named extends Node<'FunctionDeclaration' | 'ClassDeclaration'> {
  readonly id: Identifier | null;
}

interface VariableDeclarator extends Node<'VariableDeclarator'> {
  readonly id: SyntaxNode;
  readonly init: SyntaxNode | null;
}

interface ObjectPattern extends Node<'ObjectPattern'> {
  readonly properties: readonly (Property | RestElement)[];
}

interface ArrayPattern extends Node<'ArrayPattern'> {
  readonly elements: readonly (SyntaxNode | null)[];
}

interface ImportDeclaration extends Node<'ImportDeclaration'> {
  readonly source: Literal;
  readonly specifiers: readonly (ImportSpecifier | ImportWhole)[];
}

interface ImportSpecifier extends Node<'ImportSpecifier'> {
  readonly imported: SyntaxNode;
  readonly local: Identifier;
}

interface ImportWhole extends Node<'ImportDefaultSpecifier' | 'ImportNamespaceSpecifier'> {
  readonly local: Identifier;
}

/** A node that is looked at. Others turn up too: every switch over `type` has a default. */
export type SyntaxNode =
  | ArrayExpression
  | ArrayPattern
  | Assignment
  | AwaitExpression
  | Binary
  | CallNode
  | ConditionalExpression
  | FunctionExpression
  | Identifier
  | ImportDeclaration
  | ImportExpression
  | ImportSpecifier
  | ImportWhole
  | Literal
  | MemberExpression
  | Named
  | ObjectExpression
  | ObjectPattern
  | Property
  | RestElement
  | SequenceExpression
  | SpreadElement
  | TaggedTemplate
  | TemplateElement
  | TemplateLiteral
  | VariableDeclarator
  | Wrapped;

/** What is used of the parser. */
export interface Parser {
  parse(
    code: string,
    options: {
      readonly ecmaVersion: 'latest';
      readonly sourceType: 'module' | 'script';
      readonly allowReturnOutsideFunction: boolean;
      readonly allowAwaitOutsideFunction: boolean;
      readonly allowHashBang: boolean;
      readonly allowSuperOutsideMethod: boolean;
      readonly onComment: Comment[];
    },
  ): SyntaxNode;
}

/** A comment. */
export type Comment = Span;
