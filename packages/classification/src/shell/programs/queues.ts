/**
 * Queues, logs of events and workflow engines. Pure data.
 */

import { cli, doing, family, tool } from './spec.js';

/** Queues and workflows. */
export const QUEUES = family(
  'The command references of Apache Kafka, Redpanda, RabbitMQ, NATS, Pulsar, Mosquitto, ActiveMQ, Artemis, Temporal and Zeebe',
  {
    'rabbitmqctl rabbitmqadmin': {
      verbs: true,
      lines: {
        reads:
          'list_*|status|cluster_status|environment|ping|report|node_health_check|version|help|await_startup|check_*|show; list *; show *; hash_password',
        changes:
          'add_vhost|trace_on|trace_off|set_cluster_name|encode|decode|sync_queue|start_app|wait|declare|publish|get|export|resume_listeners; declare *; publish *; get *',
        access:
          'add_user|change_password|clear_password|set_permissions|clear_permissions|set_user_tags|set_topic_permissions|clear_topic_permissions|set_vhost_limits|clear_vhost_limits|set_user_limits|clear_user_limits|enable_feature_flag|authenticate_user *',
        stops:
          'stop|stop_app|shutdown|close_*|suspend_listeners|force_boot|join_cluster|change_cluster_node_type|rename_cluster_node|update_cluster_nodes|cancel_sync_queue|force_gc|rotate_logs|close_all_connections *; stop|stop_app|shutdown; close *; set_policy|clear_policy|set_operator_policy|clear_operator_policy|set_parameter|clear_parameter|set_disk_free_limit|set_vm_memory_high_watermark|set_log_level *; import *; drain',
        deletes:
          'reset|force_reset; purge_queue|delete_queue|delete_vhost|delete_user|forget_cluster_node|delete_shovel *; delete|purge *',
        runs: 'eval|exec *',
        wrecks: 'force_reset; delete_vhost *',
      },
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
    'kafka-topics kafka-topics.sh kafka-delete-records kafka-delete-records.sh kafka-consumer-groups kafka-consumer-groups.sh kafka-configs kafka-configs.sh kafka-acls kafka-acls.sh':
      {
        lines: {
          reads: '. --list|--describe|--version !--delete !--alter !--add !--remove !--reset-offsets !--execute',
          overwrites: '. --alter --add-config|--delete-config|--replica-assignment',
          access: '. --add|--remove !--alter !--list',
          deletes: '. --delete|--reset-offsets|--delete-offsets|--offset-json-file',
        },
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
    'rpk kafkactl': cli({
      reads:
        '* list|describe|ls|get|info|status|health|describe-*|lag|summary|view; topic list|describe|consume; health|logdirs|metadata; cluster info; config get; config status; config list; partitions list; license info; storage list-mount; cluster config get|status|export; group list|describe|lag; acl list; version; registry schema|subject list|get; security user|acl|role list|describe; transform list|logs; profile list|print|current; partition list; broker list',
      changes:
        'topic create|produce|add-partitions|alter-config|consume; * create; cluster config edit|set|import|lint; generate *; container start; profile use|create|set; produce; consume; security user|role create|update|assign; cluster self-test *; connect *; redpanda start|check|mode; transform deploy|build|init; attach; clone; cloud login; plugin *; debug *; registry schema create|check-compatibility; iotune',
      stops:
        'redpanda stop; container stop; cluster maintenance enable|disable; cluster partitions move|move-cancel|move-status|unsafe-recover|transfer-leadership|balance; cluster quotas *; cluster connections *; redpanda admin brokers decommission|recommission; redpanda tune *; cluster txn *; reset *; group seek; broker *; alter *; redpanda mode; cluster storage *; redpanda admin *; cluster license set; transform pause',
      deletes:
        '* delete|trim-prefix|purge|offset-delete|rm; topic delete|trim-prefix; group delete|offset-delete; container purge; acl delete; security user|acl|role delete|unassign; delete *; registry schema|subject delete|purge; topic add-partitions --force; profile delete|clear; transform delete; cluster config force-reset; cluster config set * *retention*; shadow *; connect uninstall',
    }),
    'kafkacat kcat kafka-console-producer kafka-console-consumer': doing(
      'moderate',
      'kafka',
      'Reads or writes messages.',
      { effects: ['net.egress'], lines: { reads: '. -L' }, sends: true },
    ),
    'kafka-reassign-partitions kafka-leader-election kafka-replica-verification kafka-log-dirs kafka-storage kafka-broker-api-versions kafka-get-offsets kafka-metadata-quorum kafka-cluster kafka-features kafka-transactions kafka-delegation-tokens kafka-server-stop kafka-streams-application-reset':
      tool({
        reads:
          '. --verify|--describe|--list|--generate; info|random-uuid|describe|cluster-id|list|find-hanging *; info|random-uuid|describe|cluster-id|list; describe *; . --bootstrap-server !--execute !--election-type',
        stops:
          '. --execute|--cancel|--election-type|--all-topic-partitions; unregister|abort|remove-controller|add-controller *; upgrade|downgrade|disable *; . --input-topics|--application-id|--force',
        wrecks: 'format',
        access: '. --create|--renew|--expire',
        changes: '*',
      }),
    'nats nsc': cli({
      reads:
        '* ls|list|info|report|status|get|find|state|view|subs|history|read; server list|info|ping|report|check; stream|consumer|kv|object|context|account|auth ls|info|report|get|view|subs|cluster; describe *; list *; validate; env; rtt; events; server check *; s|c ls|info; top; latency; audit *; con ls|info; str ls|info; kv ls|get|info|history|status',
      changes:
        'pub|publish|request|req|sub|subscribe|reply|bench; stream|consumer|kv|object add|create|put|edit|copy|backup|next|sub|pull; kv|object put|create|update|watch|add; context add|select|save|edit; add *; generate *; push|pull; init; edit *; server run; schema *; account backup; microservice *; service *',
      secrets: 'generate creds; export keys; context show',
      stops:
        'server request *; consumer pause|unpin|cluster; stream cluster *; server raft *; server cluster *; server config *; stream seal|rmm|leader; stream edit --force; server account *; account tls; c|con pause; consumer rm; cluster *; stream scale; account restore; server mappings',
      access:
        'delete *; revocations *; reissue *; auth *; edit operator|account|user *; import keys; keys *; memory *; expire; restore *; fix; tool *; auth * rm|edit|rotate',
      deletes:
        '* rm|purge|del|delete|erase|compact|rmm; stream rm|purge|rmm|del; kv rm|del|purge|compact; object rm|del; consumer rm; context rm; server account purge; s rm|purge; c rm; account purge; * * rm; stream restore',
      wrecks: 'server account purge; account purge',
    }),
    'pulsar-admin pulsar': cli({
      reads:
        '* list*|get*|stats*|info*|lookup|partitioned-stats|peek-messages|status|examine-messages|internal-stats|permissions|available-sources|available-sinks|schema *; clusters|tenants|namespaces|topics|brokers|functions|sources|sinks list|get|stats|status; broker-stats *; bookies list-*|racks-placement',
      changes:
        '* create*|update*|produce|trigger|start|start-all|upload|download|load|unload|offload|compact|restart|enable-*|register-*; topics create*|create-partitioned-topic|compact|offload; standalone|broker|proxy',
      overwrites:
        '* set-*|remove-*|reset-cursor|skip*|clear-*|expire-messages*|terminate|split-bundle|unsubscribe*|truncate|unload-all|delete*|grant-*|revoke-*|stop|stop-all|update-peer-clusters|putstate|rollback|delete-dynamic-config|update-dynamic-config|trim-topic|shutdown|disable-*|unset-*|clear-backlog|analyze-backlog --force; namespaces clear-backlog|unsubscribe|split-bundle|delete; topics delete*|unsubscribe|skip|expire-messages|reset-cursor|terminate|truncate',
      deletes: '* delete*; proxy-stats delete',
      wrecks: 'clusters delete; tenants delete; namespaces delete --force|-f; tenants delete --force',
    }),
    'mosquitto_pub mosquitto_sub mosquitto_passwd mosquitto_ctrl': tool(
      { access: '. -D|-b|-c|-U; dynsec *', deletes: '. --remove-retained', changes: '*; .' },
      { sends: true },
    ),
    'activemq artemis beanstalkd gearadmin nsqadmin nats-server nats-streaming-server': tool({
      reads:
        'list|bstat|query|browse; queue stat; address show; check *; . --status|--workers|--version|--show-jobs|--getpid; queue stat; address show; data print',
      stops: 'stop|kill|purge|shutdown; . --shutdown|--cancel-job|--drop-function; stop; . --signal=stop|quit',
      deletes:
        'purge *; queue|address delete|purge; queue delete|purge; data imp|compact|recovery|rebuild; mask; user rm|reset|add; user *',
      changes: '*; .',
    }),
    'temporal tctl zeebe zbctl camunda': cli({
      reads:
        'workflow|wf list|show|describe|count|trace|query|stack|result|observe|showid; operator cluster health|describe|list|system; operator namespace|search-attribute|nexus list|describe|get; schedule list|describe; task-queue describe|get-build-ids|list-partition|versioning get-rules; cluster health|list|get-search-attributes|system; namespace list|describe|n desc; batch list|describe; env list|get; activity list|describe; status; config list|get; worker deployment|list|describe *; n list|desc; worker list|describe; taskqueue describe|list-partition',
      changes:
        'workflow|wf start|execute|signal|update|run|stack|fix-history-json|execute-update-with-start|signal-with-start; schedule create|trigger; server start-dev; operator namespace create; operator search-attribute create; deploy; create *; publish|complete|activate|set *; env set; namespace register|update; config set; activity complete; n re|register|update; codec',
      stops:
        'workflow|wf terminate|cancel|reset|reset-batch|pause|update-options; activity fail|pause|reset|cancel|terminate; batch terminate; cancel *; fail|throwError|resolve *; schedule toggle|backfill|update; operator cluster remove|upsert; task-queue update-build-ids|versioning *; task-queue config set; worker deployment set-*|delete*|manager-identity; admin *; adm *; batch start --batch_type=terminate|cancel|reset',
      deletes:
        'workflow|wf delete; schedule delete; operator namespace|search-attribute|cluster|nexus delete|remove; namespace delete; env delete; operator search-attribute remove; n delete; config delete*; worker deployment delete*; operator nexus endpoint delete|update; delete *',
      wrecks: 'operator namespace delete; namespace delete',
    }),
  },
);
