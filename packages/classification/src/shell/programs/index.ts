/**
 * All program tables as one map. A new family is a new file and a line here.
 */

import { compileTables } from '../compile-spec.js';
import { CLOUD } from './cloud.js';
import { CODE_HOSTS } from './code-hosts.js';
import { CONTAINERS } from './containers.js';
import { CORE_UTILITIES } from './core-utilities.js';
import { DATABASES } from './databases.js';
import { DISKS } from './disks.js';
import { GIT } from './git.js';
import { INFRASTRUCTURE } from './infrastructure.js';
import { KUBERNETES } from './kubernetes.js';
import { MIGRATIONS } from './migrations.js';
import { NETWORK } from './network.js';
import { PACKAGES } from './packages.js';
import { SERVICES } from './services.js';
import { SYSTEM_PACKAGES } from './system-packages.js';
import { TEXT_TOOLS } from './text-tools.js';
import { USERS } from './users.js';
import { WINDOWS } from './windows.js';

/** Specifications by program name. */
export const PROGRAMS = compileTables(
  CORE_UTILITIES,
  TEXT_TOOLS,
  GIT,
  CODE_HOSTS,
  PACKAGES,
  SYSTEM_PACKAGES,
  MIGRATIONS,
  CONTAINERS,
  KUBERNETES,
  INFRASTRUCTURE,
  CLOUD,
  DATABASES,
  DISKS,
  SERVICES,
  NETWORK,
  USERS,
  WINDOWS,
);
