/**
 * The demo agent's tools. They are real: files, a shell, a SQLite database and HTTP, all inside one temporary workspace.
 */

import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { promisify } from 'node:util';
import type { Database } from 'better-sqlite3';

/** What the tools work on. */
export interface DemoWorld {
  /** Absolute path of the workspace. */
  readonly workspace: string;
  /** The shop's database: not the log's. */
  readonly database: Database;
}

/** The tools, as a developer would hand them to an agent framework. */
export function createDemoTools({ workspace, database }: DemoWorld) {
  const inside = (path: string): string => {
    const full = resolve(workspace, path);
    if (full !== workspace && !full.startsWith(workspace + sep))
      throw new Error('The path leads out of the workspace.');
    return full;
  };
  return {
    list_files: {
      description: 'Lists the files of a folder.',
      inputSchema: schema({ path: 'string' }),
      execute: async ({ path }: { path: string }) => (await readdir(inside(path))).sort(),
    },
    read_file: {
      description: 'Reads a text file.',
      inputSchema: schema({ path: 'string' }),
      execute: ({ path }: { path: string }) => readFile(inside(path), 'utf8'),
    },
    write_file: {
      description: 'Writes a text file.',
      inputSchema: schema({ path: 'string', content: 'string' }),
      execute: async ({ path, content }: { path: string; content: string }) => {
        await mkdir(dirname(inside(path)), { recursive: true });
        await writeFile(inside(path), content);
        return { bytes: Buffer.byteLength(content) };
      },
    },
    delete_file: {
      description: 'Deletes a file.',
      inputSchema: schema({ path: 'string' }),
      execute: async ({ path }: { path: string }) => {
        await rm(inside(path));
        return { deleted: path };
      },
    },
    run_shell: {
      description: 'Runs a shell command in the workspace.',
      inputSchema: schema({ command: 'string' }),
      execute: async ({ command }: { command: string }) => {
        const { stdout, stderr } = await promisify(execFile)('sh', ['-c', command], {
          cwd: workspace,
          timeout: 20_000,
        });
        return { stdout, stderr };
      },
    },
    query_database: {
      description: 'Runs one SQL statement on the shop database.',
      inputSchema: schema({ sql: 'string' }),
      // Synchronous on purpose: wrapped, it becomes asynchronous.
      execute: ({ sql }: { sql: string }) => {
        const statement = database.prepare(sql);
        return statement.reader ? statement.all() : { changes: statement.run().changes };
      },
    },
    http_request: {
      description: 'Sends an HTTP request.',
      inputSchema: schema({ method: 'string', url: 'string' }),
      execute: async ({ method, url, headers, body }: HttpInput) => {
        const response = await fetch(url, { method, ...(headers && { headers }), ...(body && { body }) });
        return { status: response.status, body: await response.text() };
      },
    },
    measure_workspace: {
      description: 'Measures the files of the workspace.',
      inputSchema: schema({}),
      execute: async () => measure(workspace),
    },
  };
}

interface HttpInput {
  readonly method: string;
  readonly url: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** A result that JSON cannot carry: a Map, BigInts, a Date, a function and a cycle. */
async function measure(workspace: string): Promise<Map<string, unknown>> {
  const sizes = new Map<string, unknown>();
  for (const name of (await readdir(workspace)).sort()) {
    sizes.set(name, (await stat(join(workspace, name), { bigint: true })).size);
  }
  sizes.set('measuredAt', new Date());
  sizes.set('again', () => measure(workspace));
  sizes.set('self', sizes);
  return sizes;
}

function schema(properties: Readonly<Record<string, string>>) {
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(properties).map(([name, type]) => [name, { type }])),
    required: Object.keys(properties),
  } as const;
}
