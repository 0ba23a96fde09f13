/**
 * SQL functions and procedures that do something beside reading rows, all names in lower case. Data.
 *
 * Sources: PostgreSQL 18 manual 9.28 and appendix F, MySQL 8.4 manual 14, SQLite "Run-Time Loadable Extensions",
 * Transact-SQL reference "System Stored Procedures".
 */

import type { Effect, RiskLevel } from '@countersign/core';

/** What a function does. */
export interface EffectFunction {
  readonly level: RiskLevel;
  readonly effects: readonly Effect[];
  readonly why: string;
  /** The index of the argument that is itself SQL (`sql`) or a shell command (`shell`), when it is a literal. */
  readonly runs?: { readonly kind: 'sql' | 'shell'; readonly argument: number };
}

type Row = readonly [names: string, what: EffectFunction];

const sleep: EffectFunction = { level: 'moderate', effects: ['db.read'], why: 'holds a database connection' };
const session: EffectFunction = { level: 'moderate', effects: ['db.write'], why: 'changes session or sequence state' };
const readsFile: EffectFunction = {
  level: 'destructive',
  effects: ['fs.read', 'secrets.read'],
  why: 'reads files of the database server',
};
const writesFile: EffectFunction = {
  level: 'destructive',
  effects: ['fs.write'],
  why: 'writes or removes files of the database server',
};
const admin: EffectFunction = {
  level: 'destructive',
  effects: ['infra.change'],
  why: 'changes the running database server',
};
const loadsCode: EffectFunction = { level: 'destructive', effects: ['exec'], why: 'runs code on the database server' };
const runsShell: EffectFunction = {
  level: 'destructive',
  effects: ['exec'],
  why: 'runs a command on the database server',
  runs: { kind: 'shell', argument: 0 },
};
const remoteSql: EffectFunction = {
  level: 'destructive',
  effects: ['db.write', 'net.egress'],
  why: 'runs SQL on another server',
  runs: { kind: 'sql', argument: 1 },
};
const hiddenSql = (argument: number): EffectFunction => ({
  level: 'moderate',
  effects: ['db.read'],
  why: 'runs SQL that it is given as text',
  runs: { kind: 'sql', argument },
});
const account: EffectFunction = {
  level: 'destructive',
  effects: ['auth.change'],
  why: 'changes accounts or permissions',
};
const harmless: EffectFunction = { level: 'safe', effects: ['db.read'], why: 'only describes the database' };
const removes: EffectFunction = { level: 'destructive', effects: ['data.delete'], why: 'removes stored data' };
const network: EffectFunction = { level: 'destructive', effects: ['net.egress'], why: 'makes network requests' };

const FUNCTIONS: readonly Row[] = [
  ['pg_sleep pg_sleep_for pg_sleep_until sleep benchmark get_lock release_lock release_all_locks', sleep],
  ['master_pos_wait source_pos_wait wait_for_executed_gtid_set', sleep],
  [
    'pg_advisory_lock pg_advisory_lock_shared pg_advisory_unlock pg_advisory_unlock_all pg_advisory_unlock_shared',
    sleep,
  ],
  ['pg_advisory_xact_lock pg_advisory_xact_lock_shared pg_try_advisory_lock pg_try_advisory_xact_lock', sleep],
  ['set_config setval nextval pg_current_xact_id txid_current pg_export_snapshot lo_create lo_creat lo_open', session],
  ['lo_from_bytea lo_put lowrite lo_truncate pg_stat_reset pg_stat_reset_shared pg_stat_statements_reset', session],
  ['pg_notify pg_logical_emit_message', { level: 'moderate', effects: ['message.send'], why: 'sends a notification' }],
  ['pg_read_file pg_read_binary_file pg_ls_dir pg_ls_logdir pg_ls_waldir pg_ls_tmpdir pg_stat_file', readsFile],
  ['lo_import load_file readfile pg_current_logfile pg_hba_file_rules openrowset', readsFile],
  ['lo_export pg_file_write pg_file_unlink pg_file_rename pg_file_sync writefile pg_logdir_ls', writesFile],
  ['lo_unlink pg_drop_replication_slot pg_wal_replay_pause', removes],
  ['pg_terminate_backend pg_reload_conf pg_promote pg_rotate_logfile pg_switch_wal pg_backup_start', admin],
  ['pg_backup_stop pg_start_backup pg_stop_backup pg_create_restore_point pg_wal_replay_resume', admin],
  ['pg_replication_origin_create pg_replication_origin_drop pg_replication_slot_advance', admin],
  ['pg_cancel_backend pg_create_logical_replication_slot pg_create_physical_replication_slot', session],
  ['pg_logical_slot_get_changes pg_logical_slot_get_binary_changes', session],
  ['load_extension fts3_tokenizer edit sys_eval sys_bineval do_system lib_mysqludf_sys_info', loadsCode],
  ['sys_exec sys_set sys_get', runsShell],
  ['dblink dblink_exec dblink_send_query dblink_open', remoteSql],
  ['dblink_connect dblink_connect_u openquery opendatasource http_get http_post http http_put http_delete', network],
  ['query_to_xml query_to_xmlschema query_to_xml_and_xmlschema ts_stat crosstab connectby ts_rewrite', hiddenSql(0)],
  ['cursor_to_xml table_to_xml schema_to_xml database_to_xml', session],
  ['eval exec_query', { ...hiddenSql(0), level: 'destructive' }],
];

