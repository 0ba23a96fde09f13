#!/usr/bin/env python3
"""Verifies the export of a Countersign log as docs/spec.md says (clause ids in brackets); exit codes as in ANS-4."""
import argparse, base64, collections, decimal, hashlib, json, os, re, sys
from datetime import datetime, timedelta
NOT_CHECKED = ['policies, approvals but REQ-12, grants (POL, REQ, GRANT)', 'ages and holds (PURGE-9, RET, HOLD)',
               'previews (PAY-6)', 'rows and store (EXPORT-7)', 'evidence of anchors (WIT, PARENT)']
MAX, RISKS, FORKS = 2 ** 53 - 1, ['safe', 'moderate', 'destructive', 'critical'], 'LOG_FORKED RESULT_WITHOUT_CALL'
WARNINGS = 'EMPTY_LOG NO_KEY KEY_UNUSABLE NO_ANCHOR PURGE_INCOMPLETE DANGLING_CALL'.split()  # [ANS-3]
AUTHORITY, OUTSIDE = 'RUN_NOT_ALLOWED ARGS_DIGEST_MISMATCH', 'ANCHOR_INVALID ANCHOR_OF_OTHER_LOG LOG_TRUNCATED'
GAPS = OUTSIDE + ' EXPORT_INVALID ENTRY_MISSING WRITER_GAP PAYLOAD_MISSING CHECKPOINT_MISSING CHECKPOINT_SIZE ' + FORKS
# The field table [section 3]: kind = members | payloads. No type means an identifier, @ a group, ? optional, / or.
TABLE = '''@common = v:one log index:count prev:digest writer writerSeq:count id:uuid time:time totals:totals kind ;
@ref = call run ; @asked = request:uuid @ref argsDigest:digest ; @event = actor?:actor session? name ; @took =
success?:bool durationUs?:count ; @call = @ref session? step? plan? actor?:actor tool server? toolDigest:digest ;
@judged = risk:risk classification:classification policy:digest rule ; @begun = @call @judged bound:bool decisionBy
decision:approved/rejected/auto/not_required approvalTimeUs?:count request?:uuid grant?:uuid argsDigest?:digest
verdict?:allow/require-approval/deny ; .needs = quorum?:count roles?:ids approvers?:ids reason?:approved/rejected/both
escalateTo?:ids escalateUs?:count ; .actor = kind id keyId? role? ; .parent = log size:count root:digest ; .totals =
safe:count moderate:count destructive:count critical:count ; .line = name:text salt:text json:text ; .classification =
ruleSet signals:ids more?:count effects:effects reversible:yes/no/unknown confidencePercent:percent ; #header =
version:one log:text format:countersign-log-export size:count ; #entry = index:count leaf?:text leafHash:text
unreadable?:true payloads:lines ; #checkpoint = size:count note:text ; #end = checkpoint:text identityKey:text ;
log-opened = identityKey:vkey epochKey:vkey software identity?:anchor parent?:parent by?:actor | reason ; tool-call =
@begun outcome?:observed_only @took | args argsSalt reasons result error ; tool-result = @ref session? tool begun:count
outcome:ok/tool_error/aborted success:bool durationUs:count lossy?:bool | result error ; tool-refused = @begun
outcome:refused/invalid_input/aborted success:false code | args argsSalt reasons message result ; approval-requested =
request:uuid @call @judged argsDigest:digest redacted:bool expiresAt:time needs?:needs | args reasons ; approval-decided
= @asked decision:approved/rejected decisionBy approver:actor channel? attestation:server/ed25519/passkey
editedDigest?:digest editedRisk?:risk grant?:uuid signature?:signature signedAt?:time key?:vkey onBehalfOf?:actor
delegation?:uuid | reason message response editedArgs ; approval-withdrawn = @asked approver:actor ; approval-escalated
= @asked roles:ids expiresAt:time ; approval-expired = @asked cause:timeout/aborted ; grant-issued = grant:uuid
request:uuid tool server? toolDigest:digest session? maxRisk:risk signals:ids ruleSet policy:digest uses:count
expiresAt:time issuedBy:actor | arguments ; grant-used = grant:uuid @ref argsDigest:digest use:count ; grant-revoked =
grant:uuid by:actor | reason ; approver-added = approver:actor key?:vkey maxRisk?:risk tools?:ids sessions?:ids
expiresAt?:time by?:actor | reason ; approver-revoked = approver:actor key?:vkey by?:actor | reason ; approver-delegated
= delegation:uuid by:actor approver:actor key?:vkey maxRisk?:risk tools?:ids sessions?:ids expiresAt:time
signature?:signature | reason ; delegation-revoked = delegation:uuid by?:actor | reason ; key-epoch = epoch:count
epochKey:vkey root:digest proof:signature ; entries-purged = what:payloads/entries from:count to:count kept:counts
removed:count root:digest policy by:actor newest?:time archive?:digest override?:true | reason ; payload-erased =
target?:count name? session? by:actor | reason ; hold-released = hold:uuid by:actor | reason ; hold-placed = hold:uuid
session? from?:count to?:count by:actor | reason ; clock-stepped = stepUs:int ; policy-changed = policy:digest
previous?:digest by?:actor | policy reason ; config-changed = config:digest previous?:digest by?:actor override?:true |
config reason ; judge-opinion = @ref judge level:risk previous:risk | reason ; anchor-recorded = anchor name size:count
root:digest | receipt ; code-execution = @event @took | details ; security-assessment = @event risk:risk | details ;
container-created = @event success?:bool | details ; resource-violation = @event | details ; security-event = @event
severity:info/warning/error/critical | details ; system-event = @event | details ; model-call = @event @took | details ;
authorization = @event allowed:bool | details'''
TYPES = {'one': (1, 1), 'count': (0, MAX), 'int': (-MAX, MAX), 'percent': (0, 100), 'text': '[\\s\\S]*',
    'ids': ['id', 32], 'counts': ['count', 500], 'effects': ['effect', MAX], 'lines': ['line', MAX],
    'risk': '|'.join(RISKS), 'digest': '[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=', 'signature':
    '(?=.{4,1024}$)(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?',
    'uuid': '[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}',
    'vkey': '(?=.{1,512}$)[^+\\s\ufeff\x00-\x1f\x7f-\x9f]+\\+[0-9a-f]{8}\\+[A-Za-z0-9+/]+={0,2}',
    'effect': 'fs.read|fs.write|fs.delete|exec|exec.remote_code|net.egress|net.listen|db.read|db.write|data.delete|'
              'vcs.rewrite|infra.change|auth.change|secrets.read|money|message.send|persist|guard.tamper'}
