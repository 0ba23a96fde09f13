/**
 * Compilers, build tools, test runners, linters, debuggers and servers of development. They run code of the project, and so
 * are moderate; what stands out is what publishes, deploys or wipes. Pure data.
 */

import { cli, doing, family, reading, tool } from './spec.js';

const builds = (text = 'Runs code of the project or of its dependencies.') =>
  doing('moderate', 'build', text, { effects: ['exec'] });

/** Build tools. */
export const BUILD_TOOLS = family(
  'The manuals of GCC, LLVM, CMake, Bazel, Gradle, Maven, Make, the language tool chains, test runners, linters, debuggers, GoReleaser, Airflow, Celery, dbt, Ray and the others named here',
  {
    'rustc gcc g++ cc c++ clang clang++ kotlinc tsc swc esbuild vite webpack rollup parcel next nuxt astro gatsby turbo nx lerna rspack tsup ncc babel sass postcss tailwindcss swiftc ghc nasm as ld ranlib strip objcopy cmake ninja meson bazel buck pants gradle gradlew mvn mvnw ant sbt lein dune gulp grunt msbuild xcodebuild xcrun swift cordova ionic fastlane make gmake just task invoke mage nox tox scons earthly':
      {
        ...builds(),
        lines: {
          overwrites: 'clean --expunge|--expunge_async; shutdown',
          publishes:
            'deploy; publish*; release:perform; uploadArchives; closeAndRelease*; altool --upload-app; notarytool submit; beta|release|deliver|supply|pilot; upload_to_*; firebase; dokka publish',
          reads: '--version',
          deletes:
            'simctl erase|delete|shutdown; destroy; simctl uninstall; db:drop|db:reset; nuke; wipe; cap production *',
        },
        rules: [
          {
            id: 'build-publish',
            level: 'destructive',
            text: 'Publishes a version for everybody.',
            operand: /^(?:publish|deploy|release|nuget-push|hex\.publish|unpublish|pub-publish)$/,
          },
          {
            id: 'db-reset',
            level: 'destructive',
            text: 'Drops or resets a database.',
            operand:
              /^(?:db|ecto|prisma|doctrine|sequelize)[:.](?:drop|reset|schema:load|rollback|purge|wipe|truncate_all|fresh)/,
            effects: ['data.delete'],
            reversible: false,
          },
        ],
      },
    'jest vitest mocha ava tap cypress playwright pytest py.test unittest phpunit rspec karma jasmine ctest behave cucumber minitest':
      builds('Runs the tests of the project.'),
    'eslint prettier biome ruff black flake8 pylint mypy pyright isort stylelint rubocop standard xo tslint golangci-lint hadolint yamllint markdownlint rustfmt clippy clang-format shfmt ktlint detekt checkstyle oxlint knip tsd depcheck madge vue-tsc svelte-check':
      builds('Runs a linter, with the settings and plug-ins of the project.'),
    gofmt: reading('-l -d -s -e -r=', 'read', { style: 'long' }),
    shellcheck: reading('-s= -e= -f= -x -a -S= -o= --shell= --exclude= --format= --severity=', 'read'),

    'c99 tcc icc nvcc gfortran jar jlink jpackage jshell scalac erlc elixirc ocamlc ocamlopt fpc zig nim crystal dmd odin gnatmake rescript elm purs spago coffee lessc stylus terser uglifyjs rome emcc autoconf automake autoreconf libtool bmake qmake xmake premake5 ccmake cpack gyp node-gyp gn waf tup redo ko nfpm fpm makepkg dpkg-buildpackage debuild rpmbuild mock snapcraft flatpak-builder electron-forge tauri nexe pyinstaller cython swig protoc thrift flatc openapi-generator swagger-codegen graphql-codegen quicktype plop hygen yo cookiecutter degit create-react-app ng vue remix qwik storybook electron-builder wasm-pack buf goreleaser':
      tool({
        publishes:
          'publish; deploy; release !--snapshot !--skip=publish !--skip-publish; . --publish=always|onTag; upload; push; . -p=always; *:publish; mod push; beta registry *; upload-metadata; promote; repo publish',
        deletes: 'beta registry * delete; delete *; clean --purge; registry delete *',
        stops: 'close; unpublish; deprecate',
      }),
    'wdio testcafe nightwatch puppeteer k6 artillery locust jmeter ab wrk hey vegeta siege bats shunit2 gotestsum ginkgo nose2 robot pabot':
      tool({ publishes: 'cloud' }),
    'codecov coverage nyc c8 lcov gcov gcovr semgrep bandit safety trivy grype syft snyk gitleaks trufflehog checkov tfsec tflint kube-linter conftest opa sonar-scanner dependency-check osv-scanner dprint sqlfluff sqlfmt djlint ansible-test':
      tool({
        reads: 'version; report !-o !--output; help',
        changes: 'erase; clean; image --reset; fix',
        access: 'ignore; policy delete *; auth; config unset',
      }),
    kubeconform: reading(
      '-strict -summary -verbose -output= -schema-location= -ignore-missing-schemas -kubernetes-version= -skip= -n= -h -v -exit-on-error -debug',
      'read',
      { style: 'long' },
    ),
    'nodemon concurrently npm-run-all wireit lint-staged air watchexec chokidar browser-sync live-server http-server serve json-server':
      tool({}, { code: '--exec -x' }),
    'bpftrace py-spy rbspy trace-cmd jstack jmap jcmd jstat jconsole dotnet-trace dotnet-dump pprof bpftool': tool({
      reads: 'prog|map|net|cgroup|feature|btf|link|perf list|show|probe|help; report; list; ps',
      changes: 'record; top; dump; collect; analyze; start; extract',
      stops: 'prog|net|cgroup|link detach|unload; map delete|pop|update; prog load|attach; struct_ops unregister',
      overwrites: '* VM.set_flag; reset',
      runs: '* --unsafe',
      secrets: '. -dump:*',
    }),
    javap: reading(
      '-c -p -v -l -s -public -protected -package -private -verbose -constants -cp= -classpath= -sysinfo',
      'read',
      { style: 'long' },
    ),
    jps: reading('-l -m -v -q -V', 'none', { style: 'long' }),
    'pkg-config pkgconf': reading(
      '--modversion --cflags --libs --exists --list-all --variable= --print-errors --version --static --print-requires --atleast-version= --libs-only-L --libs-only-l --cflags-only-I --print-variables',
      'text',
    ),
    'gunicorn uvicorn hypercorn waitress-serve flask streamlit gradio jupyter papermill nbconvert tensorboard torchrun accelerate deepspeed':
      tool({
        reads:
          'kernelspec list; server list; notebook list; routes; config show; cache show; --version; lab --version; labextension list',
        changes: 'run; cache clear; trust; config set; db upgrade|migrate|init',
        deletes: 'kernelspec remove|uninstall; server stop; notebook stop; dev delete; db downgrade|drop|reset',
        access: '* --NotebookApp.token=; * --ServerApp.token=',
      }),
    'celery rq dramatiq sidekiq resque': cli(
      {
        reads: 'status; inspect *; report; info; list *; events; result; graph *; stats',
        changes:
          'worker; beat; call; multi start|restart; flower; enqueue; requeue; upgrade; shell; logtool; migrate !-F',
        deletes:
          'purge; control purge; amqp queue.purge|queue.delete|exchange.delete; empty; control revoke|terminate; cleanup; purge -f; control cancel_consumer',
        stops:
          'control shutdown; control pool_shrink; multi stop|stopwait|kill; suspend; control rate_limit; control disable_events; migrate -F',
      },
      { values: '-A --app -b --broker -Q -n' },
    ),
    'airflow prefect dagster luigi': cli({
      reads:
        'dags list|show|state|details|report|next-execution|list-runs|list-jobs|list-import-errors; tasks list|state|render|states-for-dag-run|failed-deps; info; version; config list|get-value; plugins; providers list; pools list|get; users|roles|variables list; jobs check; db check; deployment|flow|flow-run|work-queue|work-pool|block ls|inspect; profile ls|inspect; instance info; run list; definitions validate; asset list; cheat-sheet; connections list; health',
      changes:
        'webserver|scheduler|standalone|worker|triggerer; dags trigger|test|unpause|reserialize; tasks run|test; variables set|export; connections add|export; deployment run|apply|build; server start; agent start; db init|migrate|upgrade; dev; job launch|execute; schedule start|preview; cloud *; celery worker; pools set|export; asset materialize; flow serve; profile use|create; config set',
      secrets: 'variables get; connections get; config get-value core fernet_key',
      stops:
        'dags pause; tasks clear; schedule stop; sensor stop; flow-run cancel; deployment pause; celery stop; work-queue|work-pool pause; backfill *; dags backfill; job backfill; run terminate; work-pool update; kubernetes cleanup-pods',
      access:
        'users create|delete|add-role|remove-role|import|reset-password; roles *; rotate-fernet-key; sync-perm; users *',
      deletes:
        'dags|pools|variables|connections delete; db clean|drop-archived|export-archived; deployment|flow|flow-run|work-queue|work-pool|block|profile|variable|concurrency-limit|automation delete; run delete|wipe; asset wipe*; schedule wipe; job wipe; run wipe; schedule delete; debug *; artifact delete',
      overwrites:
        'variables|connections|pools import; db downgrade|reset|shell; config reset|unset; schedule restart; db stamp; code-location *; run migrate-repository; dags delete --yes; server database downgrade',
      wrecks: 'db reset; server database reset; run wipe; db drop',
    }),
    'dbt sqlmesh great_expectations': cli({
      reads:
        'ls|list|debug|parse|compile|docs; --version; source freshness; show; info; diff; lint; format --check; audit; dag; environments; table_diff; suite list; validator list; deps --lock',
      changes:
        'run !--full-refresh; build !--full-refresh; test; deps; seed !--full-refresh; init; clean; snapshot; docs generate|serve; plan; evaluate; render; ui; retry; checkpoint *; suite new|edit; create_external_models',
      overwrites:
        'run|build|seed --full-refresh; run-operation *; rollback; migrate; plan --auto-apply; invalidate; table_name; clone; clean_expired; state import; run_janitor; janitor; plan --restate-model; apply',
      wrecks: 'destroy; run-operation drop*; suite delete',
      deletes: 'suite|datasource|checkpoint delete',
    }),
    ray: cli(
      {
        reads:
          'status; memory; list *; get *; summary *; logs *; job list|status|logs; health-check; timeline; dashboard; get-head-ip; get-worker-ips; serve status; metrics *',
        changes:
          'start; up; exec; attach; submit; job submit; rsync-up|rsync-down; monitor; serve run|start|build; microbenchmark; debug',
        stops:
          'stop; down|teardown; kill-random-node; job stop|delete; serve shutdown; kill-actor; disable-usage-stats; drain-node; serve deploy',
      },
      { inner: 'exec *' },
    ),
    'dask spark-submit flink beam hadoop spark-shell pyspark': tool({
      reads:
        'list; info; version; classpath; fs -ls; fs -cat; fs -du; . --status; fs -tail; fs -count; fs -stat; checknative; . --version',
      changes: 'run; fs -put|-get|-copyFromLocal|-copyToLocal|-mkdir|-touchz|-cp|-appendToFile; jar; scheduler; worker',
      deletes:
        'fs -rm|-rmr|-rmdir|-expunge|-truncate; fs -rm; fs -rmr; fs -expunge; fs -truncate; distcp -delete; archive -delete',
      stops: 'cancel; stop; savepoint -d; . --kill; namenode -format; job -kill*; job -kill; daemonlog *',
      access:
        'fs -chmod|-chown|-chgrp|-setfacl; fs -chmod; fs -chown; fs -chgrp; fs -setfacl; key delete; credential delete',
      overwrites: 'distcp -overwrite; fs -setrep; fs -put -f; distcp -update',
    }),
    hdfs: tool({
      reads:
        'dfs -ls; dfs -cat; dfs -du; dfs -df; dfs -tail; dfs -stat; dfs -count; fsck !-delete !-move; dfsadmin -report; getconf *; version; groups; haadmin -getServiceState; lsSnapshottableDir; cacheadmin -listDirectives; crypto -listZones; dfs -test',
      changes:
        'dfs -put; dfs -get; dfs -mkdir; dfs -cp; dfs -mv; dfs -touchz; dfs -copyFromLocal; dfs -copyToLocal; balancer; dfsadmin -safemode get',
      deletes:
        'dfs -rm; dfs -rmr; dfs -rmdir; dfs -expunge; dfs -truncate; fsck -delete; dfs -deleteSnapshot; dfsadmin -disallowSnapshot; fsck -move; cacheadmin -removeDirective; dfs -rm -r',
      stops:
        'dfsadmin -safemode; haadmin -failover; haadmin -transitionTo*; dfsadmin -shutdownDatanode; dfsadmin -refreshNodes; dfsadmin -finalizeUpgrade; dfsadmin -rollingUpgrade; haadmin -transitionToStandby; haadmin -transitionToActive; dfsadmin -evictWriters; mover; dfsadmin -setQuota; dfsadmin -clrQuota',
      access: 'dfs -chmod; dfs -chown; dfs -chgrp; dfs -setfacl; dfs -setfattr',
      wrecks:
        'namenode -format; journalnode -format; zkfc -formatZK; dfs -rm -skipTrash *; namenode -initializeSharedEdits; dfs -rm -r /; dfs -rm -r /*',
    }),
    'spark-sql': tool({}, { sql: '-e' }),
  },
);
