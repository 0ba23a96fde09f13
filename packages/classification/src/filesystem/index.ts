export { analyzePath } from './analyze-path.js';
export { classifyPath, type PathClass, type PathContext } from './path-class.js';
export { type PathAccess, pathVerdict } from './path-verdict.js';
export { isRebuildable, resolvePath, UNKNOWN } from './resolve-path.js';
