/** The MCP channel, over the server object of an MCP library. */

export {
  createElicitationChannel,
  type ElicitationChannelOptions,
  type ElicitationForm,
  type ElicitingServer,
} from '@countersign/approval/mcp';
