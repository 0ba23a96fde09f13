"""Runs the verifier in Python over many inputs in one process: jobs as JSON on the standard input, answers on the output."""

import base64
import importlib.util
import json
import sys

spec = importlib.util.spec_from_file_location('countersign_verify', sys.argv[1])
verifier = importlib.util.module_from_spec(spec)
sys.dont_write_bytecode = True
spec.loader.exec_module(verifier)


def answer(check, *arguments):
    try:
        check(*arguments)
        return 'ok'
    except verifier.Refused as refusal:
        return str(refusal)


def note_of(job):
    return job['text'] if 'text' in job else base64.b64decode(job['base64']).decode('utf-8', 'surrogateescape')


def run(job):
    sort = job['sort']
    if sort == 'fields':
        return {kind: row for kind, row in verifier.ROWS.items()}
    if sort == 'log':
        return verifier.verify(job['path'], job.get('key'), job.get('against', []))
    if sort == 'entry':
        return answer(verifier.read_entry, base64.b64decode(job['base64']))
    if sort == 'payload':
        return answer(verifier.open_payload, job['payload'], job['salt'], job['json'], job['commitment'])
    if sort == 'key':
        return answer(verifier.parse_key, job['text'])
    keys = [verifier.parse_key(key) for key in job['keys']]
    if sort == 'note':
        return answer(verifier.verify_note, note_of(job), keys)
    return answer(verifier.verify_checkpoint, note_of(job), job['origin'], keys)


json.dump([run(job) for job in json.load(sys.stdin)], sys.stdout)
