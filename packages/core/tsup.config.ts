import { packageConfig } from '../../.tools/tsup.base.js';

export default packageConfig({ index: 'src/index.ts', testing: 'src/testing.ts' });