class Refused(Exception): """What must be refused; the code is its text."""
def require(holds, code):
    if not holds: raise Refused(code)
def attempt(check, *arguments, say=lambda code: None):
    try: return check(*arguments)
    except Refused as refusal: say(str(refusal))
def sha256(*parts): return hashlib.sha256(b''.join(parts)).digest()
def to_base64(raw): return base64.b64encode(raw).decode()
def unbase64(text, size=None, code='BASE64_INVALID'):  # The bytes of base64 in its one form [VAL-1].
    try: raw = base64.b64decode(text, validate=True)
    except ValueError: raise Refused(code)
    return require(to_base64(raw) == text and size in (None, len(raw)), code) or raw
def micros(text):  # Microseconds since 1970 [VAL-5].
    try: since = (datetime.strptime(text, '%Y-%m-%dT%H:%M:%S.%fZ') - datetime(1970, 1, 1)) // timedelta(microseconds=1)
    except ValueError: raise Refused('TIME_INVALID')
    require(0 <= since <= MAX and re.fullmatch('[0-9-]{10}T[0-9:]{8}[.][0-9]{6}Z', text), 'TIME_INVALID')
    return since
def canonical(value, depth=0):  # The text of a value in the canonical form of RFC 8785.
    require(depth <= 256 or not isinstance(value, (dict, list)), 'NOT_CANONICAL')
    if isinstance(value, list): return '[' + ','.join([canonical(item, depth + 1) for item in value]) + ']'
    if isinstance(value, dict): return '{' + ','.join([canonical(one) + ':' + canonical(value[one], depth + 1) for one
                                in sorted(value, key=lambda name: name.encode('utf-16-be', 'surrogatepass'))]) + '}'
    if isinstance(value, (bool, str)) or value is None: return json.dumps(value, ensure_ascii=False)
    number = decimal.Decimal(repr(float(value))).normalize()
    require(number.is_finite(), 'NOT_CANONICAL')
    return format(number or decimal.Decimal(0), 'f' if not number or -7 < number.adjusted() < 21 else 'e')
def parse_canonical(raw, code):  # The value of canonical JSON [LEAF-3]: what was parsed must give the same bytes again.
    try: value, text = (read := json.loads(raw.decode('utf-8'))), canonical(read, 1)
    except (ValueError, RecursionError, OverflowError, Refused): raise Refused(code)
    return require(text.encode('utf-8', 'surrogatepass') == raw, code) or value
