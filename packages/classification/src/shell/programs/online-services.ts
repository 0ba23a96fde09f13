/**
 * Payment, messaging and tracking services, stores of files, and stores and hosts of models. Pure data.
 */

import { cli, doing, family, reading, tool } from './spec.js';

const list = reading('*', 'text');
/** Online services. */
export const ONLINE_SERVICES = family(
  'The command references of Stripe, Twilio, Sentry, Jira, s3cmd, MinIO Client, Backblaze B2, rclone, s5cmd, AzCopy, Ollama, Hugging Face, Weights & Biases, MLflow, DVC, Kaggle, Modal, RunPod and SkyPilot',
  {
    'stripe twilio sendgrid paypal square': {
      lines: {
        reads: '* list|retrieve; logs tail; status; version; config --list',
        changes: 'listen; login; trigger; samples *; open; logout; events resend',
        overwrites: '* update --live; products|prices|plans update; * update',
      },
      verbs: true,
      act: { id: 'service', level: 'moderate', text: 'Works with an account at a service.', effects: ['net.egress'] },
      rules: [
        {
          id: 'money',
          level: 'destructive',
          text: 'Moves money.',
          operand: /^(?:refunds?|payouts?|transfers?|charges?|payment_intents?|topups?)$/,
          effects: ['money'],
          atLeast: 2,
        },
        {
          id: 'money-cancel',
          level: 'destructive',
          text: 'Cancels something that customers pay for.',
          operand: /^(?:cancel|void|uncollectible)$/,
          effects: ['money'],
        },
      ],
    },
    'sentry-cli datadog-ci newrelic pagerduty slack jira linear notion': {
      verbs: true,
      act: {
        id: 'service',
        level: 'moderate',
        text: 'Works with a service that others share.',
        effects: ['net.egress', 'message.send'],
      },
    },
    's3cmd mc b2 rclone s5cmd azcopy': {
      lines: {
        reads:
          'ls|lsd|lsl|lsf|lsjson|size|about|tree|ncdu|check|cat|head|stat|du|la|info|list-buckets|list-file-names|listremotes|version; admin info|user|policy list|ls; config show',
        access:
          'setacl --acl-public; setpolicy; anonymous set|set-json; policy set; admin user add|remove|disable; admin policy attach|detach|add|remove|set; admin accesskey *; update-bucket *; bucket update; link; encrypt clear; legalhold clear; retention clear; share upload',
        stops: 'admin service stop|restart; admin decommission *; admin bucket remote rm',
        overwrites:
          'mv|move|moveto; mirror --remove; mirror --overwrite; sync --delete; sync --delete-removed; sync --delete-destination=true; version suspend; ilm add|rm|import|rule *; expire; setlifecycle; bisync; replicate rm; sync --exact-timestamps --delete',
        changes:
          'mirror|sync --fake; cleanup --fake; copy|copyto|cp|put|get|upload*|download*; mirror !--remove !--overwrite !-w; sync --dry-run; alias remove|rm; config delete|disconnect; cancel',
        deletes: 'del|rb|rm|purge|delete*|cleanup; rm --recursive; batch-delete; undo; batch cancel',
        wrecks: 'rb --force; rm --recursive --force --dangerous',
      },
      verbs: true,
      values: '--config -c --profile',
      sends: true,
      act: { id: 'cloud.copy', level: 'moderate', text: 'Copies files to or from a store.', effects: ['net.egress'] },
      subcommands: {
        'ls lsd lsl lsf lsjson size about version du stat info tree listremotes': list,
        'sync mirror': doing('destructive', 'cloud.sync', 'Makes the target equal to the source, deleting the rest.', {
          effects: ['data.delete'],
          reversible: false,
          alternative: 'Try it with --dry-run first.',
        }),
        'purge delete del rm rmdir deletefile cleanup rb remove dedupe': doing(
          'destructive',
          'cloud.delete',
          'Deletes files of a store.',
          { effects: ['data.delete'], reversible: false },
        ),
        move: doing('destructive', 'cloud.move', 'Moves files away from the source.', { effects: ['data.delete'] }),
      },
    },
    'ollama huggingface-cli wandb mlflow dvc': {
      lines: {
        reads:
          'list|ls; ps; show; whoami; scan-cache; status; diff; dag; metrics|params|plots show|diff; experiments search|list; env',
        changes: 'stop; pull|push; remove; unprotect; login|logout; sync; offline|disabled; disabled; queue remove',
        deletes:
          'gc; rm; repo delete; delete-cache; destroy; artifact cache cleanup; runs|experiments delete; artifact rm; cleanup; experiments remove|rename; exp remove; repo-files * delete',
      },
      verbs: true,
      act: { id: 'models', level: 'moderate', text: 'Works with models or data sets.', effects: ['net.egress'] },
    },
    'kaggle replicate modal runpodctl vastai sky paperspace': cli({
      reads:
        'datasets|competitions|kernels|models list|files|status|view; app|volume|secret|environment|container list|logs; get *; show *; search *; status; queue; check; gpus list; cost-report; logs; config view; jobs|serve queue|status|logs; hardware list; predictions|models|deployments|trainings list|show; profile current; volume ls',
      changes:
        'run; deploy; serve; launch; exec; create *; start *; shell; token *; datasets|competitions download|init|create; kernels push|pull; jobs launch; setup; train; volume put|get|create; send|receive; volume cp; project *; ssh-key *',
      stops:
        'app stop; stop *; down *; sky down; jobs cancel; cancel; autostop *; container stop; serve down|update; reboot *; recycle *; change *',
      deletes:
        'remove *; destroy *; delete *; datasets|models|kernels delete; volume rm|delete; secret|environment|app delete; nfs delete; dict|queue delete|clear; storage delete; volume rename; ssh remove-key',
      publishes: 'competitions submit; datasets version; models instances versions *; push',
    }),
    'openai anthropic llm aichat claude codex gemini aider': tool({
      reads:
        'models; models list; logs list; keys; plugins; templates list; doctor; mcp list|get; config list; --version; api models.list',
      changes: 'logs backup; api chat.completions.create; mcp add; config set; keys set; install; api *',
      secrets: 'keys get; keys path',
      runs: '. --dangerously-skip-permissions|--yolo|--dangerously-bypass-approvals-and-sandbox|--full-auto|--yes-always|-y; exec --dangerously-bypass-approvals-and-sandbox; exec --full-auto; . --permission-mode=bypassPermissions; . --approval-mode=yolo; . --allow-all-tools',
      deletes:
        'api files.delete|models.delete|fine_tunes.delete; uninstall; logs off; api *.delete; collections delete; mcp remove|reset-project-choices',
    }),
  },
);
