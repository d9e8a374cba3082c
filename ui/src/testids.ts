/**
 * The names by which tests find what they operate (`data-testid`). They stay the same when
 * words and looks change. Elements write them out, so that a search for a name finds its
 * element; tests and tools that drive the window take them from here.
 */
export const TEST_IDS = {
  // Rail, title bar, list
  railChat: 'rail-chat',
  railPrivacy: 'rail-privacy',
  railSettings: 'rail-settings',
  listToggle: 'list-toggle',
  listResizer: 'list-resizer',
  newChat: 'new-chat',
  searchOpen: 'search-open',
  conversationList: 'conversation-list',
  /** Has `data-conversation-id`. */
  conversationRow: 'conversation-row',
  conversationRowMenu: 'conversation-row-menu',
  conversationMenu: 'conversation-menu',
  conversationTitle: 'conversation-title',
  conversationRename: 'conversation-rename',
  conversationPin: 'conversation-pin',
  conversationOnlyHere: 'conversation-only-here',
  conversationArchive: 'conversation-archive',
  conversationMove: 'conversation-move',
  conversationTags: 'conversation-tags',
  conversationDelete: 'conversation-delete',
  filingFilter: 'filing-filter',
  filingManage: 'filing-manage',
  renameInput: 'rename-input',
  archivedOpen: 'archived-open',
  archivedBack: 'archived-back',
  sourceChip: 'source-chip',
  /** Has `data-state`: `off`, `sending`, `blocked`. */
  egressLamp: 'egress-lamp',
  offlineSwitch: 'offline-switch',
  undo: 'undo',

  // Messages
  messageList: 'message-list',
  /** Has `data-role`, `data-status` and `data-message-id`. */
  messageRow: 'message-row',
  messageText: 'message-text',
  messageReasoning: 'message-reasoning',
  messageError: 'message-error',
  messageInterrupted: 'message-interrupted',
  messageContinue: 'message-continue',
  messageAgain: 'message-again',
  messageCopy: 'message-copy',
  messageEdit: 'message-edit',
  messageEditInput: 'message-edit-input',
  messageEditSend: 'message-edit-send',
  messageEditCancel: 'message-edit-cancel',
  messageRegenerate: 'message-regenerate',
  regenerateSame: 'regenerate-same',
  regenerateOther: 'regenerate-other',
  messageDelete: 'message-delete',
  messageLink: 'message-link',
  messageImage: 'message-image',
  branchPrevious: 'branch-prev',
  branchNext: 'branch-next',
  branchCount: 'branch-count',
  citation: 'citation',
  helpPage: 'help-page',
  codeBlock: 'code-block',
  codeCopy: 'code-copy',
  codeWrap: 'code-wrap',
  newBelow: 'new-below',
  chatEmpty: 'chat-empty',
  chatLive: 'chat-live',

  // Composer
  composerInput: 'composer-input',
  composerError: 'composer-error',
  composerOnlyHere: 'composer-only-here',
  composerOffline: 'composer-offline',
  send: 'send',
  stop: 'stop',
  modelPicker: 'model-picker',
  modelSearch: 'model-search',
  modelList: 'model-list',
  /** Has `data-model`. */
  modelOption: 'model-option',
  receiverLine: 'receiver-line',
  receiverDetails: 'receiver-details',

  // Search and palette
  searchOverlay: 'search-overlay',
  searchInput: 'search-input',
  /** Has `data-conversation-id` and, for a message, `data-message-id`. */
  searchHit: 'search-hit',
  searchNone: 'search-none',
  searchRecent: 'search-recent',
  searchForget: 'search-forget',
  palette: 'palette',
  paletteInput: 'palette-input',
  /** Has `data-command`. */
  paletteCommand: 'palette-command',
  shortcuts: 'shortcuts',
} as const;
