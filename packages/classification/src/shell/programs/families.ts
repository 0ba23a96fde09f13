/**
 * All program tables as one map. A new family is a new file, a line here, and a file of examples. Pure data.
 */

import { BUILD_TOOLS } from './build-tools.js';
import { CLOUD } from './cloud.js';
import { CODE_HOSTS } from './code-hosts.js';
import { CONFIGURATION } from './configuration.js';
import { CONTAINERS } from './containers.js';
import { CORE_UTILITIES } from './core-utilities.js';
import { DATABASES } from './databases.js';
import { DISKS } from './disks.js';
import { DOCUMENTS } from './documents.js';
import { GIT } from './git.js';
import { INFRASTRUCTURE } from './infrastructure.js';
import { KUBERNETES } from './kubernetes.js';
import { KUBERNETES_TOOLS } from './kubernetes-tools.js';
import { LANGUAGE_PACKAGES } from './language-packages.js';
import { MACOS } from './macos.js';
import { MIGRATIONS } from './migrations.js';
import { NETWORK } from './network.js';
import { ONLINE_SERVICES } from './online-services.js';
import { PACKAGES } from './packages.js';
import { PLATFORMS } from './platforms.js';
import { QUEUES } from './queues.js';
import { SECRETS } from './secrets.js';
import { SERVICES } from './services.js';
import type { ProgramFamily } from './spec.js';
import { SYSTEM_PACKAGES } from './system-packages.js';
import { SYSTEM_TOOLS } from './system-tools.js';
import { TEXT_TOOLS } from './text-tools.js';
import { USERS } from './users.js';
import { WINDOWS } from './windows.js';

/** The tables by the name of their file, which is also that of their examples. */
export const PROGRAM_FAMILIES: Readonly<Record<string, ProgramFamily>> = {
  'core-utilities': CORE_UTILITIES,
  'text-tools': TEXT_TOOLS,
  git: GIT,
  'code-hosts': CODE_HOSTS,
  packages: PACKAGES,
  'build-tools': BUILD_TOOLS,
  'system-packages': SYSTEM_PACKAGES,
  migrations: MIGRATIONS,
  containers: CONTAINERS,
  kubernetes: KUBERNETES,
  'kubernetes-tools': KUBERNETES_TOOLS,
  infrastructure: INFRASTRUCTURE,
  cloud: CLOUD,
  'online-services': ONLINE_SERVICES,
  platforms: PLATFORMS,
  databases: DATABASES,
  queues: QUEUES,
  secrets: SECRETS,
  disks: DISKS,
  services: SERVICES,
  network: NETWORK,
  users: USERS,
  configuration: CONFIGURATION,
  documents: DOCUMENTS,
  'language-packages': LANGUAGE_PACKAGES,
  macos: MACOS,
  'system-tools': SYSTEM_TOOLS,
  windows: WINDOWS,
};
