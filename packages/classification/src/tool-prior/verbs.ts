/**
 * Verbs in the names and descriptions of tools, and what a tool does that is named so. Data.
 *
 * A verb stands in its base form; `words.ts` takes endings off before it looks here.
 */

/** What a verb says about its tool. */
export type VerbKind =
  | 'read'
  | 'compute'
  | 'write'
  | 'message'
  | 'shared'
  | 'run'
  | 'delete'
  | 'money'
  | 'grant'
  | 'navigate';

const ROWS: readonly (readonly [VerbKind, string])[] = [
  [
    'read',
    `get list read search find fetch query describe show view lookup look count inspect browse retrieve explain check status stat
    head tail cat ls grep glob tree peek poll watch monitor observe discover explore enumerate lint whoami ping history
    display scan recall review collect detect identify locate measure trace profile audit crawl access wait think
    echo know tell recommend suggest screenshot take_screenshot take_snapshot capture snapshot_page diagnose debug download_info verify exist has is
    resolve_dns resolve_domain resolve_hostname resolve_host resolve_address
    can obtain return provide report give see print sample load crawl scrape extract`,
  ],
  [
    'compute',
    `calculate compute convert parse validate analyze analyse summarize summarise compare diff translate hash format_text encode
    decode estimate evaluate_expression preview simulate plan predict classify tokenize count_tokens match rank score
    sum add_numbers subtract multiply divide solve normalize infer correlate aggregate visualize highlight dry_run
    lint rephrase sort filter group geocode autocomplete`,
  ],
  [
    'write',
    `create add insert update upsert set edit modify patch put write append save store upload rename move copy clone fork import
    export download assign unassign tag label register configure enable disable open close reopen lock unlock archive unarchive
    subscribe unsubscribe follow unfollow star unstar mark change adjust increment decrement replace attach detach link unlink_issue join leave
    mkdir touch build install upgrade generate make new init initialize setup schedule book reserve record log sync submit complete
    finish resolve cancel stop pause resume convert_file format commit stage checkout pull push rebase cherry_pick stash
    branch restore_item backup dump snapshot migrate provision allocate attach bind map mount unmount index reindex
    refresh extend renew draft compose edit_file apply_patch duplicate merge_cells toggle switch pin unpin react vote
    upvote downvote rate complete persist remember memorize connect disconnect login logout authenticate authorize accept
    reject decline approve confirm acknowledge ack dismiss snooze respond handle process manage fill train
    check_in check_out show_notification show_alert show_toast show_dialog
    fine_tune finetune track bulk_update transform transition amend redact encrypt decrypt sign compress decompress zip unzip
    extract_archive split combine concat annotate crop resize render print_document ingest embed`,
  ],
  [
    'message',
    `send post reply notify email mail message publish_message broadcast tweet retweet comment invite share forward page alert
    sms text call_phone announce dm ring chat`,
  ],
  [
    'shared',
    `merge deploy apply release publish promote scale rollout restart reboot failover rotate_logs launch start trigger
    dispatch rerun retry kick_off drain cordon uncordon annotate_resource expose patch_resource reload redeploy resize_instance
    bootstrap replicate`,
  ],
  [
    'run',
    `run execute exec eval evaluate invoke call spawn shell bash sh cmd powershell terminal command script perform request
    repl python node javascript use command_line ssh`,
  ],
  [
    'delete',
    `delete remove drop destroy purge erase wipe truncate clear reset prune uninstall terminate kill revoke empty flush discard
    unlink rm rmdir del trash expunge evict deprovision decommission teardown nuke shred overwrite force_push revert
    rollback undo unpublish deregister unregister ban block suspend deactivate expire invalidate cleanup clean vacuum
    obliterate eliminate annihilate cancel_subscription close_account format_disk detonate bulk_delete deauthorize disconnect_account
    shutdown poweroff halt disable_user disable_account push_force format_drive format_volume format_partition
    detach_volume stop_all kick disarm forget
    cut factory_reset reinitialize recreate reimage rewrite_history gc`,
  ],
  [
    'money',
    `pay transfer refund charge purchase buy withdraw deposit trade sell swap stake unstake payout wire remit bid donate tip
    checkout_cart place_order settle liquidate borrow lend redeem mint debit credit invoice_pay order`,
  ],
  ['grant', 'grant elevate impersonate assume escalate sudo rotate reassign_owner chown chmod add_role add_permission'],
  [
    'navigate',
    'navigate goto click type press hover scroll drag drop_element select_option fill_form tap swipe focus select',
  ],
];

/** What each verb says. The first row that holds a verb counts. */
export const VERBS: ReadonlyMap<string, VerbKind> = new Map(
  ROWS.toReversed().flatMap(([kind, verbs]) =>
    verbs
      .split(/\s+/)
      .filter((verb) => verb !== '')
      .map((verb) => [verb, kind] as const),
  ),
);

