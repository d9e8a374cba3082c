import { t, type MessageKey } from '../../i18n/index.svelte';
import type { Settings } from '../../ipc/generated/types';
import type { AppState } from '../../state/app.svelte';
import { copyText } from '../chat/copy';
import { stepBranch } from '../chat/branch-step';
import { lastCode } from '../chat/last-code';
import { editLast } from '../chat/edit-last';
import { PAGES } from '../privacy/data.svelte';
import type { ShortcutId } from './shortcuts';

/** Something a person can do, wherever they are. */
export interface Command {
  id: string;
  label: string;
  shortcut?: ShortcutId;
  /** One of many of its kind: listed when it is asked for by name. */
  rare?: boolean;
  run: () => void;
}

export type CommandGroup = 'chat' | 'conversation' | 'go' | 'app';

export interface CommandSection {
  group: CommandGroup;
  commands: Command[];
}

const THEMES: Settings['theme'][] = ['system', 'light', 'dark', 'high_contrast'];

/** As many are listed before their names are typed. */
const MOST_PRESETS = 4;

function step(app: AppState, by: number): void {
  const rows = [...app.history.active.pinned, ...app.history.active.rows];
  const at = rows.findIndex((row) => row.id === app.thread.conversationId);
  const next = rows[at < 0 ? 0 : at + by];
  if (!next) return;
  app.navigation.go('chat');
  void app.chat.open(next.id);
}