def expand(members):  # The members of a row as {name: (type, is optional)}.
    fields = {}
    for word in members.split():
        name, _, kind = word.partition(':')
        fields.update(ROWS[word][0] if word[0] == '@' else {name.rstrip('?'): (kind or 'id', '?' in name)})
    return fields
ROWS = {}
for row in TABLE.replace('\n', ' ').split(' ;'):
    name, members, payloads = (re.split(' = | *[|]', row.strip()) + [''])[:3]
    ROWS[name] = (expand(members), payloads.split())
def fits(value, kind):  # Whether a value is of a type of the table [VAL-2 to VAL-8].
    form = TYPES.get(kind, kind.replace('/', '|'))
    if '.' + kind in ROWS: return isinstance(value, dict) and has_fields(value, ROWS['.' + kind][0])
    if type(form) is list: return type(value) is list and len(value) <= form[1] and all(fits(v, form[0]) for v in value)
    if isinstance(form, tuple): return type(value) is int and form[0] <= value <= form[1]
    if not isinstance(value, str): return isinstance(value, bool) and kind in ('bool', str(value).lower())
    if kind == 'id': return not re.search('[\x00-\x1f\x7f-\x9f]', value) and 1 <= len(value.encode('utf-8')) <= 256
    return attempt(micros, value) is not None if kind == 'time' else re.fullmatch(form, value) is not None
def has_fields(value, fields):
    return all(name in fields and fits(value[name], fields[name][0]) for name in value) and \
        all(name in value or optional for name, (_, optional) in fields.items())
def read_entry(raw):  # The entry of a leaf, checked in the order of LEAF-6.
    require(len(raw) <= 8192, 'ENTRY_TOO_LARGE')
    require(raw.decode('utf-8', 'replace').encode('utf-8') == raw, 'ENTRY_NOT_UTF8')
    entry = parse_canonical(raw, 'ENTRY_NOT_CANONICAL')
    require(isinstance(entry, dict) and fits(entry.get('v'), 'one'), 'ENTRY_UNKNOWN_VERSION')
    kind, payload, done = entry.get('kind'), entry.get('payload'), {'success', 'durationUs'} & set(entry)
    require(isinstance(kind, str) and kind in ROWS and kind[0].isalpha(), 'ENTRY_UNKNOWN_KIND')
    require(not isinstance(payload, dict) or all(name in ROWS[kind][1] for name in payload), 'ENTRY_PAYLOAD_UNKNOWN')
    fields, rest = {**ROWS['@common'][0], **ROWS[kind][0]}, {name: entry[name] for name in entry if name != 'payload'}
    sound = isinstance(payload, dict) and all(fits(v, 'digest') for v in payload.values()) and has_fields(rest, fields)
    if sound and kind == 'tool-call':  # Members that must fit together [FIELD-5].
        sound = 'success' in entry if 'outcome' in entry else not done and not {'result', 'error'} & set(payload)
    if sound and kind == 'tool-result': sound = entry['success'] == (entry['outcome'] == 'ok')
    if sound and kind == 'payload-erased': sound = ('target' in entry) == ('name' in entry) != ('session' in entry)
    kept = [entry['from'] - 1, *entry['kept'], entry['to']] if sound and kind == 'entries-purged' else []
    require(sound and all(one < other for one, other in zip(kept, kept[1:])), 'ENTRY_MEMBER_INVALID')
    return entry
def open_payload(name, salt_text, text, commitment):  # The value of a payload, checked in the order of section 5.
    salt, raw = unbase64(salt_text, 16, 'PAYLOAD_SALT_INVALID'), text.encode('utf-8', 'replace')
    covered = sha256(b'countersign/field/v1\0', salt, bytes([len(name)]), name.encode('utf-8'), raw)
    require(to_base64(covered) == commitment, 'PAYLOAD_COMMITMENT_MISMATCH')
    return parse_canonical(raw, 'PAYLOAD_NOT_CANONICAL')
def root_of(hashes):  # The root of the tree over leaf hashes [TREE-1].
    if len(hashes) < 2: return hashes[0] if hashes else sha256()
    half = 2 ** ((len(hashes) - 1).bit_length() - 1)
    return sha256(b'\1', root_of(hashes[:half]), root_of(hashes[half:]))