/** Verbs that are nouns or adjectives as often: in a name they count only where they stand first. */
export const FIRST_ONLY: ReadonlySet<string> = new Set(
  `list order text message comment page post request call check status history report review script command index tag label
  branch commit release log record set status watch charge trade bid tip share plan test query view record link map
  mount backup dump snapshot format match rank score group sort filter empty clean open close new star email mail
  alert process use has is can see give tell know start pull push merge look number print access load format block
  credit debit node shell terminal python javascript sh type focus press drag tap select draft diff match sample scale stage
  trash head tail tree cat file log mark pin book cut complete fork store copy move export import download upload
  schedule change return build install trace profile audit lock switch transfer deposit purchase refund swap stake
  vote rate extend split render embed sign train connect stash patch update screenshot capture thread channel chat ring
  credit mint settle cancel pause stop resume block clear
  estimate evaluate hash sum highlight monitor poll scan sync notify invite
  deploy`.split(/\s+/),
);

/** Verbs that are the first noun of a name as often: `order_status`, `post_count`. */
export const NOUN_FIRST: ReadonlySet<string> = new Set(
  `order post comment message page call record charge trade review report share tag label branch commit release log bid email mail
  tweet backup snapshot schedule request text build script command event chat process purchase refund transfer deposit
  invite alert tip goto hover vote test plan book draft sync merge_request:noun pull_request:noun`.split(/\s+/),
);

/** Last words after which the first word of a name is a noun for certain. */
export const PLAIN_READ_NOUNS: ReadonlySet<string> = new Set(
  'status history info information details list count stats statistics metadata version definition'.split(' '),
);

/** Verbs that say little: a description that begins with a reading verb outweighs them. */
export const VAGUE: ReadonlySet<string> = new Set(
  `resolve process handle track open load start generate make log record mark map complete new extract embed manage init use convert
  request call run execute perform invoke trigger order rank sample report sort filter render monitor join accept export
  setup script test order post download message comment page text refresh sync print crawl ingest connect remember format`.split(
    /\s+/,
  ),
);

/** Compound nouns that hold a verb: they are taken for one noun. */
export const COMPOUND_NOUNS: readonly (readonly [string, string])[] = [
  ['merge', 'request'],
  ['merge', 'requests'],
  ['pull', 'request'],
  ['pull', 'requests'],
  ['feature', 'request'],
  ['push', 'notification'],
  ['change', 'request'],
  ['change', 'log'],
  ['purchase', 'order'],
  ['call', 'log'],
  ['call', 'graph'],
  ['call', 'hierarchy'],
  ['release', 'notes'],
  ['pull', 'secrets'],
  ['run', 'history'],
  ['build', 'status'],
  ['deploy', 'status'],
  ['deploy', 'key'],
  ['start', 'date'],
  ['end', 'date'],
  ['clear', 'text'],
  ['text', 'search'],
  ['drop', 'zone'],
  ['drop', 'down'],
];

/** Names without a verb that still say that their tool reads. */
export const READ_NOUNS: ReadonlySet<string> = new Set(
  `info information details detail status stats statistics list history version schema metadata logs summary report forecast weather
  help docs documentation sequentialthinking overview health usage capabilities definition definitions references symbols outline price prices quote
  rate rates time date clock news search lookup calculator profile log diff blame tree count total balance usage options screenshot thinking reasoning snapshot messages requests directions top whois`.split(
    /\s+/,
  ),
);

/** Words of access control: changing what they name is `auth.change`. */
export const AUTH_NOUNS: ReadonlySet<string> = new Set(
  `permission permissions role roles iam acl acls policy policies collaborator collaborators member members admin admins administrator
  owner ownership mfa 2fa firewall credential credentials password passwords apikey privilege privileges sso saml oauth
  rbac rolebinding clusterrole serviceaccount scope scopes secret secrets`.split(/\s+/),
);

/** Words that name secrets: reading them is `secrets.read`. */
export const SECRET_NOUNS: ReadonlySet<string> = new Set(
  'secret secrets password passwords credential credentials apikey env dotenv kubeconfig keychain keyvault passphrase passphrases'.split(
    ' ',
  ),
);

/** Pairs of words that name secrets. */
export const SECRET_PAIRS: ReadonlySet<string> = new Set(
  `private key,private keys,api key,api keys,access key,access keys,access token,auth token,api token,connection string,
  session token,refresh token,ssh key,signing key,encryption key,env vars,environment variables`
    .split(',')
    .map((pair) => pair.trim()),
);

/** What moves money when it is made or sent: `send_payment`, `create_payout`, `issue_refund`. */
export const MOVED_MONEY: ReadonlySet<string> = new Set(
  'payment payments payout payouts refund refunds funds money crypto cryptocurrency bitcoin btc ether eth usdc usdt coins cash'.split(
    ' ',
  ),
);

/** Words after which such a noun only describes: `payment_method`. */
export const ABOUT_MONEY: ReadonlySet<string> = new Set(
  'method methods link links terms reminder reminders status page form intent request history plan schedule settings'.split(
    ' ',
  ),
);

/** What is paid with. */
export const MONEY_NOUNS: ReadonlySet<string> = new Set(
  'payment payments money funds fund balance invoice payout refund subscription token tokens coins crypto usd eur wallet stock stocks shares'.split(
    ' ',
  ),
);
