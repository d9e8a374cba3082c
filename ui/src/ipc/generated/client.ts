// Generated from crates/ipc by `cargo xtask codegen`. Do not edit.

import type {
  AttachmentBeginReq,
  AttachmentFile,
  AttachmentList,
  AttachmentListReq,
  AttachmentPutReq,
  AttachmentRemoveReq,
  AttachmentReq,
  AttachmentSaved,
  AttachmentTakeReq,
  AttachmentText,
  AttachmentTextReq,
  AttachmentUpload,
  AttachmentUploadReq,
  AttachmentsTold,
  BudgetRemoveReq,
  BudgetReq,
  CodeBeside,
  CodeReq,
  CodeSaved,
  ConsentExportReq,
  ConsentList,
  ConsentSetReq,
  ContextEstimate,
  ConversationCost,
  ConversationFiledReq,
  ConversationFindReq,
  ConversationFound,
  ConversationListReq,
  ConversationMoveReq,
  ConversationOrigin,
  ConversationPage,
  ConversationReq,
  ConversationRow,
  ConversationSaved,
  ConversationTagReq,
  ConversationTags,
  ConversationText,
  ConversationTextReq,
  ConversationTotals,
  ConversationUpdateReq,
  DeletionBeginReq,
  DeletionBegun,
  DeletionList,
  DeletionPreview,
  DeletionPreviewReq,
  DiagnosticReportReq,
  DiagnosticsInfo,
  DiagramDrawReq,
  DiagramDrawn,
  DiagramSaveReq,
  DiagramSaved,
  Dictated,
  DictationBeginReq,
  DictationPlayReq,
  Done,
  Draft,
  DraftGetReq,
  DraftSetReq,
  EgressStatus,
  Empty,
  Erasing,
  ErasureUndoReq,
  EstimateReq,
  ExportPreview,
  ExportResult,
  ExportStartReq,
  Exported,
  Filing,
  FilingAddReq,
  FirstScreen,
  FirstScreenReq,
  FlagListReq,
  FlagPage,
  FlagSetReq,
  FolderRenameReq,
  FolderReq,
  FolderRow,
  FoundServers,
  GuardianBeginReq,
  GuardianEndReq,
  GuardianInfo,
  GuardianUnlockReq,
  HelpPage,
  HelpReq,
  Instructions,
  InstructionsCheckReq,
  InstructionsSetReq,
  KeyInfo,
  LedgerClearReq,
  LedgerExportReq,
  LedgerKeepReq,
  LedgerPage,
  LedgerReq,
  LedgerStanding,
  LinkOpenReq,
  LockReport,
  LockSettingsReq,
  MessageDiff,
  MessageDiffReq,
  MessageEditReq,
  MessageMap,
  MessageMapReq,
  MessagePage,
  MessagePageReq,
  MessagePinReq,
  MessagePreview,
  MessagePreviewReq,
  MessageRegenerateReq,
  MessageReq,
  MessageRewriteReq,
  MessageRewritten,
  MessageSendBesideReq,
  MessageSendReq,
  MessageSent,
  MessagesBeside,
  MessagesSent,
  ModelFactsList,
  ModelFactsReq,
  ModelList,
  ObjectionSetReq,
  OfflineSetReq,
  PassphraseChangeReq,
  PassphraseRemoveReq,
  PassphraseSetReq,
  Pins,
  PolicyAcceptReq,
  PolicyDiff,
  PolicyDiffReq,
  PolicyReq,
  PolicyScheduleReq,
  PolicyStatus,
  PolicyText,
  Preset,
  PresetDefaultReq,
  PresetList,
  PresetReq,
  PresetSaveReq,
  PrivacyOverview,
  PromptFillReq,
  PromptList,
  PromptReq,
  PromptRow,
  PromptSaveReq,
  ProofReport,
  ProofSaved,
  PurposeList,
  ReadingHoldReq,
  Receipt,
  ReceiptList,
  RecentSearches,
  RecipientList,
  Recorded,
  RecoveryCode,
  RecoveryCreateReq,
  RedactNameReq,
  RedactNames,
  RestrictEverythingReq,
  Restriction,
  Retention,
  RetentionPreviewRes,
  RetentionRemoveReq,
  RetentionRuleReq,
  RightsKey,
  RightsKeyReq,
  RightsKeyTrustReq,
  RightsListReq,
  RightsReport,
  RightsReq,
  RightsRequestReq,
  RightsResult,
  RightsSubject,
  ScreenshotTaken,
  SearchPage,
  SearchRememberReq,
  SearchReq,
  ServiceList,
  SessionCreateReq,
  SessionInfo,
  SessionRecoverReq,
  SessionStartFreshReq,
  SessionUnlockReq,
  SettingsSetReq,
  SetupReq,
  SourceAddReq,
  SourceAdded,
  SourceList,
  SourceReq,
  SourceRow,
  SourceUpdateReq,
  Spending,
  SpendingReq,
  StoredReport,
  SupportBundle,
  SupportBundleSaveReq,
  SupportBundleSaved,
  TagRenameReq,
  TagReq,
  TagRow,
  TemporaryBeginReq,
  TemporaryList,
  Titles,
  TitlesReq,
  ToolAskCancelReq,
  ToolBrought,
  ToolCalls,
  ToolDecideReq,
  ToolList,
  ToolOffersReq,
  ToolPolicyReq,
  ToolPromptFillReq,
  ToolPrompts,
  ToolResourceAttachReq,
  ToolResources,
  ToolServerEnableReq,
  ToolServerReq,
  ToolServerSaveReq,
  ToolSignInReq,
  TrainingEcho,
  VerifyReport,
  VoiceAgreeReq,
  VoiceSetReq,
  VoiceState,
} from './types';

