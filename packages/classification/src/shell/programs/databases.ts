/**
 * Database clients and their tools. Statements on the line are read by the SQL analyzer. Source: the PostgreSQL, MySQL,
 * SQLite, MongoDB and Redis manuals. Pure data.
 */

import { doing, family, reading } from './spec.js';

const client = doing('moderate', 'database', 'Runs statements in a database.', { effects: ['db.read'] });
const drops = doing('critical', 'database-drop', 'Drops a whole database.', {
  effects: ['data.delete', 'db.write'],
  reversible: false,
});

/** Database clients. */
export const DATABASES = family('the PostgreSQL, MySQL, SQLite, MongoDB and Redis manuals', {
  'psql mysql mariadb sqlite3 mongosh mongo redis-cli valkey-cli clickhouse-client cqlsh duckdb sqlcmd usql cockroach neo4j cypher-shell snowsql':
    client,
  influx: doing('moderate', 'database', 'Works with a database.', {
    effects: ['db.read'],
    rules: [
      {
        id: 'database-drop',
        level: 'destructive',
        text: 'Deletes data of the database.',
        operand: /^delete$/,
        effects: ['data.delete', 'db.write'],
        reversible: false,
      },
    ],
  }),
  dropdb: drops,
  dropuser: doing('destructive', 'database-user-drop', 'Removes a user of the database.', { effects: ['auth.change'] }),
  'createdb createuser': doing('moderate', 'database-create', 'Makes a database or a user of it.', {
    effects: ['db.write'],
  }),
  'pg_dump pg_dumpall mysqldump mongodump mongoexport': doing(
    'moderate',
    'database-dump',
    'Copies the whole content of a database.',
    { effects: ['db.read'], rules: [] },
  ),
  pg_restore: doing('moderate', 'database-restore', 'Writes into a database.', {
    effects: ['db.write'],
    rules: [
      {
        id: 'database-restore-clean',
        level: 'destructive',
        text: 'Drops what is there before it restores.',
        flags: '-c --clean -C',
        effects: ['data.delete', 'db.write'],
        reversible: false,
      },
    ],
  }),
  'mongorestore mongoimport mysqlimport': doing('moderate', 'database-restore', 'Writes into a database.', {
    effects: ['db.write'],
    rules: [
      {
        id: 'database-restore-clean',
        level: 'destructive',
        text: 'Drops what is there before it restores.',
        flags: '--drop --delete',
        effects: ['data.delete', 'db.write'],
        reversible: false,
      },
    ],
  }),
  mysqladmin: {
    act: { id: 'mysqladmin', level: 'moderate', text: 'Works with the database service.', effects: ['db.read'] },
    rules: [
      {
        id: 'database-drop',
        level: 'critical',
        text: 'Drops a whole database.',
        operand: /^drop$/,
        effects: ['data.delete', 'db.write'],
        reversible: false,
      },
      {
        id: 'database-stop',
        level: 'destructive',
        text: 'Stops the database or its users, or changes a password.',
        operand: /^(?:shutdown|kill|flush-.*|password|stop-.*)$/,
        effects: ['infra.change'],
      },
    ],
  },
  'pg_ctl pg_ctlcluster': doing('moderate', 'database-service', 'Controls the database service.', {
    effects: ['infra.change'],
    rules: [
      {
        id: 'database-stop',
        level: 'destructive',
        text: 'Stops the database.',
        operand: /^(?:stop|kill|promote)$/,
        effects: ['infra.change'],
      },
    ],
  }),
  pg_dropcluster: drops,
  'pg_resetwal pg_rewind': doing('critical', 'database-reset', 'Throws away the log that keeps the database sound.', {
    effects: ['data.delete'],
    reversible: false,
  }),
  initdb: doing('moderate', 'database-create', 'Makes a new database.', { effects: ['fs.write'] }),
  'pg_isready pg_config pg_controldata pg_lsclusters': reading('*', 'text'),
  vacuumdb: doing('moderate', 'database-vacuum', 'Tidies a database.', { effects: ['db.write'] }),
  'rabbitmqctl rabbitmqadmin': {
    verbs: true,
    rules: [
      {
        id: 'queue-reset',
        level: 'destructive',
        text: 'Empties queues or stops the service.',
        operand:
          /^(?:reset|force_reset|stop_app|stop|purge_queue|delete_queue|delete_vhost|delete_user|forget_cluster_node|purge|delete)$/,
        effects: ['data.delete', 'infra.change'],
        reversible: false,
      },
    ],
    act: { id: 'queue', level: 'moderate', text: 'Works with queues.' },
  },
  'kafka-topics kafka-topics.sh kafka-delete-records kafka-consumer-groups kafka-configs kafka-acls': {
    act: { id: 'kafka', level: 'moderate', text: 'Works with topics.' },
    rules: [
      {
        id: 'kafka-delete',
        level: 'destructive',
        text: 'Deletes topics or the records in them.',
        flags: '--delete --reset-offsets --delete-offsets --offset-json-file --remove',
        effects: ['data.delete', 'infra.change'],
        reversible: false,
      },
    ],
  },
  nodetool: {
    rules: [
      {
        id: 'nodetool',
        level: 'destructive',
        text: 'Takes a node away or deletes its snapshots.',
        operand: /^(?:decommission|removenode|assassinate|clearsnapshot|drain|truncatehints|stopdaemon)$/,
        effects: ['data.delete', 'infra.change'],
      },
    ],
    subcommands: { 'status info ring tpstats describecluster version': reading('*', 'text') },
  },
  'elasticdump opensearch curator es': { verbs: true },
});
