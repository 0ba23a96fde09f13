/**
 * Database clients and their tools. Statements on the line are read by the SQL analyzer. Source: the PostgreSQL, MySQL,
 * SQLite, MongoDB and Redis manuals. Pure data.
 */

import { cli, doing, family, reading, tool } from './spec.js';

const client = doing('moderate', 'database', 'Runs statements in a database.', {
  effects: ['db.read'],
  lines: { reads: '. --version|-V' },
});
const drops = doing('critical', 'database-drop', 'Drops a whole database.', {
  effects: ['data.delete', 'db.write'],
  reversible: false,
});

/** Database clients. */
export const DATABASES = family('the PostgreSQL, MySQL, SQLite, MongoDB and Redis manuals', {
  'psql mysql mariadb sqlite3 mongosh mongo redis-cli valkey-cli clickhouse-client cqlsh duckdb sqlcmd usql': client,
  snowsql: { ...client, sql: '-q --query' },
  cockroach: tool({
    reads: 'node status|ls; version; statement-diag list; gen *; userfile list',
    changes: '*; .',
    stops: 'node decommission|drain|recommission; quit; drain; node *',
    overwrites:
      'init; debug reset-quorum|recover *; import *; userfile delete; statement-diag delete|cancel; workload *; debug unsafe-*; convert-url',
    access: 'cert *; auth-session *',
  }),
  neo4j: tool({ reads: 'status|version', changes: 'start|restart|console', stops: 'stop' }),
  'cypher-shell': doing('moderate', 'client', 'Runs statements on a graph database.', { effects: ['db.write'] }),
  influx: doing('moderate', 'database', 'Works with a database.', {
    lines: {
      reads: '* list|ls; ping|version; task run list; task log *; org members list',
      access: 'auth create|delete|active|inactive; user *; org members add|remove; v1 auth *; remote *',
      deletes: 'delete; * delete|rm; bucket|org|user|task|dashboards|secret|scripts|stacks delete|rm|remove',
      overwrites: 'restore; apply; bucket update; pkg; task update; stacks *',
      secrets: 'secret list; auth list',
    },
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
  createdb: doing('moderate', 'database-create', 'Makes a database.', { effects: ['db.write'] }),
  createuser: doing('moderate', 'database-create', 'Makes a user of a database.', {
    effects: ['db.write', 'auth.change'],
    lines: { admins: '. -s|--superuser', access: '. -r|--createrole|-d|--createdb|--replication|--bypassrls' },
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
    lines: { reads: 'status|extended-status|version|ping|processlist|variables|proc|stat' },
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
  'elasticdump opensearch curator': { verbs: true },

  'clickhouse clickhouse-local clickhouse-benchmark pgcli mycli litecli trino presto hive beeline impala-shell spanner-cli isql hdbsql sqlplus mysqlsh db2 surreal':
    { ...client, sql: '-e -q -c --query --execute --sql -x --command' },
  'iredis pspg sqldiff sqlite3_analyzer': tool({ reads: '. --version|--help' }),
  'redis-benchmark redis-server redis-sentinel mongod mongos mysqlslap pgbench influxd rqlite arangosh gel edgedb pgbouncer proxysql orchestrator meilisearch typesense solr':
    tool({
      reads: '. --version; version; status; help; instance list|status; project info; list *',
      stops: '. --shutdown|--repair|--reset; stop *; instance stop|destroy; kill',
      deletes:
        'delete *; instance destroy; database drop|wipe; branch drop|wipe; project unlink --destroy-server-instance; dump delete',
      changes: '*; .',
    }),
  'pg_basebackup pg_receivewal pg_recvlogical pg_checksums reindexdb clusterdb mysqlpump mydumper mariadb-dump mariadb-backup xtrabackup mysqlcheck mariadb-check mysql_upgrade mysql_secure_installation bsondump mongostat mongotop mongofiles pg_upgrade pgloader myloader arangodump arangorestore pg_repack impdp expdp sqlldr wal-e vmctl':
    tool({
      reads: 'list|search *; . --version; list; . --check|-c !-e !-d',
      deletes: 'delete|delete_id *; . --drop-slot',
      overwrites:
        '. --overwrite-tables|--drop-table|--copy-back|--move-back|--auto-repair|--repair|-r|--overwrite|--include-drop; . --copy-back; . --table_exists_action=replace|truncate; * table_exists_action=replace|truncate; delete *; backup-delete; . -m=r; . TABLE_EXISTS_ACTION=*; . --auto-repair; * --overwrite-destination; . -o|--overwrite-tables; . --replace; . --with=*drop*; . --enable-checksums|--disable-checksums|-e; retain *; . --force',
      changes: '*; .',
    }),
  mysqlbinlog: reading(
    '-v -vv -s -u= -h= -P= -d= -j= -o= -t --verbose --start-datetime= --stop-datetime= --start-position= --stop-position= --database= --base64-output= --short-form --no-defaults --hexdump -H --server-id=',
    'read',
  ),
  'mariadb-admin': doing('moderate', 'mysqladmin', 'Works with the database service.', {
    effects: ['db.read'],
    lines: {
      reads: 'status|extended-status|version|ping|processlist|variables',
      wrecks: 'drop *',
      stops: 'shutdown|kill|flush-*|password|stop-*|start-all-slaves|old-password',
    },
  }),
  'pgbackrest barman wal-g repmgr pg_autoctl': cli({
    reads:
      'info|version|check|verify|help; list-*|show-*|check|status|diagnose|show *; backup-list|wal-show|wal-verify|catchup-list|st ls; cluster show|matrix|crosscheck|event; node status|check; daemon status; service status; show *; list-backups|list-files|list-servers *; get settings; inspect',
    changes:
      'backup|stanza-create|start|stanza-upgrade|archive-push|archive-get|server|repo-ls|annotate; cron|receive-wal|switch-wal|switch-xlog|put-wal|get-wal|keep|verify-backup|sync-info|config-switch; backup-push|wal-push|wal-fetch|binlog-push|copy|backup-mark|stream-push; primary register; standby register|clone|follow; witness register; create *; run; enable maintenance|monitor',
    stops:
      'stop; daemon stop; standby switchover|promote; node rejoin|service; disable *; perform *; drop node; service pause|unpause; cluster cleanup; set *; stop *; daemon start; do *; pause|unpause; backup-fetch; replication-status --reset',
    overwrites:
      'restore|expire|stanza-delete|repo-rm|repo-put; recover *; recover; backup-fetch|binlog-replay|catchup-fetch|wal-restore|pgbackrest *; restore *; standby clone --force; sync-backup',
    deletes:
      'delete|delete-*; delete *; cluster cleanup; primary|standby|witness unregister; drop *; stanza-delete; repo-rm; wal-receive; flush *; garbage; st rm',
  }),
  patronictl: cli(
    {
      reads: 'list|topology|history|show-config|version|query|dsn|members',
      changes: 'resume|reload|scaffold',
      stops: 'failover|switchover|restart|pause|flush|demote-cluster|promote-cluster|edit-config|configure',
      overwrites: 'reinit|remove|edit-config',
    },
    { values: '-c -d --config-file' },
  ),
  'pt-archiver pt-online-schema-change gh-ost pt-kill pt-table-sync pt-query-digest': tool({
    changes: '. --dry-run; *; .',
    overwrites: '. --purge|--execute|--no-check-*|--drop-*; * --execute; . --kill|--kill-query; . --execute',
  }),
  'couchbase-cli cbq cbbackupmgr': cli(
    {
      reads:
        'server-list|bucket-list|host-list|server-info|info|config|list; group-manage|user-manage --list; setting-* --get; rebalance-status',
      changes:
        'bucket-create|cluster-init|server-add|node-init|rebalance|bucket-compact|backup|server-readd|group-manage|collect-logs-*|cluster-create; *',
      stops:
        'failover|rebalance-stop|recovery|node-reset|host-remove|server-remove; rebalance --server-remove; server-eshell',
      deletes:
        'bucket-delete|bucket-flush; collection-manage --drop-scope|--drop-collection; remove|merge; restore --purge',
      access:
        'user-manage --delete|--set; user-manage *; reset-admin-password|reset-cipher-suites|master-password|ssl-manage|setting-security|setting-ldap|setting-saml|setting-audit; group-manage --delete; setting-* --set; ip-family *; node-to-node-encryption *',
      overwrites: 'bucket-edit; xdcr-* --delete; eventing-function-setup --delete|--undeploy; restore',
    },
    { sql: '-s --script' },
  ),
  'promtool amtool': cli({
    reads:
      'check *; query *; test *; debug *; alert|check-config; alert query; config show; config routes; cluster show; template render; silence query; config routes *; tsdb list|analyze|dump; alert query; silence',
    changes: 'push *; alert add; silence import',
    stops: 'silence add|expire|update|import',
    deletes: 'tsdb delete; tsdb create-blocks-from; tsdb bench *',
  }),
  cbt: cli(
    {
      reads:
        'ls|lookup|read|count|listinstances|listclusters|listappprofile|listsnapshots|getsnapshot|getcluster|doc|help|version|listauthorizedviews|getauthorizedview|notices',
      changes:
        'createtable|createfamily|set|addtocell|createinstance|createsnapshot|createappprofile|import|waitforreplication|createauthorizedview',
      deletes:
        'deletetable|deletefamily|deleterow|deleteallrows|deletecolumn|deleteinstance|deletecluster|deletesnapshot|deleteappprofile|deleteauthorizedview|setgcpolicy',
      overwrites: 'createtablefromsnapshot|updateappprofile|updatecluster|setvaluetype|setgcpolicy',
    },
    { values: '-project -instance -creds', style: 'long' },
  ),
  'zkcli.sh zkcli zookeeper-shell': tool({
    reads: 'ls|get|stat|getAcl|ls2|history|version|config|getEphemerals|getAllChildrenNumber; * ls|get|stat',
    changes: 'create|set|sync|connect; *',
    deletes: 'delete|deleteall|rmr|delquota *; * delete|deleteall|rmr *',
    access: 'setAcl|addauth|reconfig|setquota|removewatches *; * setAcl *',
  }),
  'neo4j-admin': cli({
    reads:
      'database info|check; server status|report|memory-recommendation|validate-config; report; memrec|check-consistency; . --version',
    changes: 'server start|console|restart; database dump|backup|aggregate-backup; backup|dump; dbms list',
    overwrites:
      'database load|restore|copy|import|migrate|upload; load|restore|import|copy|push-to-cloud; database unbind; server unbind; unbind|store-info; dbms set-initial-password|set-default-admin|unbind-system-db; set-initial-password|set-default-admin',
    stops: 'server stop; dbms unbind*',
    deletes: 'database delete',
  }),
  'tiup vtctlclient vtctldclient': cli({
    reads:
      'list|status|help|telemetry status|mirror show; cluster list|display|audit|check|template|show-config; Get*|List*|FindAllShardsInKeyspace|Validate*|Ping*|Help*|ShardReplicationPositions|VDiff; bench; env',
    changes:
      'install|update|playground; cluster deploy|start|restart|enable|import|push|pull|exec|tls|rename; Apply*|Create*|Refresh*|Reload*|Rebuild*|Backup*|Start*|Run*; dm *; mirror *',
    stops:
      'cluster stop|scale-in|upgrade|reload|patch|disable|edit-config|replay|meta|rotatessh; PlannedReparentShard|EmergencyReparentShard|StopReplication|SetShard*|Change*|SetWritable|TabletExternallyReparented|Migrate*|MoveTables|Reshard|Switch*|Workflow*|StopSlave|InitShardPrimary|SetKeyspace*|Detach*|Sleep*; scale-in',
    deletes:
      'clean|uninstall; cluster clean|destroy|prune; Delete*|Remove*|Restore*; uninstall *; cluster destroy; playground scale-in; mirror rotate; DeleteKeyspace',
    wrecks: 'cluster destroy|clean; DeleteKeyspace; uninstall --all',
    runs: 'ExecuteFetchAsDba *',
  }),
  dolt: tool(
    {
      reads:
        'status|log|diff|ls|show|blame|branch|remote|version|tag|merge-base|fsck|reflog|query-diff; schema show; schema export; constraints verify; docs print; config --list; stash list; admin show-root; branch -a|-v|--list|-r; schema show|export; config --list|--get; remote -v; stash list|show; docs diff|print',
      changes:
        'add|commit|checkout|merge|pull|push|fetch|clone|init|sql|sql-server|dump|revert|cherry-pick|rebase|backup|creds|login|migrate|conflicts|read-tables|cp|mv; table import; table export; table import|export|cp|mv; docs upload; stash',
      overwrites:
        'reset --hard; push --force|-f|-d|--delete; branch -D|-d|-f; clean|gc|filter-branch|rm|drop *; gc; clean; stash drop|clear; table rm; tag -d; checkout -f; remote remove|rm; backup restore|remove; archive; docs rm; conflicts resolve; schema import; undrop; creds rm|remove',
    },
    { sql: '-q --query' },
  ),
  'litestream sqlite-utils datasette': tool({
    reads:
      'databases|generations|snapshots|wal|version|ltx|status; tables|views|rows|schema|indexes|triggers|search|plugins|analyze-tables|memory; inspect; . --version; dump',
    changes: 'replicate; *',
    overwrites:
      'restore; reset; drop-table|drop-view|transform|reset-counts|disable-fts|disable-wal|bulk|extract; insert --replace|--truncate; publish *',
  }),
  'atlas sqitch skeema bytebase pgroll graphile-migrate': tool({
    reads:
      'migrate status|lint|validate; schema inspect|diff|fmt; status|log|plan|show|tag|verify|check|version|help|diff|lint|list|validate|config; migrate diff --dry-run; latest|analyze; whoami; completed',
    changes:
      'migrate apply|diff|new|hash|import|push; deploy|add|init|target|engine|tag|rework|bundle; pull|format; push --dry-run; start|complete|migrate; commit|watch|current|init|run|compile; schema apply; schema push|plan; license; login|logout; test *; baseline|convert|create|update; engine *; schema apply --dry-run',
    overwrites:
      'schema apply --auto-approve; schema clean; migrate down|set|rm|edit|rebase|reset; revert|rebase|checkout; revert *; rollback; push --allow-unsafe; push; reset|uncommit; schema apply *; migrate apply --allow-dirty|--baseline; reset --erase; rewind; migrate test *',
    wrecks: 'reset --erase; schema clean --auto-approve',
  }),
  rman: doing('moderate', 'database', 'Makes or restores backups of a database.', {
    lines: {
      overwrites:
        '* delete|restore|recover|duplicate|drop|crosscheck|flashback|switch|reset|shutdown|unregister *; target * delete|drop|restore; target / delete|drop|restore|recover|duplicate',
      reads: '* list|report|validate|show *',
    },
  }),
  'es elasticsearch-plugin elasticsearch-reset-password opensearch-plugin logstash kibana curator_cli': cli({
    reads: 'list; show-indices|show-snapshots; show_indices; . --version|-V; . --config.test_and_exit|-t',
    changes: 'install; *',
    deletes:
      'remove; delete-*; delete_*; rollover; close|shrink|forcemerge|reindex|restore|allocation|replicas; . --force',
    access: '. -a|--auto|-i|-u|-b',
  }),
});
