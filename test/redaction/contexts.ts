/** Secrets without a form, in realistic settings: what stands around them says what they are. */

import { ALNUM, BASE64, BASE64URL, HEX, LOWER, type Random } from './random.js';

export interface Setting {
  readonly family: string;
  /** The secret, and the text around it. */
  make(random: Random): { readonly secret: string; readonly text: string };
}

const WORDS = 'harbor violet thunder cactus marble willow copper falcon ginger meadow'.split(' ');

/** Passwords as people and generators make them. */
export function password(r: Random): string {
  return r.pick([
    () => `${r.pick(WORDS)}${r.below(9000) + 1000}`,
    () => `${r.text(ALNUM, 11)}${r.below(10)}`,
    () => `${r.pick(WORDS)}-${r.pick(WORDS)}-${r.below(90) + 10}`,
    () => `${r.text(ALNUM, 8)}!${r.text(ALNUM, 4)}%${r.below(10)}`,
    () => `P@ss${r.text(ALNUM, 6)}${r.below(100)}`,
    () => r.text(HEX, 24),
  ])();
}

const key = (r: Random): string =>
  r.pick([() => r.text(HEX, 32), () => r.text(ALNUM, 40), () => `${r.text(BASE64URL, 42)}7`])();
const both = (
  family: string,
  secretOf: (r: Random) => string,
  textOf: (secret: string, r: Random) => string,
): Setting => ({
  family,
  make: (r) => {
    const secret = secretOf(r);
    return { secret, text: textOf(secret, r) };
  },
});
const simple = (r: Random): string => password(r).replace(/[^A-Za-z0-9]/g, '_');

