/** The Slack channel, for those who installed `countersign` with `@slack/web-api` and `@slack/socket-mode` beside it. */

export { createSlackChannel, type SlackChannelOptions } from '@countersign/approval/slack';
