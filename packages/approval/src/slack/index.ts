/** The Slack channel. It needs `@slack/web-api` and `@slack/socket-mode`, which are installed beside it. */

export { MAX_SLACK_ARGS_LENGTH } from './blocks.js';
export { createSlackChannel, type SlackChannelOptions } from './slack-channel.js';