const PROCEDURES: readonly Row[] = [
  ['xp_cmdshell', runsShell],
  ['sp_executesql', { ...hiddenSql(0), level: 'destructive', effects: ['db.write'] }],
  ['sp_msforeachtable sp_msforeachdb', { ...hiddenSql(0), level: 'destructive', effects: ['db.write'] }],
  ['sp_execute_external_script sp_oacreate sp_oamethod sp_oasetproperty sp_oagetproperty sp_oadestroy', loadsCode],
  ['sp_addextendedproc sp_start_job sp_add_job sp_add_jobstep sp_add_jobserver sp_add_jobschedule', loadsCode],
  ['sp_procoption xp_startmail xp_servicecontrol', { ...loadsCode, effects: ['exec', 'persist'] }],
  ['xp_regread xp_dirtree xp_fileexist xp_subdirs xp_readerrorlog sp_readerrorlog xp_instance_regread', readsFile],
  ['xp_regwrite xp_regdeletekey xp_regdeletevalue xp_regaddmultistring xp_delete_file xp_copy_file', writesFile],
  ['sp_configure sp_dboption sp_detach_db sp_attach_db sp_renamedb sp_addlinkedserver sp_dropserver', admin],
  ['sp_cycle_errorlog sp_serveroption sp_replicationdboption sp_dropdevice sp_delete_backuphistory', admin],
  [
    'sp_addlogin sp_droplogin sp_adduser sp_dropuser sp_addrole sp_droprole sp_addrolemember sp_droprolemember',
    account,
  ],
  ['sp_addsrvrolemember', { ...account, level: 'critical' }],
  ['sp_dropsrvrolemember sp_password sp_grantdbaccess sp_revokedbaccess sp_grantlogin sp_revokelogin', account],
  ['sp_denylogin sp_change_users_login sp_approlepassword sp_addapprole sp_addlinkedsrvlogin', account],
  ['sp_delete_job sp_delete_jobstep sp_droptype sp_dropextendedproc sp_droparticle sp_droppublication', removes],
  ['sp_send_dbmail', { level: 'destructive', effects: ['message.send', 'net.egress'], why: 'sends mail' }],
  ['sp_help sp_helptext sp_helpdb sp_helpindex sp_helpconstraint sp_helpfile sp_helpuser sp_helprole', harmless],
  [
    'sp_helprolemember sp_helplogins sp_helpsrvrolemember sp_columns sp_tables sp_databases sp_pkeys sp_fkeys',
    harmless,
  ],
  ['sp_statistics sp_stored_procedures sp_sproc_columns sp_who sp_who2 sp_lock sp_spaceused sp_depends', harmless],
  ['sp_describe_first_result_set sp_server_info sp_monitor sp_special_columns sp_linkedservers', harmless],
];

/** Functions and procedures with effects, by name. */
export const EFFECT_FUNCTIONS: ReadonlyMap<string, EffectFunction> = new Map(
  [...FUNCTIONS, ...PROCEDURES].flatMap(([names, what]) => names.split(' ').map((name) => [name, what] as const)),
);
