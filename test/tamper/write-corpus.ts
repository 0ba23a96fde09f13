/**
 * Writes the tamper corpus. Run it only when the format, or what verification finds, changes on purpose:
 *
 *   npx tsx --tsconfig test/tsconfig.json test/tamper/write-corpus.ts
 */

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { corpusFiles } from './corpus.js';
import { fixedGround, sqliteGround } from './matrix/ground.js';
import { replaceRows } from './matrix/try-variant.js';
import { openRaw } from './raw-sqlite.js';

const DIRECTORY = new URL('../tamper-corpus/', import.meta.url);
const SOUND = new URL('sound.db', DIRECTORY);

rmSync(new URL('logs/', DIRECTORY), { recursive: true, force: true });
rmSync(SOUND, { force: true });
mkdirSync(new URL('logs/', DIRECTORY), { recursive: true });
for (const [name, content] of await corpusFiles()) writeFileSync(new URL(name, DIRECTORY), content);
await sqliteGround(fileURLToPath(SOUND));
const database = openRaw(fileURLToPath(SOUND));
replaceRows(database, (await fixedGround()).rows);
database.exec('VACUUM');
database.close();
// What the last reader leaves behind.
for (const suffix of ['-wal', '-shm']) rmSync(`${fileURLToPath(SOUND)}${suffix}`, { force: true });
