import { packageConfig } from '../../.tools/tsup.base.js';

export default packageConfig({
  index: 'src/index.ts',
  slack: 'src/slack.ts',
  email: 'src/email.ts',
  mcp: 'src/mcp.ts',
  'cli/main': 'src/cli/main.ts',
});
