/**
 * Clients of key-value and document stores. Source: the Redis command reference and the mongosh manual. Pure but for the report.
 */

import { parseArguments } from '../flags.js';
import { type Argument, type Call, isKnown } from '../walk.js';

/** Reports what commands of Redis delete or change. */
export function judgeRedis(statement: Argument, call: Call): void {
  const match =
    /\b(flushall|flushdb|shutdown|debug|config\s+set|slaveof|replicaof|script\s+flush|acl\s+(?:setuser|deluser)|swapdb|restore|migrate|cluster\s+reset|module\s+load|xtrim|del|unlink)\b/i.exec(
      statement.text,
    );
  if (match === null) return;
  const word = (match[1] ?? '').toLowerCase().replace(/\s+/g, '-');
  const isMany = statement.text.includes('*') || !isKnown(statement.text);
  const level = /^(?:del|unlink|xtrim|restore)$/.test(word) && !isMany ? 'moderate' : 'destructive';
  call.walk.report.add(`shell.redis.${word}`, level, 'Deletes data of the store or changes how it runs.', call.at, {
    effects: ['db.write', 'data.delete'],
    reversible: false,
  });
}

/** Reports what code for MongoDB deletes. */
export function judgeMongo(statement: Argument, call: Call): void {
  const match =
    /\b(dropDatabase|dropCollection|drop|deleteMany|deleteOne|remove|dropIndexes?|dropUser|shutdownServer|dropAllUsers|findOneAndDelete|renameCollection)\s*\(/.exec(
      statement.text,
    );
  if (match === null) return;
  const level = match[1] === 'dropDatabase' ? 'critical' : 'destructive';
  call.walk.report.add(`shell.mongo.${match[1]}`, level, 'Deletes data of the database.', call.at, {
    effects: ['db.write', 'data.delete'],
    reversible: false,
  });
}

const REDIS = {
  values: new Set('-h -p -s -a -u -n --user --pass --pattern --count -i --cacert --sni'.split(' ')),
  style: 'bundled',
} as const;
const REDIS_FLAGS = new Set(
  '--raw --no-raw --csv --json --tls --no-auth-warning -3 -2 -c --scan --bigkeys --memkeys --hotkeys --stat --latency'.split(
    ' ',
  ),
);
const REDIS_READS =
  /^(?:get|mget|exists|ttl|pttl|type|strlen|getrange|substr|keys|scan|hget|hgetall|hkeys|hvals|hlen|hmget|hexists|hscan|hstrlen|lrange|llen|lindex|lpos|smembers|scard|sismember|smismember|sscan|srandmember|sinter|sunion|sdiff|zrange|zrangebyscore|zrangebylex|zrevrange|zcard|zcount|zscore|zmscore|zrank|zrevrank|zscan|xrange|xrevrange|xlen|xinfo|xpending|info|ping|dbsize|time|lastsave|role|bitcount|bitpos|getbit|geopos|geodist|expiretime|randomkey|object|command|memory usage|memory stats|memory doctor|client list|client id|client getname|client info|cluster info|cluster nodes|cluster slots|cluster shards|slowlog get|slowlog len|latency latest|pubsub channels|pubsub numsub|acl whoami|json\.get|json\.type|ft\.search|ft\.info|ft\._list)$/i;

/** Whether a client of Redis is given one command that only reads. */
export function provesRedisRead(call: Call): boolean {
  if (call.flow.piped || !isPlain(call)) return false;
  const parsed = parseArguments(call.words, REDIS, true);
  const [verb = '', noun = ''] = call.words.slice(parsed.used).map((word) => word.text);
  if (
    !parsed.flags.every(({ name, value }) => REDIS_FLAGS.has(name) || (REDIS.values.has(name) && value !== undefined))
  )
    return false;
  const isListing = parsed.flags.some(({ name }) => /^--(?:scan|bigkeys|memkeys|hotkeys|stat|latency)$/.test(name));
  return verb === '' ? isListing : REDIS_READS.test(verb) || REDIS_READS.test(`${verb} ${noun}`);
}

const MONGO = {
  values: new Set('--host --port -u --username -p --password --authenticationDatabase --eval'.split(' ')),
  style: 'bundled',
} as const;
const MONGO_READS =
  /^\s*(?:(?:printjson|print|EJSON\.stringify|JSON\.stringify)\(\s*)?(?:show\s+(?:dbs|databases|collections|tables|users|roles)|db\.(?:stats|getName|getCollectionNames|getCollectionInfos|version|hello|serverStatus|hostInfo)\(\)|db(?:\.(?!system\b)[A-Za-z_]\w*|\.getCollection\(['"][\w.-]+['"]\)|\.getSiblingDB\(['"][\w-]+['"]\))+\.(?:find|findOne|count|countDocuments|estimatedDocumentCount|distinct|getIndexes|stats|dataSize|storageSize|totalSize)\([^()]*\)(?:\.(?:limit|skip|sort|count|toArray|pretty|size|explain|hint|projection)\([^()]*\))*)\s*\)?\s*;?\s*$/;

/** Whether a client of MongoDB is given nothing but expressions that only read. */
export function provesMongoRead(call: Call): boolean {
  if (call.flow.piped || !isPlain(call)) return false;
  const parsed = parseArguments(call.words, MONGO);
  const codes = parsed.flags.filter((flag) => flag.name === '--eval').map((flag) => flag.value?.text ?? '');
  return (
    codes.length > 0 &&
    codes.every((code) => MONGO_READS.test(code) && !/\$(?:where|function|accumulator)|=>|\bfunction\b|`/.test(code)) &&
    parsed.flags.every(({ name, value }) =>
      MONGO.values.has(name) ? value !== undefined : /^--(?:quiet|norc|nodb|tls|json(?:=\w+)?)$/.test(name),
    ) &&
    parsed.operands.every(({ text }) => /^mongodb(?:\+srv)?:\/\/|^[\w-]+$/.test(text))
  );
}

function isPlain(call: Call): boolean {
  return (
    !call.program.text.includes('/') &&
    call.words.every((word) => !word.opaque && !word.fed && !word.glob && isKnown(word.text))
  );
}
