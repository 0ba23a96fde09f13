/**
 * The check of anchors: when each of those on record last kept a checkpoint, and whether it failed since.
 */

import { readRecords } from '@countersign/audit';
import { isJsonObject, type JsonValue, parseTime } from '@countersign/core';
import { ageText, countText } from '../format/words.js';
import type { OpenedView } from '../open-view.js';
import { type Check, ok, warn } from './check.js';

/** When the anchors that the configuration on record names last kept a checkpoint. */
export async function checkAnchors({ store, view, environment }: OpenedView): Promise<Check> {
  const { size } = await store.head();
  const configured = await configuredAnchors(view);
  const records = await readRecords(store, Math.max(0, size - RECENT_ENTRIES));
  const known = new Map<string, { readonly size: number; readonly atUs: number }>();
  for (const { anchor, name, size: anchored, time } of records) {
    known.set(labelOf(anchor, name), { size: anchored, atUs: parseTime(time) });
  }
  const labels = [...new Set([...configured, ...known.keys()])];
  if (labels.length === 0) return ok('anchors', 'none: only the high-water mark says how long the log is');
  const failed = await failedSince(view, Math.max(0, size - RECENT_ENTRIES));
  const lines = labels.map((label) => describe(label, { found: known.get(label), failed, nowUs: environment.nowUs() }));
  const text = lines.map(({ text: line }) => line).join('; ');
  if (lines.every(({ isFine }) => isFine)) return ok('anchors', text);
  return warn('anchors', text, 'See whether the anchors can be reached from the machine that writes the log.');
}

/** How many entries behind the end are looked through. */
const RECENT_ENTRIES = 100_000;

/** An anchor that works says something once an hour. */
const OLD_MS = 2 * 3_600_000;

interface Standing {
  readonly found: { readonly size: number; readonly atUs: number } | undefined;
  /** When an anchor was last said to fail, by its label. */
  readonly failed: ReadonlyMap<string, number>;
  readonly nowUs: number;
}

function describe(
  label: string,
  { found, failed, nowUs }: Standing,
): { readonly text: string; readonly isFine: boolean } {
  const failedUs = failed.get(label) ?? 0;
  const failing = failedUs > (found?.atUs ?? 0) ? `, failing since ${ageText((nowUs - failedUs) / 1000)}` : '';
  if (found === undefined) return { text: `${label} never kept a checkpoint${failing}`, isFine: false };
  const ageMs = (nowUs - found.atUs) / 1000;
  const text = `${label} ${ageText(ageMs)} ago, ${countText(found.size, 'entry', 'entries')}${failing}`;
  return { text, isFine: failing === '' && ageMs < OLD_MS };
}

/** The anchors in the newest configuration on record. */
async function configuredAnchors(view: OpenedView['view']): Promise<readonly string[]> {
  const changes = await view.entries({ kind: 'config-changed', limit: 1000 });
  const config = changes.at(-1)?.payloads.get('config');
  const anchors = isJsonObject(config) && Array.isArray(config.anchors) ? config.anchors : [];
  return anchors.flatMap(labelOfConfigured);
}

function labelOfConfigured(value: JsonValue): readonly string[] {
  if (!isJsonObject(value) || typeof value.anchor !== 'string' || typeof value.name !== 'string') return [];
  return [labelOf(value.anchor, value.name)];
}

/** When each anchor was last put on record as failing. */
async function failedSince(view: OpenedView['view'], from: number): Promise<ReadonlyMap<string, number>> {
  const failed = new Map<string, number>();
  for (const { entry, payloads } of await view.entries({ kind: 'system-event', from, limit: 1000 })) {
    if (entry.kind !== 'system-event' || entry.name !== 'anchor-failed') continue;
    for (const label of labelOfConfigured(payloads.get('details') ?? '')) failed.set(label, parseTime(entry.time));
  }
  return failed;
}

function labelOf(anchor: string, name: string): string {
  return anchor === name ? anchor : `${anchor} ${name}`;
}
