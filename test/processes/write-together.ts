/** Lets several processes record calls in one log at once, and gathers what they report. */

import { join } from 'node:path';
import { startChild } from './child.js';

/** Where the log of the processes is. */
export interface WriterPlaces {
  readonly path: string;
  readonly keyDir: string;
  readonly mark: string;
}

/** What one process made: two entries a call, and how long it waited for the acknowledgement of each, in milliseconds. */
export interface WriterReport {
  readonly name: string;
  readonly calls: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly longestMs: number;
}

/** The log in a folder. */
export function placesIn(folder: string): WriterPlaces {
  return { path: join(folder, 'log', 'a.db'), keyDir: join(folder, 'keys'), mark: join(folder, 'marks', 'mark') };
}

/** Starts `count` processes, lets them go at once for `forMs`, and answers when all have ended. */
export async function writeTogether(
  { path, keyDir, mark }: WriterPlaces,
  { count, forMs }: { readonly count: number; readonly forMs: number },
): Promise<readonly WriterReport[]> {
  const start = (i: number) => startChild('write-calls.ts', [path, keyDir, mark, `${forMs}`, `process-${i}`]);
  // The first makes the log and its keys.
  const first = await start(0);
  const others = await Promise.all(Array.from({ length: count - 1 }, (_, i) => start(i + 1)));
  const children = [first, ...others];
  for (const child of children) child.start();
  const reports = await Promise.all(children.map(async (child, i) => readReport(`process-${i}`, await child.line())));
  await Promise.all(children.map((child) => child.ended()));
  return reports;
}

/** The reports as lines of text. */
export function describeReports(reports: readonly WriterReport[]): string {
  return reports
    .map(({ name, calls, p50Ms, p99Ms, longestMs }) => {
      const times = [p50Ms, p99Ms, longestMs].map((ms) => ms.toFixed(1).padStart(7));
      return `  ${name}: ${`${calls}`.padStart(6)} calls; waited p50 ${times[0]} ms, p99 ${times[1]} ms, longest ${times[2]} ms`;
    })
    .join('\n');
}

/** "<calls> <p50> <p99> <longest>", as write-calls.ts prints it. */
function readReport(name: string, line: string): WriterReport {
  const [calls = Number.NaN, p50Ms = Number.NaN, p99Ms = Number.NaN, longestMs = Number.NaN] = line
    .split(' ')
    .map(Number);
  if (Number.isNaN(longestMs)) throw new Error(`${name}: no report: ${line}`);
  return { name, calls, p50Ms, p99Ms, longestMs };
}
