import type { Handlers } from '../fake';
import { plansOf } from './attachment';
import { estimateOf } from './spend';
import type { FakeWorld } from './world';

type Names = 'message_preview' | 'redact_names' | 'redact_name_add' | 'redact_name_remove';

const EMAIL = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g;

export function previewCommands(world: FakeWorld): Handlers<Names> {
  const names = () => ({ names: [...world.redactNames] });
  return {
    message_preview: ({ attachments: files = [], text, source_id: id, model, conversation_id: conversation, instructions: given }) => {
      const instructions = given ?? world.instructions.get(conversation ?? '');
      const source = world.sources.find((row) => row.id === id) ?? world.sources[0];
      const found = source?.redact ? [...new Set(text.match(EMAIL) ?? [])] : [];
      const sent = found.reduce((out, mail, at) => out.replaceAll(mail, `[EMAIL_${at + 1}]`), text);
      const messages = [
        ...(instructions?.system ? [{ role: 'system' as const, text: instructions.system, is_question: false }] : []),
        { role: 'user' as const, text: 'Plan three days in Lisbon without a car.', is_question: false },
        { role: 'assistant' as const, text: 'Day one: Alfama on foot.', is_question: false },
        { role: 'user' as const, text: sent, is_question: true },
      ];
      const body = {
        model: model ?? source?.default_model ?? '',
        messages: messages.map((message) => ({ role: message.role, content: message.text })),
        stream: true,
        ...Object.fromEntries((source?.opt_outs ?? []).map((it) => [it.field, JSON.parse(it.value) as unknown])),
      };
      return {
        files: plansOf(world, files, id),
        method: 'POST',
        address: source?.in_process ? '/v1/chat/completions' : `${source?.address ?? ''}/chat/completions`,
        host: source?.host ?? 'in-process',
        source: source?.name ?? '',
        model: model ?? source?.default_model ?? null,
        headers: [
          { name: 'accept', value: 'text/event-stream, application/json' },
          { name: 'content-type', value: 'application/json' },
          ...(source?.has_credential ? [{ name: 'authorization', value: null }] : []),
          { name: 'user-agent', value: 'Fluxchat' },
        ],
        body: JSON.stringify(body, null, 2),
        body_bytes: JSON.stringify(body).length,
        messages,
        categories: ['content' as const, 'parameters' as const],
        estimate: estimateOf(world, conversation, text),
        replaced: found.map((original, at) => ({ kind: 'email' as const, placeholder: `[EMAIL_${at + 1}]`, original })),
        redact: source?.redact ?? false,
        training_allowed: false,
        opt_outs: source?.opt_outs ?? [],
        refusal: null,
      };
    },
    redact_names: names,
    redact_name_add: ({ name }) => {
      if (!world.redactNames.includes(name)) world.redactNames.push(name);
      return names();
    },
    redact_name_remove: ({ name }) => {
      world.redactNames = world.redactNames.filter((it) => it !== name);
      return names();
    },
  };
}
