/**
 * Platforms that host applications, sites and data for their customers. Pure data.
 */

import { cli, family } from './spec.js';

/** Hosting platforms. */
export const PLATFORMS = family(
  'The command references of Vercel, Netlify, Fly.io, Heroku, Cloudflare Wrangler, Firebase, Supabase, Neon, PlanetScale, Turso, Cloud Foundry, WP-CLI, Drush, Shopify, Salesforce and the others named here',
  {
    'vercel now': cli({
      reads: 'ls|list; inspect; logs; whoami; env|domains|dns|certs|alias|project|teams ls|list; help; projects ls',
      changes: 'deploy|dev|build|link|pull|login|logout|env !--prod; env add|pull; redeploy; init; switch; git connect',
      secrets: 'env pull',
      publishes: 'deploy --prod; . --prod; promote; deploy --target=production; alias set',
      stops: 'git disconnect; domains move|transfer-in; rollback',
      deletes: 'remove|rm; env|domains|dns|certs|alias|secrets|integration rm|remove; certs revoke; blob del',
      wrecks: 'project|projects rm|remove; teams rm; blob store remove',
    }),
    netlify: cli({
      reads: 'status; sites:list; env:list; functions:list; watch; api listSites; logs',
      changes: 'deploy !--prod; dev; build; init|link|unlink|login|logout; env:set; functions:*; clone; sites:create',
      publishes: 'deploy --prod|-p; deploy -p; deploy --prod-if-unlocked',
      deletes: 'sites:delete; env:unset; blobs:delete; api delete*; env:import --replace-existing; api remove*',
      overwrites: 'env:clone; env:migrate; api rollback*|restore*|lock*|unlock*',
    }),
    'fly flyctl': cli(
      {
        reads:
          'status; logs; apps|volumes|machine|machines|certs|ips|releases|regions|orgs|secrets|mpg|extensions list|show|status; info; platform *; doctor; version; config show|validate; postgres list',
        changes:
          'deploy|launch|auth *; secrets set; machine|machines|m start|restart|run|clone|update|exec; scale count 1*|2*|3*|4*|5*|6*|7*|8*|9*; scale vm|memory; apps create|open|restart; postgres create|attach|connect; console; ssh console; proxy; volumes create|extend|fork; certs add; ips allocate*',
        secrets: 'auth token; tokens create *; ssh issue; wireguard create',
        stops:
          'machine|machines|m stop|kill|suspend|cordon|egress-ip; apps suspend; suspend; scale count 0*; scale count *=0; postgres detach|failover|restart; ips release; certs remove; lfsd *',
        access: 'orgs invite|remove; tokens revoke; wireguard remove|reset; secrets unset; storage update --public',
        deletes:
          'apps destroy; destroy; volumes|volume|vol destroy|delete; machine|machines|m destroy|remove|rm; redis|storage|extensions destroy|delete; secrets unset',
        overwrites: 'secrets import; volumes snapshots *; postgres import; config save',
        wrecks: 'mpg destroy; orgs delete; postgres destroy; apps destroy *-db -y; redis destroy --yes',
      },
      { code: '-C --command' },
    ),
    heroku: cli(
      {
        reads:
          'apps; apps:info|favorites; info; ps; logs; releases; releases:info|output; addons; addons:info; domains; access; pg:info|ps|locks|wait|backups|diagnose|bloat|outliers; pg; status; regions; teams; members; pipelines; pipelines:info; buildpacks; features; keys; certs; drains; auth:whoami; help; version; stack; maintenance; git:remote; plugins; spaces; redis:info; labs; webhooks; notifications',
        changes:
          'restart; ps:restart; dyno:restart; config:set; create; apps:create|open|join; pg:psql|backups:capture|backups:download|copy; local; login|logout; auth:logout; plugins:*; addons:create|attach|open; run; builds:create; ps:scale *=1*; ps:scale *=2*; maintenance:off; redis:cli; container:push; ci:run; logs:*; releases:retry',
        secrets: 'config; config:get; auth:token; pg:credentials:url; pg:credentials; redis:credentials; certs:key',
        stops:
          'ps:stop|kill; dyno:stop|kill; ps:scale *=0*; dyno:scale *=0*; scale *=0*; maintenance:on; addons:detach|downgrade; pg:promote|detach|upgrade|killall|kill|maintenance:run; releases:rollback; rollback; domains:update; features:disable; redis:promote; redis:maintenance --run; pg:unfollow; labs:disable; ps:autoscale:disable; container:release; pipelines:promote; apps:leave; leave',
        access:
          'access:*; members:*; apps:transfer|lock|unlock; keys:*; authorizations:*; sharing:*; pg:credentials:*; certs:*; clients:*; trusted-ips:*; auth:2fa:*; pipelines:transfer; sessions:destroy; drains:remove; spaces:trusted-ips:*; 2fa:*; teams:*',
        overwrites:
          'pg:push|pull; pg:backups:restore|delete|unschedule; config:unset; stack:set|upgrade; apps:stacks:set; apps:rename; buildpacks:clear|remove|set; git:clone; redis:timeout; redis:keyspace-notifications; pg:copy --confirm; config:edit; repo:reset|purge_cache; pg:reset_stats',
        deletes:
          'apps:destroy; destroy; apps:delete; addons:destroy; domains:remove|clear; webhooks:remove; pipelines:remove|destroy; container:rm; reviewapps:disable; builds:cancel; spaces:destroy',
        wrecks:
          'pg:reset; redis:destroy; pg:destroy; addons:destroy *postgres*; kafka:topics:destroy; pg:backups:delete --all',
      },
      { inner: 'run|run:detached; ps:exec', code: '--command' },
    ),
    railway: cli(
      {
        reads: 'status; logs; whoami; list; environment list',
        changes: 'up|run|link|login|logout|unlink|init|open|redeploy|shell|connect; add',
        secrets: 'variables !--set',
        deletes: 'down; delete; volume delete|detach; environment delete; service delete; domain delete; remove',
      },
      { inner: 'run' },
    ),
    surge: cli({
      reads: 'list; whoami',
      publishes: '. --domain; *.*; .',
      deletes: 'teardown',
      access: '* --add|--remove',
    }),
    wrangler: cli(
      {
        reads:
          'whoami; kv namespace|key|bulk list; r2 bucket|object list|info; d1 list|info; deployments list|status|view; queues list; pages project|deployment list; secret list; versions list|view; tail; kv:namespace|kv:key list; types; docs; vectorize list; hyperdrive list',
        changes:
          'deploy|publish|dev|login|logout|init; secret put; kv key put|get; kv namespace create; r2 bucket create; r2 object get|put; d1 create|export; pages dev|deploy; versions upload; queues create; d1 migrations create|list|apply; generate',
        stops:
          'rollback; triggers deploy; versions deploy; queues pause-delivery|consumer; tail --delete; pages project upload; workflows instances terminate|pause',
        overwrites:
          'd1 time-travel restore; kv bulk put; r2 bucket lifecycle|cors|lock *; d1 migrations apply --remote; secret bulk',
        deletes:
          'delete; kv key|namespace|bulk delete; kv:key|kv:namespace|kv:bulk delete; r2 bucket|object delete; secret delete; pages project|deployment|secret delete; queues delete|purge; vectorize|hyperdrive|workflows|dispatch-namespace|pipelines delete; queues purge',
        access: 'r2 bucket dev-url enable; r2 bucket domain *; mtls-certificate delete; cert delete',
        wrecks: 'd1 delete; r2 bucket delete --force',
      },
      { sql: '--command' },
    ),
    firebase: cli({
      reads:
        'projects:list; apps:list; functions:list|log; hosting:sites:list; hosting:channel:list; login:list; firestore:indexes; firestore:databases:list|get; remoteconfig:versions:list; ext:list; target; use !--add; open; help; emulators:list; database:instances:list; appdistribution:*:list',
      changes:
        'deploy; serve; emulators:*; login*|logout; init; use; hosting:channel:deploy; apps:create; functions:shell; functions:config:set; database:get; database:push; experiments:*; setup:*; projects:create; hosting:clone; target:*',
      secrets: 'auth:export; functions:secrets:access; login:ci; functions:config:get; apps:sdkconfig',
      stops: 'hosting:disable; remoteconfig:rollback; firestore:databases:update; ext:uninstall',
      access:
        'apps:*:sha:*; apps:android:sha:delete; database:settings:set; auth:import; deploy --only=*rules*; appcheck:*',
      overwrites:
        'database:set|update|import; auth:import; firestore:databases:restore; functions:config:unset; functions:secrets:prune; target:clear; functions:config:clone',
      deletes:
        'firestore:delete; database:remove; functions:delete; hosting:channel:delete; hosting:sites:delete; functions:secrets:destroy; firestore:backups:delete; apps:*:delete; apptesting:*:delete; firestore:backups:schedules:delete; appdistribution:testers:remove',
      wrecks:
        'firestore:delete --all-collections; firestore:databases:delete; database:remove /; dataconnect:services:delete; apphosting:backends:delete',
    }),
    supabase: cli({
      reads:
        'projects|functions|secrets|branches|orgs|domains list|get; status; migration list; db diff|lint; inspect *; gen types; services; snippets list; orgs list',
      changes:
        'start; stop !--no-backup; db push|pull|dump|start|remote; migration new|up|squash; functions deploy|serve|new|download; link|unlink|login|logout|init; secrets set; projects create; branches create|update; test *; seed *; stop --all; gen *',
      secrets: 'projects api-keys; branches get; postgres-config get; status -o',
      access:
        'network-restrictions update; ssl-enforcement update; sso *; network-bans remove; encryption update-root-key; vanity-subdomains *; config push; domains delete',
      overwrites:
        'db reset; migration repair|down|squash; postgres-config update|delete; storage rm|mv; secrets unset; branches disable|pause; db push --include-all',
      deletes: 'stop --no-backup; functions|branches|secrets delete; storage rm',
      wrecks: 'projects delete; db reset --linked; db reset --db-url',
    }),
    convex: cli({
      reads: 'logs; function-spec; data; env list',
      publishes: 'deploy',
      overwrites: 'import --replace|--replace-all; import --replace; import --replace-all; env remove',
    }),
    neonctl: cli({
      reads: 'projects|branches|databases|roles|operations|endpoints list|get; me',
      secrets: 'connection-string; cs',
      overwrites: 'branches reset|restore|set-default',
      wrecks: 'projects delete; databases delete',
      deletes: 'branches|roles delete',
      access: 'ip-allow *',
    }),
    pscale: cli({
      reads:
        'branch|database|deploy-request|backup|org|password|region|service-token list|show|schema|diff; auth check; branch schema|diff',
      changes: 'shell; connect; branch create|switch; deploy-request create; auth *; branch promote',
      stops: 'branch demote|safe-migrations; deploy-request deploy|close|revert|skip-revert; deploy-request apply',
      deletes: 'branch|backup|password|service-token delete',
      access: 'password create; service-token add-access|create|delete-access',
      wrecks: 'database delete',
      overwrites: 'backup restore; database restore-dump; data-imports *; keyspace *',
    }),
    turso: cli({
      reads: 'db list|show|inspect|locations; group list|show; auth whoami; org list|members; plan show',
      changes: 'db shell|create|replicate; auth login|logout; dev',
      secrets: 'db tokens create; auth token; group tokens create',
      access: 'db|group tokens invalidate; auth api-tokens *; org members *; group transfer; db config *; org destroy',
      stops: 'group locations remove; db wakeup; plan *',
      deletes: 'group destroy; db destroy',
      wrecks: 'db destroy|delete|remove; group destroy; org destroy',
    }),
    upstash: cli({
      access: 'redis reset-password; team *',
      stops: 'redis enable-tls|move-to-team',
      overwrites: 'redis rename',
    }),
    'nhost appwrite hasura': cli({
      reads: 'list; version; migrate status; metadata diff|inconsistency; * list|list-*|get*; whoami',
      changes: 'up|down !--volumes; deploy; console; init|login|logout; push|pull; metadata export; migrate create',
      overwrites:
        'migrate apply --down; migrate delete|squash; metadata clear|reload|apply|drop; push --force; migrate apply --type=down; seed apply',
      deletes: 'down --volumes; databases delete*; storage delete*; users delete*; functions delete; migrate delete',
      publishes: 'push all',
      access: 'users update*; projects update*; teams delete*',
    }),
    cf: cli(
      {
        reads:
          'apps|a; app; services|s; logs; routes; orgs; spaces; target|t; marketplace|m; events; buildpacks; domains; env-list; org-users; space-users; security-groups; quotas; version; api',
        changes:
          'push|p; start|st; restart|rs; restage; scale; login|l; logout; target; create-*; bind-service|bs; set-env|se; map-route; run-task; tasks',
        secrets: 'env|e; service-key; oauth-token; ssh-code',
        stops:
          'stop|sp; scale -i=0; unbind-*; us; unmap-route; restart-app-instance; terminate-task; unshare-*; disable-*; cancel-deployment; rollback',
        access:
          'set-org-role|set-space-role|unset-*; create-user|delete-user; bind-*security-group|unbind-*; enable-*; allow-space-ssh; passwd; set-*-quota; update-security-group; remove-network-policy|add-network-policy',
        deletes: 'delete|d; delete-*; ds; purge-*; unset-env',
        wrecks: 'delete-org|delete-space; purge-service-instance; delete-service',
      },
      { code: '-c --command' },
    ),
    'gigalixir scalingo clever platform upsun dokku': cli({
      reads:
        'apps; apps:list|report|exists; ps; ps:report|inspect; logs; status; env:list-keys; addons; activity; environments; projects; domains; config:keys; *:list; *:info; version; whoami',
      changes:
        'restart; ps:restart|rebuild|start; deploy; git:*; config:set; apps:create; *:create; *:link; env-set; scale *:1*; open; ssh; *:connect; run; login|logout; checkpoint; *:expose',
      secrets: 'env; config; config:show|export|get; *:backup-auth',
      stops:
        'stop; ps:stop|scale; stop --app; scale *:0*; environment:deactivate|pause; proxy:disable; checks:disable; maintenance:enable; *:stop; *:unlink; domains:remove|clear|set; ps:cancel; apps:lock',
      access:
        'collaborators-add|collaborators-remove; user:add|delete; ssh-keys:*; keys-add|keys-remove; certificate:delete; certs:remove; user:*; team:*; *:unexpose; http-auth:*; environment:http-access',
      overwrites:
        'config:clear|unset; env-unset; *:import; *:upgrade; backups-download; backup:restore; snapshot:restore; git:initialize; sql *; env:clear; apps:rename; apps:clone',
      deletes:
        'destroy; delete; apps:destroy; *:delete; environment:delete; integration:delete; addons-remove; domains-remove; cleanup',
      wrecks: '*:destroy; project:delete; delete --yes',
    }),
    'amplify eb copilot': cli({
      reads:
        'status; list; health; events; env list; svc show|status|logs|ls; app ls|show; logs; config get; printenv-list; platform list|show',
      changes:
        'init; push; pull; deploy; create; open; ssh; mock; svc deploy|init; env init; app init; use; local; task run; config put',
      secrets: 'printenv',
      stops: 'scale 0; abort; swap; svc pause; upgrade; svc rollback; restore; job *',
      deletes:
        'delete; terminate; env remove|delete; app|svc|job|pipeline|task delete; remove *; app remove; labs cleanup-versions; appversion --delete',
      wrecks: 'delete --force; app delete --yes; terminate --all',
      publishes: 'publish',
    }),
    terminus: cli({
      reads: '*:list; *:info; *:lookup; auth:whoami',
      changes: 'env:clear-cache|commit; remote:*; auth:*; self:*; backup:create; env:view',
      publishes: 'env:deploy',
      overwrites:
        'env:clone-content|rotate-random-seed; import:*; backup:restore; upstream:updates:apply; connection:set; multidev:merge-*; env:code-rebuild',
      deletes: 'env:wipe; multidev:delete; *:remove; domain:remove; backup:automatic:disable',
      wrecks: 'site:delete',
      access: 'site:team:*; ssh-key:*; lock:*; owner:*; org:people:*',
      runs: 'remote:* *sql:drop*',
    }),
    wp: cli(
      {
        reads:
          '* list|get|status|version|verify-checksums|is-installed|check-update|path|size|tables|columns|search|describe|info; core version|check-update|verify-checksums; cli info|version; db size|tables|columns|prefix|search; help; option pluck; site list; cron event list',
        changes:
          '* create|generate|update|install|activate|add|import|set; plugin deactivate|uninstall; cache|rewrite|transient flush; transient delete; search-replace --dry-run; core update|download; db export|optimize|repair|check|create; media regenerate; cron event run; option update|add; comment approve|spam|trash; user create; i18n *; language *; scaffold *',
        secrets: 'config get; config list; user list-pass; db cli',
        runs: 'eval *; eval-file *; shell; package install',
        stops:
          'plugin deactivate --all; maintenance-mode activate; plugin toggle; site archive|deactivate|spam|mature|private; theme disable',
        access:
          'user set-role|add-role|add-cap|remove-role|reset-password|update|create --role=administrator; super-admin add|remove; role reset|create|delete; cap *; user application-password *; user session destroy; config shuffle-salts; user create --role=administrator',
        overwrites:
          'search-replace; db import|query|reset; site empty; core install|multisite-*; option delete|patch; config delete|set; core update-db; widget reset; import *; post-type *',
        deletes: 'post|user|comment|term|site|menu|plugin|theme|option|post-meta|user-meta delete; db clean',
        wrecks: 'db drop|reset|clean; site empty; site delete',
      },
      { sql: 'query' },
    ),
    drush: cli({
      reads:
        'status|st|core:status; pm:list|pml; watchdog:show|ws; config:get|cget; updatedb:status|updbst; user:information|uinf; cron:list; help; sql:conf-list; role:list|rls; views:list; field:info; state:get|sget; queue:list',
      changes:
        'cache:rebuild|cr|cc; updatedb|updb; config:export|cex; cron; user:login|uli; pm:install|pm:enable|en; locale:*; sql:dump|sql-dump; deploy; entity:save; search:index; image:flush',
      secrets: 'sql:conf; sql:connect',
      runs: 'php:eval|ev|eval|php-eval *; php:script|scr *; core:execute *',
      access:
        'user:password|upwd; user:role:*|urol|urrol; user:block|ublk|user:unblock|uublk|user:create|ucrt; role:perm:*|rap|rmp; user:password *',
      overwrites:
        'config:import|cim; config:set|cset; config:delete|cdel; sql:sync|sql-sync; core:rsync|rsync; state:set|state:delete; sql:query|sqlq; sql:sanitize|sqlsan; migrate:rollback; migrate:reset-status; updatedb --no-post-updates; sql:cli; cache:clear all-tables',
      deletes:
        'entity:delete|edel; pm:uninstall|pmu; user:cancel|ucan; watchdog:delete|wd-del|wd; queue:delete; maint:set; view:disable',
      wrecks: 'sql:drop|sql-drop; site:install|si|site-install; sql:create|sql-create',
    }),
    magento: cli({
      reads:
        'indexer:status|info; cache:status; module:status; config:show; deploy:mode:show; list; maintenance:status; info:*; app:config:status; queue:consumers:list; setup:db:status',
      changes:
        'cache:flush|clean; indexer:reindex; setup:upgrade|static-content:deploy|di:compile|backup; cron:run; module:enable; sampledata:deploy; queue:consumers:start',
      stops:
        'maintenance:enable; module:disable; indexer:reset; cron:remove; deploy:mode:set; indexer:set-mode; cache:disable',
      access: 'admin:user:create|unlock; admin:auth:*; security:*; encryption:key:change; module:disable *TwoFactor*',
      overwrites:
        'setup:rollback; config:set; app:config:import; setup:install; setup:db-data:upgrade; setup:config:set; catalog:images:resize',
      deletes:
        'module:uninstall; theme:uninstall; setup:uninstall; sampledata:remove|reset; catalog:product:attributes:cleanup',
      wrecks: 'setup:uninstall; setup:install --cleanup-database',
    }),
    shopify: cli({
      reads:
        'theme list|info|check|language-server; app info|logs|env; version; whoami; hydrogen list; app versions list; store info',
      changes:
        'theme dev|pull|init|package|share|open|console; app dev|build|init|generate|config; theme push !--live !--allow-live; hydrogen dev|build; auth *; app env pull; theme rename|duplicate',
      publishes:
        'theme publish; theme push --live|-l; theme push --live; theme push --allow-live; app deploy|release; hydrogen deploy; theme push --publish',
      deletes: 'theme delete; app function delete; app versions delete; hydrogen env delete',
      overwrites: 'theme push --theme; app config push; hydrogen env push; theme metafields push; app bulk execute',
    }),
    'strapi ghost': cli({
      reads: 'version; status; log|ls; report; routes:list; content-types:list; doctor; check-update',
      changes: 'develop|dev|build|start|seed|new; install; user; restart|run; update; export; telemetry:*; config',
      stops: 'stop; buster; migrate; setup; exec',
      overwrites:
        'import; db:*; migrations revert|rollback; transfer; restore; configuration:restore; rollback; update --rollback; db:rollback; config set',
      access: 'admin:reset-user-password; admin:create-user; user -e; permissions:*',
      deletes: 'uninstall; db:drop; uninstall *',
    }),
    'sanity contentful': cli({
      reads:
        'dataset list; documents get|query; projects list; users list; hook list|logs; space list; environment list; content-type list|get; schema list; versions; debug; cors list',
      changes:
        'dev; build; init; login|logout; dataset create|export|copy; documents create; space export|use|create; environment create; manage; docs',
      publishes: 'deploy; graphql deploy',
      access:
        'users invite; cors add|delete; dataset visibility *; dataset alias *; tokens *; organization *; space accesstoken *',
      overwrites:
        'dataset import --replace|--replace; dataset import; space import; space migration; merge *; migration run; documents create --replace; content-type *',
      deletes:
        'documents delete; undeploy; graphql undeploy; hook|backup|schema delete; environment delete; media delete; extension delete; schema delete',
      wrecks: 'dataset delete; space delete; project delete',
    }),
    'sentry launchdarkly ldcli posthog algolia': cli({
      reads: '* list|get|search; flags list|get; whoami; info',
      changes: 'login|logout|init; config; flags create; capture; objects browse',
      stops: 'flags archive|toggle-off; flags update; flags toggle-off|toggle-on; stop',
      overwrites:
        'settings set|import; rules|synonyms import --clear-*; objects update; cleanup; upgrade; indices copy|move|config; index copy|move',
      deletes:
        'indices|index delete|clear; objects|rules|synonyms|apikeys delete; flags|projects|environments|segments|members delete; cleanup',
      access: 'apikeys *; members *; tokens *; createuser; permissions *; access-tokens *',
    }),
    'auth0 okta': cli({
      reads: '* list|show|search|stats; logs tail; tenants list; whoami; users search; domains list; test token-list',
      changes:
        'login|logout; apps|apis|users|roles|actions|orgs|rules create|open; test *; tenants use; quickstarts *; completion *; api get *',
      secrets: 'test token; apps show --reveal-secrets; apps show -r',
      access:
        'users update|unblock|roles; roles permissions *; apps|apis|roles|orgs|actions|rules|domains|protection|email|universal-login|log-streams update|enable|disable|deploy; attack-protection *; protection *; users blocks *; api patch|put|post *; apps session-transfer *; actions deploy; users import; users roles *; ips unblock',
      deletes: 'users|apps|apis|roles|actions|orgs|rules|domains|logs|email delete|rm; api delete *; tenants delete',
    }),
    'flarectl fastly akamai': cli({
      reads:
        '* list|describe|info|search; stats *; whoami; pops; ip-list; ips; version; config; log-tail; zone *-list; dns l|list; user *; services list; profile list',
      changes:
        'compute build|serve|init; profile *; service create; login; service-version clone|lock; sso; dns create|c|o|create-or-update',
      publishes:
        'compute deploy|publish; service-version activate; activate *; property activate|deactivate; compute update',
      stops:
        'purge --all; purge; service-version deactivate|rollback; zone purge --everything|--all; zone purge|p; cache purge; property deactivate; purge invalidate|delete',
      access:
        'acl*|auth-token|tls-* create|update|delete|enable|disable; user create|update|delete; firewall *; user-agents *; service-auth *; secret-store-entry *; zone lockdown *; acl-entry *; logging *; user-agents delete',
      deletes:
        'service|backend|domain|dictionary*|kv-store*|config-store*|secret-store*|vcl|snippet|healthcheck delete; dns delete|d; zone delete|d; pagerules delete; dns remove; object-storage *; zone delete',
      overwrites: 'dns create-or-update|o; vcl custom update; dictionary-entry update; kv-store-entry create',
    }),
    'dnscontrol octodns lexicon': cli({
      reads: 'preview; check; print-ir; version; check-creds; * list; write-types; ppreview',
      changes: 'get-zones; init; fmt; create-domains; get-certs; * create',
      overwrites: 'push; ppush; * update; sync --doit; octodns-sync --doit',
      deletes: '* delete',
    }),
    'sfdx sf': cli({
      reads:
        'org list|display; project retrieve preview; data query; apex list|get; sobject list|describe; config list|get; alias list; plugins; doctor; force:org:list; force:data:soql:query; org list *; force:apex:test:report; deploy metadata report; data search; limits *; schema *',
      changes:
        'org create|login|open|logout|resume; project retrieve|generate|convert; apex run test; config set; alias *; plugins *; project deploy validate|report|resume|quick; force:source:pull; apex generate *; package version create; project retrieve start; org assign *; auth *',
      runs: 'apex run; force:apex:execute; apex run -f|--file',
      access:
        'org generate password; org create user; org assign permset|permsetlicense; force:user:*; org enable tracking; org login sfdx-url',
      publishes:
        'project deploy start; project deploy quick; force:source:deploy|push; package version promote; package install; force:mdapi:deploy; deploy metadata; community publish',
      overwrites:
        'data update|upsert|import|resume|create; data import *; project delete|reset *; project deploy start --purge-on-delete; force:data:record:update; project reset tracking; data update *; data upsert *; data bulk *',
      deletes:
        'data delete; data delete *; org delete *; project delete *; package uninstall|delete; package version delete; force:data:record:delete; force:org:delete; force:source:delete; force:data:bulk:delete; project deploy start --post-destructive-changes; project deploy start --manifest=*destructive*; org delete',
    }),
    'zapier n8n': cli({
      reads: 'versions; history; logs; list:*; describe; validate; integrations; team:get; users:get; analytics; test',
      changes: 'build; init; start; export:*; execute; login|logout; invoke; register; link; convert; scaffold; push',
      publishes: 'promote; push; migrate; upload',
      stops: 'deprecate; disable; legacy; update:workflow --active=false; unpublish:*; canary:*',
      access:
        'env:set|unset; team:add|remove; users:add|remove; user-management:reset; mfa:disable; ldap:reset; credentials:*',
      overwrites: 'import:*; db:revert; update:workflow; license:clear',
      deletes: 'delete:*; delete; execution-data:prune',
      secrets: 'export:credentials --decrypted; env:get',
    }),
    'expo-cli eas-cli eas appcenter codepush': cli({
      reads:
        'build:list|view; whoami; diagnostics; project:info; update:list|view; channel:list|view; branch:list|view; device:list; env:list; credentials-list; config; submit-list; codepush deployment list|history; apps list|show; distribute groups list; doctor; build list',
      changes:
        'build|build:run|build:inspect|build:configure; build; init; login|logout; device:create; update:configure; env:create|pull; start; metadata:pull; build:resign; channel:create; branch:create; project:init; analyze *',
      publishes:
        'submit; update; update:republish|rollback|roll-back-to-embedded|edit; deploy; metadata:push; publish; codepush release*|promote|patch|rollback; distribute release; upload:*; update:republish; build --auto-submit; workflow:run; release*; promote',
      stops:
        'build:cancel; channel:pause|rollout|edit; codepush deployment clear|remove; apps update; update:delete; webhook:*; channel:resume',
      access:
        'credentials; account:*; device:delete; env:delete|update|push; tokens *; apps transfer *; orgs *; device:rename; codepush collaborator *; secret:*; credentials:*',
      deletes:
        'build:delete; branch:delete; channel:delete; update:delete; worker:delete; webhook:delete; deploy:delete; project:delete; apps delete; orgs *; distribute groups delete; codepush deployment clear|remove; hosting:delete; worker:*',
    }),
    'butler steamcmd': cli({
      reads: 'status; version; which; ls; diff',
      publishes: 'push; *build; +run_app_build',
      changes: 'login|logout; fetch; upgrade; +login *',
    }),
    deployctl: cli({
      reads: 'projects list|show; deployments list|show; logs; top; --version',
      publishes: 'deploy --prod; deployments redeploy --prod',
      wrecks: 'projects delete; deployments delete',
      changes: 'deploy !--prod; projects create|rename; upgrade; check',
    }),
  },
);
