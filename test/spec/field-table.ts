/** The field table as text, from the schemas of the code: what the specification and the second verifier must say too. */

import { CONTROL_KINDS, ENTRY_KINDS, entrySchema, PAYLOAD_NAMES } from '../../packages/audit/src/entry/kinds.js';
import * as values from '../../packages/audit/src/entry/values.js';

/** What is said of one kind. */
export interface FieldRow {
  readonly kind: string;
  /** True for a kind that a purge never removes. */
  readonly control: boolean;
  /** `name: type`, or `name?: type`, without the common members. */
  readonly members: readonly string[];
  readonly payloads: readonly string[];
}

/** The common members, in the order of the table. */
export function commonFields(): readonly string[] {
  return fieldsOf(values.commonMembers);
}

/** All kinds. */
export function fieldRows(): readonly FieldRow[] {
  const control: readonly string[] = CONTROL_KINDS;
  return entrySchema.options.map(({ shape }) => {
    const kind = shape.kind.value;
    const own = Object.entries(shape).filter(([name]) => name !== 'kind' && !Object.hasOwn(values.commonMembers, name));
    return {
      kind,
      control: control.includes(kind),
      members: fieldsOf(Object.fromEntries(own)),
      payloads: PAYLOAD_NAMES[kind],
    };
  });
}

/** The objects that stand in members, by name. */
export function objectFields(): Readonly<Record<string, readonly string[]>> {
  const { actor, classification, needs, totals } = values;
  return {
    actor: fieldsOf(actor.shape),
    classification: fieldsOf(classification.shape),
    needs: fieldsOf(needs.shape),
    totals: fieldsOf(totals.shape),
  };
}

/** The section of the specification. */
export function fieldSection(): string {
  const objects = Object.entries(objectFields()).map(([name, fields]) => `- *${name}*: \`${fields.join('`, `')}\``);
  const rows = fieldRows().map(
    ({ kind, control, members, payloads }) =>
      `| \`${kind}\`${control ? ' *' : ''} | ${members.map(code).join(', ')} | ${payloads.map(code).join(', ')} |`,
  );
  return [
    `Every entry: \`kind\`, ${commonFields().map(code).join(', ')}.`,
    '',
    ...objects,
    '',
    `| kind (${ENTRY_KINDS.length}) | members | payloads |`,
    '|---|---|---|',
    ...rows,
  ].join('\n');
}

const code = (text: string): string => `\`${text.replaceAll('|', '\\|')}\``;

const NAMES = new Map<unknown, string>([
  [values.identifier, 'identifier'],
  [values.digest, 'digest'],
  [values.count, 'count'],
  [values.time, 'time'],
  [values.uuid, 'uuid'],
  [values.signature, 'signature'],
  [values.verifierKey, 'vkey'],
  [values.risk, 'risk'],
  [values.actor, 'actor'],
  [values.classification, 'classification'],
  [values.needs, 'needs'],
  [values.totals, 'totals'],
]);

function fieldsOf(shape: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(shape).map(([name, schema]) => {
    const inner = innerOf(schema);
    return inner === undefined ? `${name}: ${typeOf(schema)}` : `${name}?: ${typeOf(inner)}`;
  });
}

/** The definition that zod keeps of a schema, in the parts that the table speaks of. */
interface Definition {
  readonly type: string;
  readonly innerType?: unknown;
  readonly element?: unknown;
  readonly valueType?: unknown;
  readonly values?: readonly unknown[];
  readonly entries?: Readonly<Record<string, unknown>>;
  readonly shape?: Readonly<Record<string, unknown>>;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isDefinition(value: unknown): value is Definition {
  return isRecord(value) && typeof value.type === 'string';
}

function definitionOf(schema: unknown): Definition {
  const def = isRecord(schema) && isRecord(schema.def) ? schema.def : undefined;
  if (!isDefinition(def)) throw new Error('not a schema');
  return def;
}

function innerOf(schema: unknown): unknown {
  const { type, innerType } = definitionOf(schema);
  return type === 'optional' ? innerType : undefined;
}

function typeOf(schema: unknown): string {
  const known = NAMES.get(schema);
  if (known !== undefined) return known;
  const { type, element, valueType, values: literals, entries, shape } = definitionOf(schema);
  switch (type) {
    case 'boolean':
      return 'bool';
    case 'number':
      return rangeOf(schema);
    case 'literal':
      return (literals ?? []).map((value) => JSON.stringify(value)).join('|');
    case 'enum':
      return Object.values(entries ?? {}).join('|');
    case 'array':
      return `[${typeOf(element)}]${lengthOf(schema)}`;
    case 'record':
      return `{identifier: ${typeOf(valueType)}}`;
    case 'object':
      return `{${fieldsOf(shape ?? {}).join(', ')}}`;
    default:
      throw new Error(`no name for ${type}`);
  }
}

function numberOf(schema: unknown, name: string): number | undefined {
  const value = isRecord(schema) ? schema[name] : undefined;
  return typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER ? value : undefined;
}

function rangeOf(schema: unknown): string {
  const [low, high] = [numberOf(schema, 'minValue'), numberOf(schema, 'maxValue')];
  if (low === undefined && high === undefined) return 'int';
  if (high === undefined) return low === 0 ? 'count' : `int from ${low}`;
  return `int ${low} to ${high}`;
}

function lengthOf(schema: unknown): string {
  const def = isRecord(schema) && isRecord(schema.def) && Array.isArray(schema.def.checks) ? schema.def.checks : [];
  const max = def.map((check: unknown) => maximumOf(check)).find((value) => value !== undefined);
  return max === undefined ? '' : ` max ${max}`;
}

function maximumOf(check: unknown): number | undefined {
  const zod = isRecord(check) && isRecord(check._zod) && isRecord(check._zod.def) ? check._zod.def : undefined;
  return typeof zod?.maximum === 'number' ? zod.maximum : undefined;
}
