import type { Handlers } from '../fake';
import type { FakeWorld } from './world';

type Names = 'code_beside' | 'code_save';

/** Single blocks of code in the messages of a world. */
export function codeCommands(world: FakeWorld): Handlers<Names> {
  const others = (id: string) => {
    const row = [...world.messages.values()].flat().find((one) => one.id === id);
    return row?.branch_ids.filter((other) => other !== id) ?? ['one', 'two'];
  };
  return {
    code_beside: ({ message_id: id }) => ({
      rows: others(id).map((other, at) => ({
          message_id: other,
          model: 'mistral-large',
          source_name: 'Team server',
          parts:
            at > 0
              ? null
              : [
                  { change: 'same' as const, text: `// Written twice.\n${'\n'.repeat(40)}fn main() {\n` },
                  { change: 'removed' as const, text: '    println!("one");\n' },
                  { change: 'added' as const, text: '    println!("two");\n' },
                  { change: 'same' as const, text: '}\n' },
                ],
        })),
    }),
    code_save: () => ({ saved: true }),
  };
}
