import { packageConfig } from '../../.tools/tsup.base.js';

export default packageConfig({
  index: 'src/index.ts',
  'verify/index': 'src/verify/index.ts',
  testing: 'src/testing.ts',
});