/** Every command with its request and its answer. */
export interface Commands {
  session_get: [Empty, SessionInfo];
  first_screen: [FirstScreenReq, FirstScreen];
  session_retry: [Empty, SessionInfo];
  session_unlock: [SessionUnlockReq, SessionInfo];
  session_create: [SessionCreateReq, SessionInfo];
  session_start_fresh: [SessionStartFreshReq, SessionInfo];
  setup_complete: [SetupReq, SessionInfo];
  settings_set: [SettingsSetReq, Done];
  session_lock: [Empty, SessionInfo];
  session_active: [Empty, Done];
  session_recover: [SessionRecoverReq, RecoveryCode];
  lock_status: [Empty, LockReport];
  lock_settings_set: [LockSettingsReq, LockReport];
  passphrase_set: [PassphraseSetReq, LockReport];
  passphrase_change: [PassphraseChangeReq, LockReport];
  passphrase_remove: [PassphraseRemoveReq, LockReport];
  recovery_create: [RecoveryCreateReq, RecoveryCode];
  conversation_list: [ConversationListReq, ConversationPage];
  conversation_get: [ConversationReq, ConversationRow];
  conversation_update: [ConversationUpdateReq, ConversationRow];
  conversation_delete: [ConversationReq, Erasing];
  message_page: [MessagePageReq, MessagePage];
  message_send: [MessageSendReq, MessageSent];
  message_edit: [MessageEditReq, MessageSent];
  message_rewrite: [MessageRewriteReq, MessageRewritten];
  message_regenerate: [MessageRegenerateReq, MessageSent];
  message_continue: [MessageReq, MessageSent];
  message_stop: [MessageReq, Done];
  message_select_branch: [MessageReq, Done];
  message_delete: [MessageReq, Erasing];
  erasure_undo: [ErasureUndoReq, Done];
  draft_get: [DraftGetReq, Draft];
  draft_set: [DraftSetReq, Done];
  help_page: [HelpReq, HelpPage];
  attachment_list: [AttachmentListReq, AttachmentList];
  attachment_begin: [AttachmentBeginReq, AttachmentUpload];
  attachment_put: [AttachmentPutReq, Done];
  attachment_finish: [AttachmentUploadReq, AttachmentFile];
  attachment_cancel: [AttachmentUploadReq, Done];
  attachment_take: [AttachmentTakeReq, AttachmentFile];
  attachment_remove: [AttachmentRemoveReq, Done];
  attachment_text: [AttachmentTextReq, AttachmentText];
  attachment_told: [MessageReq, AttachmentsTold];
  message_map: [MessageMapReq, MessageMap];
  message_send_beside: [MessageSendBesideReq, MessagesSent];
  messages_beside: [MessageReq, MessagesBeside];
  message_go_on_with: [MessageReq, Done];
  message_diff: [MessageDiffReq, MessageDiff];
  code_beside: [CodeReq, CodeBeside];
  diagram_draw: [DiagramDrawReq, DiagramDrawn];
  conversation_fork: [MessageReq, ConversationRow];
  conversation_origin: [ConversationReq, ConversationOrigin];
  conversation_find: [ConversationFindReq, ConversationFound];
  conversation_totals: [ConversationReq, ConversationTotals];
  instructions_get: [ConversationReq, Instructions];
  instructions_set: [InstructionsSetReq, Instructions];
  instructions_check: [InstructionsCheckReq, Instructions];
  preset_list: [Empty, PresetList];
  preset_save: [PresetSaveReq, Preset];
  preset_remove: [PresetReq, Done];
  preset_default: [PresetDefaultReq, Done];
  prompt_list: [Empty, PromptList];
  prompt_save: [PromptSaveReq, PromptRow];
  prompt_remove: [PromptReq, Done];
  prompt_fill: [PromptFillReq, Draft];
  tool_list: [Empty, ToolList];
  tool_server_save: [ToolServerSaveReq, ToolList];
  tool_server_remove: [ToolServerReq, ToolList];
  tool_server_enable: [ToolServerEnableReq, ToolList];
  tool_server_test: [ToolServerReq, ToolList];
  tool_sign_in_find: [ToolSignInReq, ToolList];
  tool_sign_in_cancel: [ToolServerReq, ToolList];
  tool_sign_out: [ToolServerReq, ToolList];
  tool_policy_set: [ToolPolicyReq, ToolList];
  tool_decide: [ToolDecideReq, Done];
  tool_calls: [MessageReq, ToolCalls];
  tool_prompts: [ToolOffersReq, ToolPrompts];
  tool_prompt_fill: [ToolPromptFillReq, ToolBrought];
  tool_resources: [ToolOffersReq, ToolResources];
  tool_resource_attach: [ToolResourceAttachReq, ToolBrought];
  tool_ask_cancel: [ToolAskCancelReq, Done];
  voice_get: [Empty, VoiceState];
  voice_set: [VoiceSetReq, VoiceState];
  voice_agree: [VoiceAgreeReq, VoiceState];
  dictation_begin: [DictationBeginReq, Done];
  dictation_stop: [Empty, Recorded];
  dictation_play: [DictationPlayReq, Done];
  dictation_finish: [Empty, Dictated];
  dictation_cancel: [Empty, Done];
  reading_begin: [MessageReq, Done];
  reading_hold: [ReadingHoldReq, Done];
  reading_stop: [Empty, Done];
  temporary_begin: [TemporaryBeginReq, ConversationRow];
  temporary_list: [Empty, TemporaryList];
  temporary_end: [ConversationReq, Done];
  temporary_keep: [ConversationReq, ConversationRow];
  filing_get: [Empty, Filing];
  folder_add: [FilingAddReq, FolderRow];
  folder_rename: [FolderRenameReq, Done];
  folder_remove: [FolderReq, Done];
  tag_add: [FilingAddReq, TagRow];
  tag_rename: [TagRenameReq, Done];
  tag_remove: [TagReq, Done];
  conversation_move: [ConversationMoveReq, ConversationRow];
  conversation_tags: [ConversationReq, ConversationTags];
  conversation_tag: [ConversationTagReq, ConversationTags];
  conversation_filed: [ConversationFiledReq, ConversationPage];
  source_list: [Empty, SourceList];
  source_add: [SourceAddReq, SourceAdded];
  source_update: [SourceUpdateReq, SourceRow];
  source_remove: [SourceReq, Done];
  source_models: [SourceReq, ModelList];
  source_services: [Empty, ServiceList];
  source_find: [Empty, FoundServers];
  context_estimate: [EstimateReq, ContextEstimate];
  message_over_budget: [MessageReq, MessageSent];
  message_pin: [MessagePinReq, Pins];
  message_pins: [ConversationReq, Pins];
  spending_get: [SpendingReq, Spending];
  spending_forget: [Empty, Done];
  budget_set: [BudgetReq, Done];
  budget_remove: [BudgetRemoveReq, Done];
  conversation_cost: [ConversationReq, ConversationCost];
  titles_get: [Empty, Titles];
  titles_set: [TitlesReq, Titles];
  model_facts: [SourceReq, ModelFactsList];
  model_facts_set: [ModelFactsReq, ModelFactsList];
  search_query: [SearchReq, SearchPage];
  search_recent: [Empty, RecentSearches];
  search_remember: [SearchRememberReq, Done];
  search_forget: [Empty, Done];
  egress_status: [Empty, EgressStatus];
  egress_set_offline: [OfflineSetReq, EgressStatus];
  privacy_overview: [Empty, PrivacyOverview];
  privacy_stored: [Empty, StoredReport];
  ledger_page: [LedgerReq, LedgerPage];
  consent_list: [Empty, ConsentList];
  consent_set: [ConsentSetReq, ConsentList];
  policy_get: [PolicyReq, PolicyText];
  purpose_list: [Empty, PurposeList];
  training_echo_get: [Empty, TrainingEcho];
  policy_status: [Empty, PolicyStatus];
  policy_diff: [PolicyDiffReq, PolicyDiff];
  policy_accept: [PolicyAcceptReq, PolicyStatus];
  policy_schedule: [PolicyScheduleReq, PolicyStatus];
  policy_check: [Empty, PolicyStatus];
  guardian_get: [Empty, GuardianInfo];
  guardian_unlock: [GuardianUnlockReq, GuardianInfo];
  guardian_lock: [Empty, GuardianInfo];
  guardian_begin: [GuardianBeginReq, GuardianInfo];
  guardian_end: [GuardianEndReq, GuardianInfo];
  retention_get: [Empty, Retention];
  retention_set: [RetentionRuleReq, Retention];
  retention_remove: [RetentionRemoveReq, Retention];
  retention_preview: [RetentionRuleReq, RetentionPreviewRes];
  retention_confirm_clock: [Empty, Retention];
  restriction_get: [Empty, Restriction];
  restriction_set_everything: [RestrictEverythingReq, Restriction];
  rights_list: [RightsListReq, RightsReport];
  rights_request: [RightsRequestReq, Done];
  rights_cancel: [RightsReq, Done];
  rights_check: [Empty, Done];
  rights_result: [RightsReq, RightsResult];
  rights_subject: [Empty, RightsSubject];
  rights_key: [RightsKeyReq, RightsKey];
  rights_key_trust: [RightsKeyTrustReq, RightsKey];
  objection_set: [ObjectionSetReq, Done];
  flag_set: [FlagSetReq, Done];
  flag_list: [FlagListReq, FlagPage];
  receipt_list: [Empty, ReceiptList];
  privacy_verify: [Empty, VerifyReport];
  deletion_preview: [DeletionPreviewReq, DeletionPreview];
  deletion_begin: [DeletionBeginReq, DeletionBegun];
  deletion_list: [Empty, DeletionList];
  key_get: [Empty, KeyInfo];
  key_rotate: [Empty, Receipt];
  ledger_state: [Empty, LedgerStanding];
  ledger_recipients: [Empty, RecipientList];
  ledger_keep: [LedgerKeepReq, LedgerStanding];
  ledger_clear: [LedgerClearReq, LedgerStanding];
  message_preview: [MessagePreviewReq, MessagePreview];
  redact_names: [Empty, RedactNames];
  redact_name_add: [RedactNameReq, RedactNames];
  redact_name_remove: [RedactNameReq, RedactNames];
  export_preview: [Empty, ExportPreview];
  export_cancel: [Empty, Done];
  conversation_text: [ConversationTextReq, ConversationText];
  diagnostics_get: [Empty, DiagnosticsInfo];
  diagnostics_prepare: [Empty, DiagnosticsInfo];
  diagnostics_send: [DiagnosticReportReq, DiagnosticsInfo];
  diagnostics_discard: [DiagnosticReportReq, DiagnosticsInfo];
  support_bundle: [Empty, SupportBundle];
  session_open: [Empty, SessionInfo];
  link_open: [LinkOpenReq, Done];
  tool_sign_in_open: [ToolServerReq, ToolList];
  ledger_export: [LedgerExportReq, Exported];
  consent_export: [ConsentExportReq, Exported];
  attachment_save: [AttachmentReq, AttachmentSaved];
  code_save: [CodeReq, CodeSaved];
  diagram_save: [DiagramSaveReq, DiagramSaved];
  screenshot_take: [Empty, ScreenshotTaken];
  export_start: [ExportStartReq, ExportResult];
  conversation_save: [ConversationTextReq, ConversationSaved];
  support_bundle_save: [SupportBundleSaveReq, SupportBundleSaved];
  privacy_prove: [Empty, ProofReport];
  proof_save: [Empty, ProofSaved];
}

