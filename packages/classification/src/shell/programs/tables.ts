/**
 * The program tables as they are looked up. The build replaces this module by one of the same exports in which each table is
 * a JSON text (`.tools/program-tables.ts`): the tables are by far the largest part of the package, and a text costs next to
 * nothing until it is parsed, when a command first names one of its programs. Pure data.
 */

import { PROGRAM_FAMILIES } from './families.js';
import type { StoredTable } from './spec.js';

/** Every table with the names of its programs. */
export const TABLES: readonly StoredTable[] = Object.values(PROGRAM_FAMILIES).map(({ programs }) => ({
  names: Object.keys(programs),
  read: () => programs,
}));