P, L = 2 ** 255 - 19, 2 ** 252 + 27742317777372353535851937790883648493  # Ed25519 [KEY-4, KEY-5] (RFC 8032, 5.1)
D, ROOT = -121665 * pow(121666, P - 2, P) % P, pow(2, (P - 1) // 4, P)
def point(raw):
    y, sign = int.from_bytes(raw, 'little') % 2 ** 255, int.from_bytes(raw, 'little') >> 255
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = r if (r := pow(square, (P + 3) // 8, P)) * r % P == square else r * ROOT % P
    require(len(raw) == 32 and y < P and x * x % P == square and (x or not sign), 'KEY_WEAK')
    return (x, y, 1, x * y % P) if x % 2 == sign else (P - x, y, 1, -x * y % P)
def add(a, b):
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    return (f - e) * (h - g) % P, (h + g) * (f + e) % P, (h - g) * (h + g) % P, (f - e) * (f + e) % P
def times(number, a):
    total = (0, 1, 1, 0)
    while number: total, a, number = (add(total, a) if number % 2 else total), add(a, a), number // 2
    z = pow(total[2], P - 2, P)
    return total[0] * z % P, total[1] * z % P, 1, total[0] * total[1] * z * z % P
def is_signed(public, message, signature):
    s, r = int.from_bytes(signature[32:], 'little'), attempt(point, signature[:32])
    if len(signature) != 64 or s >= L or r is None: return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), 'little') % L
    return times(s, point(bytes.fromhex('58' + '66' * 31))) == times(1, add(r, times(challenge, point(public))))
Key = collections.namedtuple('Key', 'name id type public')
NAME = '[^\x00-\x1f\ud800-\udfff\\s+]{1,256}'
def parse_key(text):  # A verifier key [KEY-1 to KEY-4].
    match = re.fullmatch('(' + NAME + ')\\+([0-9a-f]{8})\\+([^\n]*)', text)
    require(match and len(match[1].encode('utf-8', 'replace')) <= 256, 'KEY_INVALID')
    raw = unbase64(match[3], 33, 'KEY_INVALID')
    require(raw[0] in (1, 4) and sha256(match[1].encode(), b'\n', raw)[:4].hex() == match[2], 'KEY_INVALID')
    require(times(8, point(raw[1:])) != (0, 1, 1, 0), 'KEY_WEAK')
    return Key(match[1], bytes.fromhex(match[2]), raw[0], raw[1:])
def verify_note(note, keys):  # The text of a note, and the known keys that signed it [NOTE-1 to NOTE-6].
    whole = re.fullmatch('([^\x00-\x09\x0b-\x1f\ud800-\udfff]*\n)\n((?:\u2014 ' + NAME + ' [^ \n]+\n){1,64})', note)
    require(whole and len(note.encode('utf-8', 'replace')) <= 10 ** 6, 'NOTE_INVALID')
    lines, good = re.findall('\u2014 ([^ ]+) ([^ \n]+)\n', whole[2]), set()
    signatures = [(name, unbase64(text, None, 'NOTE_INVALID')) for name, text in lines]
    require(all(len(raw) > 4 and len(name.encode()) <= 256 for name, raw in signatures), 'NOTE_INVALID')
    for name, raw in signatures:
        for key in [key for key in keys if (key.name, key.id) == (name, raw[:4])]:
            stamp = b'' if key.type == 1 else b'cosignature/v1\ntime %d\n' % int.from_bytes(raw[4:12], 'big')
            message, signature = stamp + whole[1].encode('utf-8'), raw[4 if key.type == 1 else 12:]
            require(is_signed(key.public, message, signature), 'SIGNATURE_INVALID')
            good.add(key)
    require(good, 'NO_KNOWN_SIGNATURE')
    return whole[1], good
def verify_checkpoint(note, origin, keys):  # Size, root, further lines and signing keys of a checkpoint [CP-1, CP-2].
    text, good = verify_note(note, keys)
    match = re.fullmatch('([^\n]+)\n(0|[1-9][0-9]{0,15})\n([^\n]+)\n((?:[^\n]+\n)*)', text)
    require(match and int(match[2]) <= MAX and unbase64(match[3], 32, 'CHECKPOINT_INVALID'), 'CHECKPOINT_INVALID')
    require(match[1] == origin, 'ORIGIN_MISMATCH')
    return int(match[2]), match[3], match[4], good
class Log:  # A log as its entries are read, one after the other. What does not hold is reported, and reading goes on.
    def __init__(self, key, say):
        self.say, self.key, self.identity, self.origin, self.epochs = say, key, key, key and key.name, []
        self.runs = self.held = self.next = self.unread = self.since = self.excused = self.before = self.later = 0
        self.begun, self.done, self.ids, self.gone, self.asked, self.of = set(), set(), set(), set(), {}, {}
        self.statements, self.open, self.lost, self.there, self.writers, self.records = [], {}, {}, {}, {}, []
        self.quorums, self.hashes, self.whole, self.prev, self.totals = {}, [], True, bytes(32), dict.fromkeys(RISKS, 0)
    def check(self, index, **codes):  # Reports the codes of what does not hold.
        for code in [code for code, holds in codes.items() if not holds]: self.say(code, index)
    def skip(self, count):  # Entries that cannot be read.
        self.check(0, LOG_NOT_OPENED=self.next)
        self.before, self.prev, self.unread, self.since = None, None, self.unread + count, self.since + count
    def miss(self, size):  # Entries up to this size are not there [CHAIN-10].
        if size <= self.next: return
        self.say('ENTRY_MISSING', self.next)
        self.skip(size - self.next)
        self.whole, self.next = False, size
    def take(self, i, line):  # One entry line [LEAF-5, LEAF-6, CHAIN-1] and its payloads [section 5].
        self.miss(i)
        raw, entry, values, found = line.get('leaf', '').encode('utf-8', 'surrogatepass'), None, {}, set()
        stored = attempt(unbase64, line['leafHash'], 32)
        leaf_hash = sha256(b'\0', raw) if 'leaf' in line else stored
        if 'leaf' in line: entry = attempt(read_entry, raw, say=lambda code: self.say(code, i))
        self.check(i, LEAF_HASH_MISMATCH=stored and leaf_hash == stored, ENTRY_NOT_UTF8='unreadable' not in line,
                   ENTRY_MISPLACED=not entry or entry['index'] == i)
        entry = entry if entry and entry['index'] == i and stored == leaf_hash else None
        if 'leaf' not in line and 'unreadable' not in line: self.gone.add(i)
        commitments, payloads = entry['payload'] if entry else {}, line['payloads'] if entry or i in self.gone else []
        for name, salt, text in [(one['name'], one['salt'], one['json']) for one in payloads]:
            self.check(i, PAYLOAD_UNEXPECTED=name in commitments and name not in found)
            if name in commitments and name not in found:
                try: values[name] = open_payload(name, salt, text, commitments[name])
                except Refused as refusal: self.say(str(refusal), i)
            found.add(name)
        self.there[i], self.lost[i] = found, set(commitments) - found
        if entry: self.take_entry(i, entry, values, micros(entry['time']))
        else: self.skip(1)
        self.hashes.append(leaf_hash or b'')
        self.prev, self.whole, self.next = leaf_hash, self.whole and leaf_hash is not None, i + 1
    def take_entry(self, i, entry, values, now):  # An entry against those before it [section 4].
        kind, writer, step, totals = entry['kind'], entry['writer'], entry.get('stepUs'), entry['totals']
        if i == 0 and kind == 'log-opened': self.take_opening(entry)
        is_call, gap = kind in ('tool-call', 'tool-refused'), entry['writerSeq'] - self.writers.get(writer, 0)
        grown = [totals[level] - self.totals[level] - (is_call and level == entry['risk']) for level in RISKS]
        excused, back = 0 <= gap <= self.unread - self.excused, self.before is not None and now < self.before
        self.check(i, LOG_NOT_OPENED=i or kind == 'log-opened', LOG_REOPENED=not i or kind != 'log-opened',
                   ENTRY_MISPLACED=entry['log'] == self.origin or not self.origin, WRITER_GAP=excused,
                   CHAIN_BROKEN=self.prev is None or entry['prev'] == to_base64(self.prev),
                   ID_REPEATED=entry['id'] not in self.ids, TIME_BACKWARDS=not back or kind == 'clock-stepped',
                   CLOCK_STEP_INVALID=step is None or abs(step) > 2000000 and (not back or step == now - self.before),
                   TOTALS_MISMATCH=min(grown) >= 0 and sum(grown) <= self.since,
                   ANCHOR_RECORD_MISMATCH=kind != 'anchor-recorded' or self.bears(entry['size'], entry['root']))
        self.ids.add(entry['id'])
        self.excused, self.writers[writer] = self.excused + (gap if excused else 0), entry['writerSeq'] + 1
        self.before, self.totals, self.since = now, totals, 0
        if kind in ('entries-purged', 'payload-erased'): self.statements.append(entry)
        owner = self.asked.get(entry['request']) if re.match('approval-[dew]', kind) else entry.get('session')
        self.asked[entry.get('request', i)], self.of[i] = owner, kind not in ('hold-placed', 'payload-erased') and owner
        if kind == 'anchor-recorded': self.records.append((i, entry['size'], entry['anchor']))
        if kind == 'key-epoch': self.take_epoch(i, entry)
        if 'request' in entry: self.take_request(entry, kind)
        if is_call or kind == 'tool-result': self.take_call(i, entry, kind)
        if kind == 'tool-call' and 'outcome' not in entry: self.take_run(i, entry, values)
    def named_key(self, text, name, i):
        key = attempt(parse_key, text)
        key = key if key and (key.name, key.type) == (name, 1) else None
        return self.check(i, KEY_WEAK=key) or key
    def take_opening(self, entry):  # The keys of the first entry [CP-7, EPOCH-1].
        stated = self.named_key(entry['identityKey'], entry['log'], 0)
        epoch = self.named_key(entry['epochKey'], entry['log'] + '/epoch/1', 0)
        self.origin, self.identity = self.origin or entry['log'], self.key or stated
        self.check(0, KEY_MISMATCH=not self.key or stated in (None, self.key) and entry['log'] == self.key.name,
                   EPOCH_INVALID=not epoch or not self.identity or epoch.public != self.identity.public)
        self.epochs, self.later = [(0, 1, epoch)] if epoch else [], bool('identity' in entry and self.identity)
    def take_epoch(self, i, entry):  # A new epoch [EPOCH-2, EPOCH-3].
        key = self.named_key(entry['epochKey'], '%s/epoch/%d' % (entry['log'], entry['epoch']), i)
        _, number, old = self.epochs[-1] if self.epochs else (0, 0, None)
        is_new = not key or key.public not in [k.public for k in [self.identity] + [e[2] for e in self.epochs] if k]
        self.check(i, EPOCH_INVALID=entry['epoch'] == number + 1 and is_new and self.bears(i, entry['root']))
        if not old or not key: return
        text = canonical({name: entry[name] for name in 'epoch epochKey index log root'.split()}).encode('utf-8')
        proof = attempt(unbase64, entry['proof']) or b''
        self.check(i, EPOCH_PROOF_INVALID=is_signed(old.public, b'countersign/epoch/v1\0' + text, proof))
        self.epochs.append((i + 2, entry['epoch'], key))
    def take_call(self, i, entry, kind):  # Calls and their results [section 13].
        call, known = (entry['run'], entry['call']), entry.get('begun') in self.done
        if kind == 'tool-call' and 'outcome' not in entry: self.open[call] = entry
        if kind != 'tool-result': return self.check(i, CALL_REPEATED=call not in self.begun) or self.begun.add(call)
        begun = self.open.pop(call, None)
        same = begun and [begun['index'], begun['tool'], begun.get('session')]
        self.check(i, RESULT_MISMATCH=not begun or same == [entry['begun'], entry['tool'], entry.get('session')],
                   RESULT_REPEATED=begun or not known,
                   RESULT_WITHOUT_CALL=begun or known or self.unread and entry['begun'] < i)
        self.done.add(begun['index'] if begun else None)
    def take_request(self, entry, kind):  # Who has approved a request, and how many must [REQ-12].
        who, key = entry.get('approver', {}).get('id'), entry.get('key', '')[-44:]
        if kind == 'approval-requested': self.quorums[entry['request']] = [entry.get('needs', {}).get('quorum', 1), {}]
        asked = self.quorums.get(entry['request'], [0, {}])
        if kind == 'approval-withdrawn': asked[1].pop(who, None)
        elif who and entry['decision'] == 'approved': asked[1].setdefault(who, key or who)
        elif kind in ('approval-decided', 'approval-expired'): asked[0] = MAX
    def take_run(self, i, entry, values):  # What a call says of itself [section 14.1].
        self.runs += 1
        names, decision, by = {'request', 'grant', 'argsDigest'} & set(entry), entry['decision'], entry['decisionBy']
        good = not names - {'argsDigest'} and entry.get('verdict') == 'allow' and by == entry['rule'] and \
            by.startswith('default:') == (decision == 'not_required')
        if decision in ('approved', 'rejected'): good = decision == 'approved' and names == {'request', 'argsDigest'}
        if (decision, by) == ('auto', 'similar_match'): good = names == {'grant', 'argsDigest'}
        n, given = self.quorums.get(entry.get('request'), (0, {}))
        self.check(i, RUN_NOT_ALLOWED=good and len({*given.values()}) >= n and entry.get('verdict', 'deny') != 'deny')
        salt, args = attempt(unbase64, str(values.get('argsSalt')), 16), values.get('args')
        bound = dict({name: entry[name] for name in ('call', 'log', 'policy', 'tool', 'toolDigest')}, args=args)
        digest = salt and to_base64(sha256(b'countersign/call/v1\0', salt, canonical(bound).encode('utf-8')))
        closed = not salt or 'args' not in values or isinstance(args, dict) and args.get('$t') == 'truncated'
        self.check(i, ARGS_DIGEST_MISMATCH=closed or entry.get('argsDigest') in (None, digest))
    def bears(self, size, root):  # Whether the tree has this root; undecided where entries are missing.
        return not self.whole or size <= len(self.hashes) and to_base64(root_of(self.hashes[:size])) == root
    def signed(self, note, keys, bad, other, unsigned):
        def tell(code): self.say(other if code == 'ORIGIN_MISMATCH' else unsigned if 'SIGNATURE' in code else bad, None)
        return self.identity and attempt(verify_checkpoint, note, self.origin, [k for k in keys if k], say=tell)
    def finish(self, size, kept, newest, anchors):  # What lies behind the entries [sections 7 to 10].
        self.miss(min(size, self.next + 10 ** 7))
        anchored, own = {at for _, at, _ in self.records}, {at for _, at, by in self.records if by == 'identity'}
        self.check(None, HEAD_MISMATCH=not self.whole or size == self.next,
                   CHECKPOINT_MISSING=anchored <= {at for at, _ in kept} if newest else not self.next)
        for entry in self.open.values(): self.say('DANGLING_CALL', entry['index'])
        self.finish_statements()
        seals, form = [start - 1 for start, _, _ in self.epochs[1:]], re.match('[^\n]+\n(0|[1-9][0-9]{,15})\n', newest)
        stated, top = int(form[1]) if form and int(form[1]) <= MAX else self.next, 0
        for seal in seals: self.check(seal - 1, EPOCH_SEAL_MISSING=seal in dict(kept))
        for at, note in kept + [(stated, newest)] * (newest not in ['', *dict(kept[-1:]).values()]):
            keys = [self.identity] + [key for start, _, key in self.epochs if start <= at][-1:]
            found = self.signed(note, keys, 'CHECKPOINT_INVALID', 'CHECKPOINT_INVALID', 'CHECKPOINT_SIGNATURE')
            sound = not found or found[0] == at and not found[2]
            self.check(None, CHECKPOINT_UNEXPECTED=(at, note) not in kept or at in seals or at in anchored,
                       CHECKPOINT_SIZE=note != newest or not self.whole or at == self.next, CHECKPOINT_INVALID=sound,
                       CHECKPOINT_SIGNATURE=not found or keys[1:] and {*keys[self.later > (at in own):]} <= found[3],
                       CHECKPOINT_ROOT=not found or not sound or self.bears(found[0], found[1]))
            top = max(top, at) if found and self.identity in found[3] else top
        behind = stated - top - sum(i >= top for i, _, _ in self.records) if self.later and newest else 0
        self.check(None, CHECKPOINT_SIGNATURE=top or behind <= 0, IDENTITY_BEHIND=not top or behind <= 0)
        for note in anchors:
            found = self.signed(note, [self.identity], 'ANCHOR_INVALID', 'ANCHOR_OF_OTHER_LOG', 'ANCHOR_INVALID')
            short, sound = found and found[0] > self.next, found and self.bears(found[0], found[1])
            self.check(None, LOG_TRUNCATED=not short, LOG_FORKED=not found or short or sound)
            self.held += bool(sound and not short and self.whole)
    def finish_statements(self):  # What is gone, and what says so [section 11].
        gone, newest = set(), {(one['kind'], 'session' in one): one for one in self.statements}
        forgotten = {one['session']: one['index'] for one in self.statements if 'session' in one}
        for one in [one for one in self.statements if one['kind'] == 'entries-purged']:
            one['taken'] = taken = set(range(one['from'], min(one['to'], self.next))) - set(one['kept'])
            counted = not gone & set(one['kept']) and one['removed'] == len(taken - gone) or one['what'] == 'payloads'
            sound = one['to'] <= one['index'] and (one['from'] > 0 or not one['to'] or 0 in one['kept'])
            self.check(one['index'], PURGE_INVALID=sound and counted and self.bears(one['to'], one['root']))
            gone |= taken if one['what'] == 'entries' else set()
        for i in sorted(self.gone - gone): self.say('ENTRY_MISSING', i)
        for i, names in self.lost.items():
            names = names - {one['name'] for one in self.statements if one.get('target') == i}
            if i < forgotten.get(self.of.get(i), -1): continue
            self.check(i, PAYLOAD_MISSING=not names or any(i in one.get('taken', ()) for one in self.statements))
        for one in self.statements:
            i, target, taken = one['index'], one.get('target', -1), one.get('taken', set())
            code = 'PURGE_INCOMPLETE' if one is newest[one['kind'], 'session' in one] else 'PURGED_CONTENT_PRESENT'
            left = taken - self.gone if one.get('what') == 'entries' else {at for at in taken if self.there.get(at)}
            left = left or target < i and one.get('name') in self.there.get(target, ())
            self.check(i, PURGE_INVALID=target < i, **{code: not left})
def read_lines(path, say):  # The lines of an export in their order [section 12].
    forms, phase, last = ['#header', '#entry', '#checkpoint', '#end'], -1, -1
    for raw in open(path, 'rb'):
        try: line = {**json.loads(raw.decode('utf-8'))} if raw[-1:] == b'\n' and len(raw) <= 2 ** 26 else {}
        except (ValueError, RecursionError, TypeError): line = {}
        kind = 0 if 'format' in line else 1 if 'index' in line else 2 if 'note' in line else 3
        place = line.get('index', line.get('size')) if 0 < kind < 3 else 0
        follows = (phase < 0) == (kind == 0) and phase <= kind and phase < 3
        if follows and has_fields(line, ROWS[forms[kind]][0]) and (kind != phase or place > last):
            phase, last = kind, place
            yield kind, line
        else: say('EXPORT_INVALID', None)
    if phase < 3: say('EXPORT_INVALID', None)
def verify(path, key_text=None, anchors=()):  # The report on an export.
    findings, size, kept, newest, errors = [], 0, [], '', set()
    def say(code, index):
        severity = 'warning' if code in WARNINGS else 'info' if code in 'ROWS_NOT_CHECKED IDENTITY_BEHIND' else 'error'
        findings.append({'code': code, 'severity': severity, 'index': index, 'message': 'See docs/spec.md.'})
        if severity == 'error': errors.add(code)
    key = attempt(parse_key, (key_text or '').strip())
    stuck = 'NO_KEY' if not key_text else 'KEY_UNUSABLE' if not key or key.type != 1 else None
    log = Log(None if stuck else key, say)
    for kind, line in read_lines(path, say):
        if kind == 0: size = line['size']
        elif kind == 1 and log.next < line['index'] >= size: say('ENTRY_UNEXPECTED', None)
        elif kind == 1: log.take(line['index'], line)
        elif kind == 2: kept.append((line['size'], line['note']))
        else: newest = line['checkpoint']
    log.finish(size, kept, newest, anchors)
    log.check(None, ROWS_NOT_CHECKED=False, EMPTY_LOG=log.next, NO_ANCHOR=anchors, **{stuck or 'NO_KEY': not stuck})
    codes = {'integrity': errors - {*OUTSIDE.split(), *AUTHORITY.split()}, 'completeness': errors & {*GAPS.split()}}
    failed = {**codes, 'authority': errors & {*AUTHORITY.split()}}
    proven = {'integrity': log.next, 'completeness': log.next and log.held, 'authority': 0}
    answers = {part: 'failed' if failed[part] else 'not-checked' if stuck or part == 'authority' and log.runs else
               'ok' if proven[part] else 'no-evidence' for part in proven}
    return {**answers, 'findings': findings, 'size': log.next, 'root': to_base64(root_of(log.hashes)),
            'notChecked': NOT_CHECKED, 'exitCode': 3 if errors else 4 if stuck else 0}
def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('export', help='what `countersign export --format jsonl` wrote')
    parser.add_argument('--key', help='the verifier key to pin, or a file that holds it')
    parser.add_argument('--against', nargs='+', default=[], help='files with checkpoints that were kept elsewhere')
    parser.add_argument('--json', action='store_true', help='print the report on one line')
    options = parser.parse_args()
    def read(name): return open(name, encoding='utf-8', errors='surrogateescape', newline='').read()
    try: report = verify(options.export, read(options.key) if os.path.exists(options.key or '') else options.key,
                         [read(name) for name in options.against])
    except OSError as error: parser.error(str(error))
    print(json.dumps(report, indent=None if options.json else 2))
    sys.exit(report['exitCode'])
if __name__ == '__main__': main()