/** Everything that can be done now. What makes no sense now is not there. */
export function commandSections(app: AppState): CommandSection[] {
  const { chat, thread, navigation, history, egress, settings } = app;
  const conversation = history.find(thread.conversationId);
  const lastAnswer = thread.messages.findLast((message) => message.row.role === 'assistant');
  const command = (id: ShortcutId, key: MessageKey, run: () => void): Command => ({
    id,
    label: t(key),
    shortcut: id,
    run,
  });

  const chatCommands: Command[] = [
    command('chat.new', 'command.newChat', () => {
      navigation.go('chat');
      chat.newChat();
    }),
    command('chat.temporary', 'temporary.new', () => {
      navigation.go('chat');
      void chat.newTemporary();
    }),
    command('search.open', 'command.search', () => (navigation.overlay = 'search')),
    command('chat.instructions', 'talk.instructions', () => {
      navigation.go('chat');
      app.talk.sheet = 'instructions';
    }),
    ...app.talk.presets.map((preset, at) => ({
      id: `preset.${preset.id}`,
      rare: at >= MOST_PRESETS,
      label: t('talk.beginWith', { name: preset.name }),
      run: () => {
        navigation.go('chat');
        chat.begin(preset);
      },
    })),
    command('composer.focus', 'command.focusComposer', () => {
      navigation.go('chat');
      chat.focusComposer += 1;
    }),
    command('voice.dictate', 'voice.dictate', () => {
      navigation.go('chat');
      void import('../../state/voice.svelte').then(({ voiceOf }) => void voiceOf(app).press());
    }),
    command('attach.files', 'command.attach', () => {
      navigation.go('chat');
      app.attachments.choosing += 1;
    }),
    command('model.choose', 'command.chooseModel', () => {
      navigation.go('chat');
      chat.choosingModel = true;
    }),
  ];
  if (chat.underway) {
    chatCommands.push(command('answer.stop', 'command.stop', () => void chat.stop()));
  }
  if (lastAnswer) {
    chatCommands.push(
      command('answer.copy', 'command.copyAnswer', () => void copyText(lastAnswer.row.text)),
    );
    const code = lastCode(lastAnswer.text.blocks);
    if (code !== null) chatCommands.push(command('code.copy', 'command.copyCode', () => void copyText(code)));
    if (thread.arriving === null) {
      chatCommands.push(
        command('answer.again', 'command.regenerate', () => void chat.regenerate(lastAnswer)),
        command('question.edit', 'command.editQuestion', () => {
          navigation.go('chat');
          editLast(app);
        }),
      );
    }
  }

  const conversationCommands: Command[] = [];
  if (thread.conversationId !== null) {
    conversationCommands.push(
      command('chat.find', 'talk.find', () => {
        navigation.go('chat');
        app.talk.find();
      }),
      command('chat.map', 'talk.map', () => {
        navigation.go('chat');
        app.talk.sheet = 'map';
      }),
      { id: 'chat.details', label: t('talk.totals'), run: () => (app.talk.details = '') },
    );
  }
  if (stepBranch(app, 0)) {
    conversationCommands.push(
      command('branch.previous', 'command.branchPrevious', () => stepBranch(app, -1)),
      command('branch.next', 'command.branchNext', () => stepBranch(app, 1)),
    );
  }
  if (conversation) {
    conversationCommands.push({ id: 'conversation.markdown', label: t('markdown.menu'), run: () => (app.talk.markdown = conversation.id) });
  }
  if (conversation?.temporary) {
    const { id } = conversation;
    conversationCommands.push(
      { id: 'temporary.keep', label: t('temporary.command.keep'), run: () => void chat.keepTemporary(id) },
      command('conversation.delete', 'temporary.command.end', () => void chat.endTemporary(id)),
      command('conversation.end', 'command.toEnd', () => void thread.toEnd()),
    );
  } else if (conversation) {
    const { id, pinned, archived } = conversation;
    conversationCommands.push(
      command('conversation.rename', 'command.rename', () => {
        navigation.go('chat');
        chat.renaming = true;
      }),
      command('conversation.pin', pinned ? 'command.unpin' : 'command.pin', () =>
        void history.update({ id, pinned: !pinned }),
      ),
      command('conversation.archive', archived ? 'command.unarchive' : 'command.archive', () =>
        void history.update({ id, archived: !archived }),
      ),
      { id: 'conversation.move', label: t('filing.move'), run: () => (app.filing.question = { kind: 'folder', row: conversation }) },
      { id: 'conversation.tags', label: t('filing.tagsOf'), run: () => (app.filing.question = { kind: 'tags', row: conversation }) },
      {
        id: 'conversation.freeze',
        label: t(conversation.restricted ? 'frozen.unfreeze' : 'frozen.freeze'),
        run: () => void history.update({ id, restricted: !conversation.restricted }),
      },
      command('conversation.delete', 'command.delete', () => void chat.deleteConversation(id)),
      command('conversation.end', 'command.toEnd', () => void thread.toEnd()),
    );
  }
  conversationCommands.push(
    command('conversation.next', 'command.next', () => step(app, 1)),
    command('conversation.previous', 'command.previous', () => step(app, -1)),
  );

  return [
    { group: 'chat', commands: chatCommands },
    { group: 'conversation', commands: conversationCommands },
    {
      group: 'go',
      commands: [
        command('place.chat', 'command.goChat', () => navigation.go('chat')),
        command('place.privacy', 'command.goPrivacy', () => navigation.go('privacy')),
        ...PAGES.filter((page) => page !== 'overview').map((page) => ({
          id: `privacy.${page}`,
          label: t('command.goPrivacyPage', { page: t(`privacy.page.${page}`) }),
          run: () => navigation.go('privacy', page),
        })),
        command('place.settings', 'command.goSettings', () => navigation.go('settings')),
        {
          id: 'go.archived',
          label: t('command.archived'),
          run: () => {
            navigation.go('chat');
            navigation.archived = true;
          },
        },
        { id: 'go.presets', label: t('talk.manage.presets'), run: () => navigation.go('settings', 'presets') },
        { id: 'go.prompts', label: t('talk.manage.prompts'), run: () => navigation.go('settings', 'prompts') },
        { id: 'go.filing', label: t('filing.manage'), run: () => (app.filing.question = { kind: 'manage' }) },
        command('ledger.open', 'command.ledger', () => (navigation.ledgerOpen = true)),
      ],
    },
    {
      group: 'app',
      commands: [
        command('offline.toggle', egress.offline ? 'command.goOnline' : 'command.goOffline', () =>
          void egress.setOffline(!egress.offline),
        ),
        command('app.lock', 'command.lock', () => {
          if (app.session.info?.has_passphrase) void app.lock();
          else navigation.go('privacy', 'lock');
        }),
        command('list.toggle', 'command.toggleList', () =>
          settings.set({ list_collapsed: !settings.value.list_collapsed }),
        ),
        command('theme.next', 'command.nextTheme', () => {
          const at = THEMES.indexOf(settings.value.theme);
          settings.set({ theme: THEMES[(at + 1) % THEMES.length] ?? 'system' });
        }),
        ...THEMES.map((theme) => ({
          id: `theme.${theme}`,
          label: t(`command.theme.${theme}`),
          run: () => settings.set({ theme }),
        })),
        command('palette.open', 'command.palette', () => navigation.toggleOverlay('palette')),
        command('shortcuts.open', 'command.shortcuts', () => (navigation.overlay = 'shortcuts')),
      ],
    },
  ];
}

export function findCommand(app: AppState, id: ShortcutId): Command | undefined {
  for (const section of commandSections(app)) {
    const found = section.commands.find((command) => command.shortcut === id);
    if (found) return found;
  }
  return undefined;
}