export const SETTINGS: readonly Setting[] = [
  // Shell.
  both('shell-environment', simple, (s) => `PGPASSWORD=${s} psql -h db.internal -U app -c 'select 1'`),
  both('shell-environment', key, (s) => `export STRIPE_API_KEY=${s}; node server.js`),
  both('shell-environment', key, (s) => `docker run -e API_TOKEN=${s} -p 8080:80 --rm app:1.2`),
  both('shell-environment', simple, (s) => `$env:DB_PASSWORD = "${s}"; dotnet run`),
  both('shell-environment', simple, (s) => `set MYSQL_PWD=${s}&& mysql -u root`),
  both('shell-option', simple, (s) => `deploy --user ci --password ${s} --region eu-west-1`),
  both('shell-option', password, (s) => `deploy --password='${s}' --verbose`),
  both('shell-option', key, (s) => `gh auth status && tool --api-key ${s} list`),
  both('shell-option', key, (s) => `helm upgrade app ./chart --set auth.token=${s} --wait`),
  both('shell-option', simple, (s) => `keytool -genkey -alias app -storepass ${s} -keyalg RSA`),
  both('shell-option', simple, (s) => `mysql -u root -p${s} shop < dump.sql`),
  both('shell-option', simple, (s) => `mysqldump --host db -uadmin -p${s} shop > dump.sql`),
  both('shell-option', simple, (s) => `sshpass -p ${s} ssh deploy@10.0.0.5 uptime`),
  both('shell-option', simple, (s) => `redis-cli -h cache -a ${s} FLUSHALL`),
  both('shell-option', simple, (s) => `mongosh --host db1 -u admin -p ${s} --eval 'db.stats()'`),
  both('shell-option', simple, (s) => `docker login -u robot -p ${s} registry.example.com`),
  both('shell-option', simple, (s) => `openssl rsa -in key.pem -passin pass:${s} -out out.pem`),
  both('shell-option', simple, (s) => `sqlcmd -S db -U sa -P ${s} -Q "select 1"`),
  both('shell-option', simple, (s) => `ldapsearch -x -D cn=admin -w ${s} -b dc=example`),
  both('shell-option', simple, (s) => `echo ${s} | sudo -S systemctl restart nginx`),
  both(
    'shell-option',
    (r) => r.text(BASE64, 40),
    (s) => `aws configure set aws_secret_access_key ${s}`,
  ),
  both('shell-basic', simple, (s) => `curl -u admin:${s} https://nexus.example.com/repository`),
  both('shell-basic', simple, (s) => `curl --user 'ada:${s}' -T file https://dav.example.com/`),
  both('shell-secret', simple, (s) => `kubectl create secret generic db --from-literal=password=${s}`),
  both('shell-secret', simple, (s) => `vault kv put secret/app db_password=${s} ttl=1h`),
  both('shell-secret', simple, (s) => `ConvertTo-SecureString "${s}" -AsPlainText -Force`),
  // Files.
  both('dotenv', simple, (s) => `APP_ENV=production\nDB_HOST=127.0.0.1\nDB_PASSWORD=${s}\nDB_PORT=5432\n`),
  both('dotenv', key, (s) => `# keys\nSECRET_KEY_BASE="${s}"\nDEBUG=false`),
  both('dotenv', key, (s) => `export JWT_SECRET='${s}'`),
  both('yaml', simple, (s) => `database:\n  username: app\n  password: ${s}\n  pool: 5\n`),
  both('yaml', key, (s) => `env:\n  - name: API_TOKEN\n    value: ${s}\n  - name: PORT\n    value: "80"\n`),
  both('yaml', key, (s) => `client_secret: "${s}"\nredirect: https://example.com/cb`),
  both('yaml', key, (s) => `apiVersion: v1\nkind: Secret\ndata:\n  token: ${Buffer.from(s).toString('base64')}`),
  both('properties', simple, (s) => `spring.datasource.username=app\nspring.datasource.password=${s}\n`),
  both('ini', key, (s) => `[default]\naws_access_key_id = none\naws_secret_access_key = ${s}\n`),
  both('toml', key, (s) => `[registry]\ntoken = "${s}"\n`),
  both('hcl', password, (s) => `resource "aws_db_instance" "main" {\n  username = "app"\n  password = "${s}"\n}`),
  both('npmrc', key, (s) => `//registry.example.com/:_authToken=${s}\nalways-auth=true`),
  both('netrc', simple, (s) => `machine git.example.com login ada password ${s}`),
  both('pgpass', simple, (s) => `db.example.com:5432:shop:app:${s}`),
  both('xml', simple, (s) => `<server><username>ci</username><password>${s}</password></server>`),
  both('xml', simple, (s) => `<add key="SmtpPassword" value="${s}" />`),
  both('docker-config', simple, (s) =>
    JSON.stringify({ auths: { 'registry.example.com': { auth: Buffer.from(`robot:${s}`).toString('base64') } } }),
  ),
  // JSON.
  both('json', password, (s) => JSON.stringify({ username: 'ada', password: s, remember: true })),
  both('json', key, (s) => JSON.stringify({ id: 7, apiKey: s, scopes: ['read'] }, null, 2)),
  both('json', key, (s) =>
    JSON.stringify({ body: JSON.stringify({ client_secret: s, grant_type: 'client_credentials' }) }),
  ),
  both('json', key, (s) => `response: {"access_token":"${s}","token_type":"bearer","expires_in":3600}`),
  both('json', key, (s) =>
    JSON.stringify({ type: 'service_account', private_key_id: s, project_id: 'x' }).replace(
      'private_key_id',
      'private_key',
    ),
  ),
  // Headers.
  both(
    'authorization',
    key,
    (s) => `GET /v1/me HTTP/1.1\r\nHost: api.example.com\r\nAuthorization: Bearer ${s}\r\nAccept: */*\r\n`,
  ),
  both('authorization', key, (s) => `headers: { Authorization: 'token ${s}', Accept: 'application/json' }`),
  both('authorization', key, (s) => `curl -H "Authorization: Bearer ${s}" https://api.example.com`),
  both(
    'authorization',
    (r) => Buffer.from(`ada:${password(r)}`).toString('base64'),
    (s) => `> proxy-authorization: Basic ${s}`,
  ),
  both('authorization', key, (s) => `authorization=Bearer%20${s}`.replace('authorization=', 'h=')),
  both('header', key, (s) => `-H 'X-Api-Key: ${s}' -H 'Accept: application/json'`),
  both('header', key, (s) => `x-auth-token: ${s}\nx-request-id: 12`),
  both('header', key, (s) => `PRIVATE-TOKEN: ${s}`),
  both('cookie', key, (s) => `Cookie: theme=dark; session=${s}; lang=de`),
  both('cookie', key, (s) => `set-cookie: sid=${s}; Path=/; HttpOnly; Secure`),
  both('cookie', key, (s) => `curl -b "session=${s}" https://app.example.com/`),
  // URLs.
  both('connection-string', simple, (s) => `DATABASE_URL=postgres://app:${s}@db.example.com:5432/shop?sslmode=require`),
  both('connection-string', simple, (s) => `mongodb+srv://root:${s}@cluster0.abcde.mongodb.net/test`),
  both('connection-string', simple, (s) => `redis://:${s}@cache:6379/0`),
  both('connection-string', simple, (s) => `amqp://guest:${s}@mq:5672/vhost`),
  both(
    'connection-string',
    password,
    (s) => `Server=tcp:db.example.com,1433;Database=shop;User ID=app;Password=${s};Encrypt=true;`,
  ),
  both(
    'connection-string',
    (r) => `${r.text(BASE64, 86)}==`,
    (s) => `DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=${s};EndpointSuffix=core.windows.net`,
  ),
  both(
    'connection-string',
    (r) => `${r.text(BASE64, 43)}=`,
    (s) => `Endpoint=sb://bus.example.net/;SharedAccessKeyName=root;SharedAccessKey=${s}`,
  ),
  both('connection-string', simple, (s) => `jdbc:mysql://db:3306/shop?user=app&password=${s}&useSSL=true`),
  both(
    'connection-string',
    simple,
    (s) => `host=db.example.com port=5432 dbname=shop user=app password=${s} sslmode=require`,
  ),
  both('url', simple, (s) => `git clone https://ada:${s}@git.example.com/team/repo.git`),
  both('url', key, (s) => `GET /v1/users?api_key=${s}&page=2 HTTP/1.1`),
  both('url', key, (s) => `https://app.example.com/callback#access_token=${s}&expires_in=3600`),
  both(
    'url',
    (r) => r.text(HEX, 64),
    (s) => `https://b.s3.amazonaws.com/k?X-Amz-Date=20261121T061000Z&X-Amz-Signature=${s}`,
  ),
  both(
    'url',
    (r) => `${encodeURIComponent(r.text(BASE64, 43))}%3D`,
    (s) => `https://a.blob.core.windows.net/c/f?sv=2024-11-04&sr=b&sig=${s}`,
  ),
  both('url', key, (s) => `wss://stream.example.com/?token=${s}`),
  both(
    'webhook',
    (r) => `T${r.text(ALNUM, 8)}/B${r.text(ALNUM, 8)}/${r.text(ALNUM, 24)}`,
    (s) => `POST https://hooks.slack.com/services/${s}`,
  ),
  both(
    'webhook',
    (r) => `${r.text('0123456789', 18)}/${r.text(BASE64URL, 68)}`,
    (s) => `https://discord.com/api/webhooks/${s}`,
  ),
  // Code and SQL.
  both('code', password, (s) => `const password = "${s}";`),
  both('code', password, (s) => `    password: str = '${s}'`),
  both('code', key, (s) => `client = Client(api_key="${s}", timeout=5)`),
  both('code', key, (s) => `apiKey := "${s}"`),
  both('code', password, (s) => `private static final String DB_PASSWORD = "${s}";`),
  both('code', key, (s) =>
    `define('AUTH_TOKEN', '${s}');`.replace("define('AUTH_TOKEN', ", '$config["auth_token"] = ').replace(');', ';'),
  ),
  both('code', password, (s) => `if (user.password === '${s}') {`),
  both('diff', password, (s) => `@@ -1,2 +1,2 @@\n-  password: none\n+  password: '${s}'\n`),
  both('diff', key, (s) => `-API_KEY=\n+API_KEY=${s}\n`),
  both('sql', simple, (s) => `CREATE USER 'app'@'%' IDENTIFIED BY '${s}';`),
  both('sql', simple, (s) => `ALTER ROLE app WITH LOGIN PASSWORD '${s}' VALID UNTIL 'infinity';`),
  both('sql', simple, (s) => `SET PASSWORD FOR 'root'@'localhost' = PASSWORD('${s}');`),
  // Logs and prose.
  both('log', password, (s) => `2026-11-21 06:10:00 DEBUG login user=ada password="${s}" ip=10.0.0.5`),
  both('log', key, (s) => `level=info msg="refreshed" refresh_token=${s} took=12ms`),
  both('log', simple, (s) => `FATAL: could not connect: postgresql://app:${s}@10.0.0.7/shop`),
  both(
    'stack',
    simple,
    (s) => `Error: connect failed\n    at Pool.connect (pool.js:10:3)\n  options: { host: 'db', password: '${s}' }`,
  ),
  both('stack', key, (s) => `AxiosError: 401\n  config: {\n    headers: { 'X-Api-Key': '${s}' },\n    url: '/v1'\n  }`),
  both('prose', simple, (s) => `The password is ${s}, please change it after the first login.`),
  both('prose', simple, (s) => `Login: ada\nPassword: ${s}\n`),
  both('prose', key, (s) => `Here is the API key: ${s}`),
  both('foreign', simple, (s) => `Benutzer: ada\nPasswort: ${s}\n`),
  both(
    'basic-auth',
    (r) => Buffer.from(`svc:${simple(r)}`).toString('base64'),
    (s) => `sent header "Basic ${s}"`,
  ),
  both(
    'form',
    (r) => `${r.text(LOWER, 6)}${r.below(9000) + 1000}`,
    (s) => `username=ada&password=${s}&remember=on`,
  ),
];
