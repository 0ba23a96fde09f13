/**
 * What Slack says that somebody did: a click on a button, or a dialogue that was handed in (Slack, "Interaction payloads"). Pure.
 */

import { z } from 'zod';
import { textSchema } from '../schemas.js';
import { ACTIONS, TELL_VIEW } from './blocks.js';
import { MAX_BUTTON_VALUE_LENGTH } from './button-value.js';

/** Where a message stands. */
export interface Place {
  readonly channel: string;
  readonly ts: string;
}

/** Who did it. */
interface By {
  /** Team and user, such as `T012ABC/U345DEF`: what the map of approvers has. */
  readonly who: string;
  readonly user: string;
  readonly value: string;
  readonly place: Place;
}

/** Something that somebody did to a message of this channel. */
export type Interaction =
  | (By & {
      readonly kind: 'approve' | 'reject' | 'tell';
      /** Names the click, and says when it was, in seconds since 1970. */
      readonly at: string;
      readonly trigger: string;
    })
  | (By & { readonly kind: 'told'; readonly message: string });

/** What a dialogue carries along: what stood behind the button, and where. */
export function formatMetadata({ value, place }: Pick<By, 'value' | 'place'>): string {
  return JSON.stringify({ value, ...place });
}

/** What happened; undefined for what is not of this channel, or not of this form. */
export function readInteraction(payload: unknown): Interaction | undefined {
  const clicked = clickSchema.safeParse(payload);
  if (clicked.success) return readClick(clicked.data);
  const told = toldSchema.safeParse(payload);
  return told.success ? readTold(told.data) : undefined;
}

const slackId = z.string().regex(/^[A-Z0-9]{1,64}$/);
const timestamp = z.string().regex(/^[0-9]{1,12}\.[0-9]{1,9}$/);
const value = z.string().max(MAX_BUTTON_VALUE_LENGTH);

const by = { user: z.object({ id: slackId, team_id: slackId.optional() }), team: z.object({ id: slackId }).nullish() };

const clickSchema = z.object({
  ...by,
  type: z.literal('block_actions'),
  trigger_id: z.string().max(256),
  container: z.object({ message_ts: timestamp, channel_id: slackId }),
  actions: z
    .array(z.object({ action_id: z.string().max(256), value: value.optional(), action_ts: timestamp }))
    .length(1),
});

const toldSchema = z.object({
  ...by,
  type: z.literal('view_submission'),
  view: z.object({
    callback_id: z.literal(TELL_VIEW.id),
    private_metadata: z.string().max(3_000),
    state: z.object({
      values: z.object({ [TELL_VIEW.block]: z.object({ [TELL_VIEW.action]: z.object({ value: textSchema }) }) }),
    }),
  }),
});

const metadataSchema = z.strictObject({ value, channel: slackId, ts: timestamp });

function readClick({ user, team, container, trigger_id, actions }: z.infer<typeof clickSchema>) {
  const [action] = actions;
  const kind = KINDS.find((each) => ACTIONS[each] === action?.action_id);
  const who = whoOf(user, team);
  if (kind === undefined || who === undefined || action?.value === undefined) return undefined;
  const place = { channel: container.channel_id, ts: container.message_ts };
  return { kind, who, user: user.id, value: action.value, place, at: action.action_ts, trigger: trigger_id };
}

const KINDS = ['approve', 'reject', 'tell'] as const;

function readTold({ user, team, view }: z.infer<typeof toldSchema>): Interaction | undefined {
  const who = whoOf(user, team);
  const metadata = metadataSchema.safeParse(tryJson(view.private_metadata));
  if (who === undefined || !metadata.success) return undefined;
  const { value: behind, channel, ts } = metadata.data;
  const message = view.state.values[TELL_VIEW.block][TELL_VIEW.action].value;
  return { kind: 'told', who, user: user.id, value: behind, place: { channel, ts }, message };
}

/** A user is one of a team: in a channel that is shared, another team's users have ids of their own. */
function whoOf(
  user: { readonly id: string; readonly team_id?: string | undefined },
  team: { id: string } | null | undefined,
) {
  const teamId = user.team_id ?? team?.id;
  return teamId === undefined ? undefined : `${teamId}/${user.id}`;
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What did not come from this channel is no metadata.
    return undefined;
  }
}
