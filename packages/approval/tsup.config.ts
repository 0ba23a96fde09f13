import { packageConfig } from '../../.tools/tsup.base.js';

export default packageConfig({
  index: 'src/index.ts',
  'channels/index': 'src/channels/index.ts',
  'webhooks/index': 'src/webhooks/index.ts',
  testing: 'src/testing.ts',
});