/** Sends one command and waits for its answer. */
export type Call = <K extends keyof Commands>(name: K, req: Commands[K][0]) => Promise<Commands[K][1]>;

/** The commands as methods. `session_open` is the platform's, because it carries the event channel. */
export function createClient(call: Call) {
  return {
    sessionGet: () => call('session_get', {}),
    firstScreen: (req: FirstScreenReq) => call('first_screen', req),
    sessionRetry: () => call('session_retry', {}),
    sessionUnlock: (req: SessionUnlockReq) => call('session_unlock', req),
    sessionCreate: (req: SessionCreateReq) => call('session_create', req),
    sessionStartFresh: (req: SessionStartFreshReq) => call('session_start_fresh', req),
    setupComplete: (req: SetupReq) => call('setup_complete', req),
    settingsSet: (req: SettingsSetReq) => call('settings_set', req),
    sessionLock: () => call('session_lock', {}),
    sessionActive: () => call('session_active', {}),
    sessionRecover: (req: SessionRecoverReq) => call('session_recover', req),
    lockStatus: () => call('lock_status', {}),
    lockSettingsSet: (req: LockSettingsReq) => call('lock_settings_set', req),
    passphraseSet: (req: PassphraseSetReq) => call('passphrase_set', req),
    passphraseChange: (req: PassphraseChangeReq) => call('passphrase_change', req),
    passphraseRemove: (req: PassphraseRemoveReq) => call('passphrase_remove', req),
    recoveryCreate: (req: RecoveryCreateReq) => call('recovery_create', req),
    conversationList: (req: ConversationListReq) => call('conversation_list', req),
    conversationGet: (req: ConversationReq) => call('conversation_get', req),
    conversationUpdate: (req: ConversationUpdateReq) => call('conversation_update', req),
    conversationDelete: (req: ConversationReq) => call('conversation_delete', req),
    messagePage: (req: MessagePageReq) => call('message_page', req),
    messageSend: (req: MessageSendReq) => call('message_send', req),
    messageEdit: (req: MessageEditReq) => call('message_edit', req),
    messageRewrite: (req: MessageRewriteReq) => call('message_rewrite', req),
    messageRegenerate: (req: MessageRegenerateReq) => call('message_regenerate', req),
    messageContinue: (req: MessageReq) => call('message_continue', req),
    messageStop: (req: MessageReq) => call('message_stop', req),
    messageSelectBranch: (req: MessageReq) => call('message_select_branch', req),
    messageDelete: (req: MessageReq) => call('message_delete', req),
    erasureUndo: (req: ErasureUndoReq) => call('erasure_undo', req),
    draftGet: (req: DraftGetReq) => call('draft_get', req),
    draftSet: (req: DraftSetReq) => call('draft_set', req),
    helpPage: (req: HelpReq) => call('help_page', req),
    attachmentList: (req: AttachmentListReq) => call('attachment_list', req),
    attachmentBegin: (req: AttachmentBeginReq) => call('attachment_begin', req),
    attachmentPut: (req: AttachmentPutReq) => call('attachment_put', req),
    attachmentFinish: (req: AttachmentUploadReq) => call('attachment_finish', req),
    attachmentCancel: (req: AttachmentUploadReq) => call('attachment_cancel', req),
    attachmentTake: (req: AttachmentTakeReq) => call('attachment_take', req),
    attachmentRemove: (req: AttachmentRemoveReq) => call('attachment_remove', req),
    attachmentText: (req: AttachmentTextReq) => call('attachment_text', req),
    attachmentTold: (req: MessageReq) => call('attachment_told', req),
    messageMap: (req: MessageMapReq) => call('message_map', req),
    messageSendBeside: (req: MessageSendBesideReq) => call('message_send_beside', req),
    messagesBeside: (req: MessageReq) => call('messages_beside', req),
    messageGoOnWith: (req: MessageReq) => call('message_go_on_with', req),
    messageDiff: (req: MessageDiffReq) => call('message_diff', req),
    codeBeside: (req: CodeReq) => call('code_beside', req),
    diagramDraw: (req: DiagramDrawReq) => call('diagram_draw', req),
    conversationFork: (req: MessageReq) => call('conversation_fork', req),
    conversationOrigin: (req: ConversationReq) => call('conversation_origin', req),
    conversationFind: (req: ConversationFindReq) => call('conversation_find', req),
    conversationTotals: (req: ConversationReq) => call('conversation_totals', req),
    instructionsGet: (req: ConversationReq) => call('instructions_get', req),
    instructionsSet: (req: InstructionsSetReq) => call('instructions_set', req),
    instructionsCheck: (req: InstructionsCheckReq) => call('instructions_check', req),
    presetList: () => call('preset_list', {}),
    presetSave: (req: PresetSaveReq) => call('preset_save', req),
    presetRemove: (req: PresetReq) => call('preset_remove', req),
    presetDefault: (req: PresetDefaultReq) => call('preset_default', req),
    promptList: () => call('prompt_list', {}),
    promptSave: (req: PromptSaveReq) => call('prompt_save', req),
    promptRemove: (req: PromptReq) => call('prompt_remove', req),
    promptFill: (req: PromptFillReq) => call('prompt_fill', req),
    toolList: () => call('tool_list', {}),
    toolServerSave: (req: ToolServerSaveReq) => call('tool_server_save', req),
    toolServerRemove: (req: ToolServerReq) => call('tool_server_remove', req),
    toolServerEnable: (req: ToolServerEnableReq) => call('tool_server_enable', req),
    toolServerTest: (req: ToolServerReq) => call('tool_server_test', req),
    toolSignInFind: (req: ToolSignInReq) => call('tool_sign_in_find', req),
    toolSignInCancel: (req: ToolServerReq) => call('tool_sign_in_cancel', req),
    toolSignOut: (req: ToolServerReq) => call('tool_sign_out', req),
    toolPolicySet: (req: ToolPolicyReq) => call('tool_policy_set', req),
    toolDecide: (req: ToolDecideReq) => call('tool_decide', req),
    toolCalls: (req: MessageReq) => call('tool_calls', req),
    toolPrompts: (req: ToolOffersReq) => call('tool_prompts', req),
    toolPromptFill: (req: ToolPromptFillReq) => call('tool_prompt_fill', req),
    toolResources: (req: ToolOffersReq) => call('tool_resources', req),
    toolResourceAttach: (req: ToolResourceAttachReq) => call('tool_resource_attach', req),
    toolAskCancel: (req: ToolAskCancelReq) => call('tool_ask_cancel', req),
    voiceGet: () => call('voice_get', {}),
    voiceSet: (req: VoiceSetReq) => call('voice_set', req),
    voiceAgree: (req: VoiceAgreeReq) => call('voice_agree', req),
    dictationBegin: (req: DictationBeginReq) => call('dictation_begin', req),
    dictationStop: () => call('dictation_stop', {}),
    dictationPlay: (req: DictationPlayReq) => call('dictation_play', req),
    dictationFinish: () => call('dictation_finish', {}),
    dictationCancel: () => call('dictation_cancel', {}),
    readingBegin: (req: MessageReq) => call('reading_begin', req),
    readingHold: (req: ReadingHoldReq) => call('reading_hold', req),
    readingStop: () => call('reading_stop', {}),
    temporaryBegin: (req: TemporaryBeginReq) => call('temporary_begin', req),
    temporaryList: () => call('temporary_list', {}),
    temporaryEnd: (req: ConversationReq) => call('temporary_end', req),
    temporaryKeep: (req: ConversationReq) => call('temporary_keep', req),
    filingGet: () => call('filing_get', {}),
    folderAdd: (req: FilingAddReq) => call('folder_add', req),
    folderRename: (req: FolderRenameReq) => call('folder_rename', req),
    folderRemove: (req: FolderReq) => call('folder_remove', req),
    tagAdd: (req: FilingAddReq) => call('tag_add', req),
    tagRename: (req: TagRenameReq) => call('tag_rename', req),
    tagRemove: (req: TagReq) => call('tag_remove', req),
    conversationMove: (req: ConversationMoveReq) => call('conversation_move', req),
    conversationTags: (req: ConversationReq) => call('conversation_tags', req),
    conversationTag: (req: ConversationTagReq) => call('conversation_tag', req),
    conversationFiled: (req: ConversationFiledReq) => call('conversation_filed', req),
    sourceList: () => call('source_list', {}),
    sourceAdd: (req: SourceAddReq) => call('source_add', req),
    sourceUpdate: (req: SourceUpdateReq) => call('source_update', req),
    sourceRemove: (req: SourceReq) => call('source_remove', req),
    sourceModels: (req: SourceReq) => call('source_models', req),
    sourceServices: () => call('source_services', {}),
    sourceFind: () => call('source_find', {}),
    contextEstimate: (req: EstimateReq) => call('context_estimate', req),
    messageOverBudget: (req: MessageReq) => call('message_over_budget', req),
    messagePin: (req: MessagePinReq) => call('message_pin', req),
    messagePins: (req: ConversationReq) => call('message_pins', req),
    spendingGet: (req: SpendingReq) => call('spending_get', req),
    spendingForget: () => call('spending_forget', {}),
    budgetSet: (req: BudgetReq) => call('budget_set', req),
    budgetRemove: (req: BudgetRemoveReq) => call('budget_remove', req),
    conversationCost: (req: ConversationReq) => call('conversation_cost', req),
    titlesGet: () => call('titles_get', {}),
    titlesSet: (req: TitlesReq) => call('titles_set', req),
    modelFacts: (req: SourceReq) => call('model_facts', req),
    modelFactsSet: (req: ModelFactsReq) => call('model_facts_set', req),
    searchQuery: (req: SearchReq) => call('search_query', req),
    searchRecent: () => call('search_recent', {}),
    searchRemember: (req: SearchRememberReq) => call('search_remember', req),
    searchForget: () => call('search_forget', {}),
    egressStatus: () => call('egress_status', {}),
    egressSetOffline: (req: OfflineSetReq) => call('egress_set_offline', req),
    privacyOverview: () => call('privacy_overview', {}),
    privacyStored: () => call('privacy_stored', {}),
    ledgerPage: (req: LedgerReq) => call('ledger_page', req),
    consentList: () => call('consent_list', {}),
    consentSet: (req: ConsentSetReq) => call('consent_set', req),
    policyGet: (req: PolicyReq) => call('policy_get', req),
    purposeList: () => call('purpose_list', {}),
    trainingEchoGet: () => call('training_echo_get', {}),
    policyStatus: () => call('policy_status', {}),
    policyDiff: (req: PolicyDiffReq) => call('policy_diff', req),
    policyAccept: (req: PolicyAcceptReq) => call('policy_accept', req),
    policySchedule: (req: PolicyScheduleReq) => call('policy_schedule', req),
    policyCheck: () => call('policy_check', {}),
    guardianGet: () => call('guardian_get', {}),
    guardianUnlock: (req: GuardianUnlockReq) => call('guardian_unlock', req),
    guardianLock: () => call('guardian_lock', {}),
    guardianBegin: (req: GuardianBeginReq) => call('guardian_begin', req),
    guardianEnd: (req: GuardianEndReq) => call('guardian_end', req),
    retentionGet: () => call('retention_get', {}),
    retentionSet: (req: RetentionRuleReq) => call('retention_set', req),
    retentionRemove: (req: RetentionRemoveReq) => call('retention_remove', req),
    retentionPreview: (req: RetentionRuleReq) => call('retention_preview', req),
    retentionConfirmClock: () => call('retention_confirm_clock', {}),
    restrictionGet: () => call('restriction_get', {}),
    restrictionSetEverything: (req: RestrictEverythingReq) => call('restriction_set_everything', req),
    rightsList: (req: RightsListReq) => call('rights_list', req),
    rightsRequest: (req: RightsRequestReq) => call('rights_request', req),
    rightsCancel: (req: RightsReq) => call('rights_cancel', req),
    rightsCheck: () => call('rights_check', {}),
    rightsResult: (req: RightsReq) => call('rights_result', req),
    rightsSubject: () => call('rights_subject', {}),
    rightsKey: (req: RightsKeyReq) => call('rights_key', req),
    rightsKeyTrust: (req: RightsKeyTrustReq) => call('rights_key_trust', req),
    objectionSet: (req: ObjectionSetReq) => call('objection_set', req),
    flagSet: (req: FlagSetReq) => call('flag_set', req),
    flagList: (req: FlagListReq) => call('flag_list', req),
    receiptList: () => call('receipt_list', {}),
    privacyVerify: () => call('privacy_verify', {}),
    deletionPreview: (req: DeletionPreviewReq) => call('deletion_preview', req),
    deletionBegin: (req: DeletionBeginReq) => call('deletion_begin', req),
    deletionList: () => call('deletion_list', {}),
    keyGet: () => call('key_get', {}),
    keyRotate: () => call('key_rotate', {}),
    ledgerState: () => call('ledger_state', {}),
    ledgerRecipients: () => call('ledger_recipients', {}),
    ledgerKeep: (req: LedgerKeepReq) => call('ledger_keep', req),
    ledgerClear: (req: LedgerClearReq) => call('ledger_clear', req),
    messagePreview: (req: MessagePreviewReq) => call('message_preview', req),
    redactNames: () => call('redact_names', {}),
    redactNameAdd: (req: RedactNameReq) => call('redact_name_add', req),
    redactNameRemove: (req: RedactNameReq) => call('redact_name_remove', req),
    exportPreview: () => call('export_preview', {}),
    exportCancel: () => call('export_cancel', {}),
    conversationText: (req: ConversationTextReq) => call('conversation_text', req),
    diagnosticsGet: () => call('diagnostics_get', {}),
    diagnosticsPrepare: () => call('diagnostics_prepare', {}),
    diagnosticsSend: (req: DiagnosticReportReq) => call('diagnostics_send', req),
    diagnosticsDiscard: (req: DiagnosticReportReq) => call('diagnostics_discard', req),
    supportBundle: () => call('support_bundle', {}),
    linkOpen: (req: LinkOpenReq) => call('link_open', req),
    toolSignInOpen: (req: ToolServerReq) => call('tool_sign_in_open', req),
    ledgerExport: (req: LedgerExportReq) => call('ledger_export', req),
    consentExport: (req: ConsentExportReq) => call('consent_export', req),
    attachmentSave: (req: AttachmentReq) => call('attachment_save', req),
    codeSave: (req: CodeReq) => call('code_save', req),
    diagramSave: (req: DiagramSaveReq) => call('diagram_save', req),
    screenshotTake: () => call('screenshot_take', {}),
    exportStart: (req: ExportStartReq) => call('export_start', req),
    conversationSave: (req: ConversationTextReq) => call('conversation_save', req),
    supportBundleSave: (req: SupportBundleSaveReq) => call('support_bundle_save', req),
    privacyProve: () => call('privacy_prove', {}),
    proofSave: () => call('proof_save', {}),
  };
}

export type Client = ReturnType<typeof createClient>;
