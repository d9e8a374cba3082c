import type { Commands } from '../../ipc/generated/client';
import type { Handlers } from '../fake';

/** What the first screen shows, as the commands that tell each part of it say. */
export function firstCommands(handlers: () => Handlers<keyof Commands>): Handlers<'first_screen'> {
  return {
    first_screen: async ({ limit }) => {
      const ask = handlers();
      const sources = await ask.source_list({});
      const source = sources.rows.find((row) => row.id === sources.default_source_id) ?? sources.rows[0];
      return {
        conversations: await ask.conversation_list({ limit, archived: false }),
        temporary: await ask.temporary_list({}),
        filing: await ask.filing_get({}),
        restriction: await ask.restriction_get({}),
        sources,
        egress: await ask.egress_status({}),
        policy: await ask.policy_status({}),
        presets: await ask.preset_list({}),
        draft: await ask.draft_get({}),
        files: source
          ? await ask.attachment_list({
              source_id: source.id,
              ...(source.default_model ? { model: source.default_model } : {}),
            })
          : null,
      };
    },
  };
}
