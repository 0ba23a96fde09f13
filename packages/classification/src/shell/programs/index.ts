/** What is known of every program, by its name. */

import { ProgramIndex } from '../compile-spec.js';
import { TABLES } from './tables.js';

/** Specifications by program name. */
export const PROGRAMS = new ProgramIndex(TABLES);
