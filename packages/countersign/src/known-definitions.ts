/**
 * Remembers, by the log, the definition that each tool is known by: its name, description, schema and hints, as a digest. A tool that comes with another
 * one is another tool, until a person has approved a call of it.
 */

import { type AuditLog, CHANGED_SIGNAL, type DefinitionMemory, decodeEntry, type EntryOf } from '@countersign/audit';
import type { ToolDefinition } from '@countersign/core';
import { type GrantKeeper, withdrawGrants } from './withdraw-grants.js';

/** What the memory is made of. */
export interface KnownDefinitionsParts {
  readonly log: AuditLog;
  readonly approvals: GrantKeeper;
}

/** The definitions that tools are known by. What this process has looked up is not looked up again. */
export class KnownDefinitions implements DefinitionMemory {
  readonly #parts: KnownDefinitionsParts;
  /** By name and server: the digests that are known. */
  readonly #known = new Map<string, Set<string>>();

  constructor(parts: KnownDefinitionsParts) {
    this.#parts = parts;
  }

  async isChanged({
    tool,
    toolDigest,
  }: {
    readonly tool: ToolDefinition;
    readonly toolDigest: string;
  }): Promise<boolean> {
    const known = this.#knownOf(tool);
    if (known.has(toolDigest)) return false;
    const found = await this.#lookUp(tool, toolDigest);
    // The first definition of a tool is the one that it is known by, though its call may still wait to be recorded, and other calls of it
    // may have been looked up meanwhile.
    const isFirst = found === 'unheard-of' && (known.size === 0 || known.has(toolDigest));
    if (found === 'known' || isFirst) {
      known.add(toolDigest);
      return false;
    }
    await this.#withdrawGrants(tool, toolDigest);
    return true;
  }

  #knownOf({ name, server }: ToolDefinition): Set<string> {
    const key = JSON.stringify([name, server ?? '']);
    const known = this.#known.get(key) ?? new Set();
    if (this.#known.size >= MAX_TOOLS) this.#known.clear();
    this.#known.set(key, known);
    return known;
  }

  /** What the entries of the tool's calls say, the newest first. */
  async #lookUp({ name, server }: ToolDefinition, digest: string): Promise<'known' | 'changed' | 'unheard-of'> {
    const { store } = this.#parts.log;
    const indexes = await store.findCalls({ tool: name, order: 'newest-first', limit: MAX_CALLS });
    let isHeardOf = false;
    for (let at = 0; at < indexes.length; at += PAGE) {
      const { leaves } = await store.read(indexes.slice(at, at + PAGE));
      const entries = leaves.flatMap(({ leaf }) => beginEntry(leaf));
      const own = entries.filter((entry) => entry.tool === name && entry.server === server);
      if (own.some((entry) => entry.toolDigest === digest && isAccepted(entry))) return 'known';
      isHeardOf ||= own.length > 0;
    }
    return isHeardOf ? 'changed' : 'unheard-of';
  }

  /** What was granted to the tool as it was is not granted to it as it is. */
  async #withdrawGrants({ name, server }: ToolDefinition, digest: string): Promise<void> {
    await withdrawGrants(
      this.#parts.approvals,
      'The definition of the tool has changed.',
      (grant) => grant.tool === name && grant.server === server && grant.toolDigest !== digest,
    );
  }
}

type BeginEntry = EntryOf<'tool-call'> | EntryOf<'tool-refused'>;

function beginEntry(leaf: string | undefined): readonly BeginEntry[] {
  const decoded = leaf === undefined ? undefined : decodeEntry(leaf);
  if (decoded?.ok !== true) return [];
  const { entry } = decoded;
  return entry.kind === 'tool-call' || entry.kind === 'tool-refused' ? [entry] : [];
}

/** A call under a definition that was known then, or that a person approved. */
function isAccepted(entry: BeginEntry): boolean {
  const isApproved = entry.kind === 'tool-call' && entry.decision === 'approved';
  return isApproved || !entry.classification.signals.includes(CHANGED_SIGNAL);
}

/** Tools remembered in memory at most. */
const MAX_TOOLS = 10_000;
/** Calls of one tool that are looked through for a definition. */
const MAX_CALLS = 2_000;
const PAGE = 100;
