import { packageConfig } from '../../.tools/tsup.base.js';

export default packageConfig({
  index: 'src/index.ts',
  'channels/index': 'src/channels/index.ts',
  'slack/index': 'src/slack/index.ts',
  'email/index': 'src/email/index.ts',
  'mcp/index': 'src/mcp/index.ts',
  'webhooks/index': 'src/webhooks/index.ts',
  testing: 'src/testing.ts',
});
