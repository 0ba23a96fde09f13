/** The MCP channel: asks the user of an MCP client, through the client's elicitation. */

export {
  createElicitationChannel,
  type ElicitationChannelOptions,
  type ElicitationForm,
  type ElicitingServer,
} from './elicitation-channel.js';
export { MAX_ELICITATION_ARGS_LENGTH } from './elicitation-form.js';
