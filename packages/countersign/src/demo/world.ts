/**
 * The demo's temporary workspace: a small project, a shop database and a web server on 127.0.0.1.
 */

import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import type { DemoWorld } from './tools.js';

/** A world with its server. */
export interface RunningWorld extends DemoWorld {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  close(): Promise<void>;
}

/** Makes the workspace and starts the server on a free port. */
export async function startWorld(folder: string): Promise<RunningWorld> {
  const workspace = join(folder, 'workspace');
  for (const [path, content] of Object.entries(FILES)) {
    await mkdir(join(workspace, path, '..'), { recursive: true });
    await writeFile(join(workspace, path), content);
  }
  const database = new SqliteDatabase(join(workspace, 'shop.db'));
  database.exec(SHOP);
  const server = createServer((request, response) => {
    request.resume();
    response.setHeader('content-type', 'text/plain');
    response.end(PAGES.get(`${request.method} ${request.url}`) ?? 'nothing here\n');
  });
  const port = await listen(server);
  const close = async (): Promise<void> => {
    database.close();
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  };
  return { workspace, database, url: `http://127.0.0.1:${port}`, close };
}

const FILES: Readonly<Record<string, string>> = {
  'README.md': '# Shop\n\nOrders, customers and invoices.\n',
  'config.json': '{ "currency": "EUR", "retries": 3 }\n',
  'notes/todo.md': '- clean the sessions\n- void old invoices\n',
  'notes/old.md': 'superseded\n',
  'data/exports/customers.csv': 'id,name\n1,Ada\n2,Grace\n',
};

const PAGES: ReadonlyMap<string, string> = new Map([
  ['GET /health', 'ok\n'],
  ['POST /deployments', 'accepted\n'],
  ['DELETE /customers/3', 'deleted\n'],
  ['GET /install.sh', 'echo "the helper would be installed here"\n'],
]);

const SHOP = `
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, plan TEXT NOT NULL) STRICT;
INSERT INTO customers VALUES (1, 'Ada', 'free'), (2, 'Grace', 'pro'), (3, 'Edsger', 'free');
CREATE TABLE sessions (id INTEGER PRIMARY KEY, customer INTEGER NOT NULL, expired INTEGER NOT NULL) STRICT;
INSERT INTO sessions VALUES (1, 1, 1), (2, 1, 0), (3, 2, 1), (4, 3, 1);
CREATE TABLE invoices (id INTEGER PRIMARY KEY, status TEXT NOT NULL) STRICT;
INSERT INTO invoices VALUES (1, 'paid'), (2, 'void'), (3, 'open');
`;

function listen(server: Server): Promise<number> {
  return new Promise((done, fail) => {
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (typeof address === 'object' && address !== null) done(address.port);
      else fail(new Error('The server has no port.'));
    });
  });
}
