/// The one list of commands. Every transport is expanded from it: Tauri shims, the
/// TypeScript client, the permission file and the table of the isolation frame.
///
/// Each line reads `group name(Request) -> Answer;`. The implementation is
/// `fluxchat_ipc::commands::<group>::<name>(&App, Request)`.
#[macro_export]
macro_rules! for_each_command {
    ($callback:ident) => {
        $callback! {
            session session_get(Empty) -> SessionInfo;
            session session_retry(Empty) -> SessionInfo;
            session session_unlock(SessionUnlockReq) -> SessionInfo;
            session session_create(SessionCreateReq) -> SessionInfo;
            session session_start_fresh(SessionStartFreshReq) -> SessionInfo;
            session setup_complete(SetupReq) -> SessionInfo;
            session settings_set(SettingsSetReq) -> Done;
            lock session_lock(Empty) -> SessionInfo;
            lock session_active(Empty) -> Done;
            lock session_recover(SessionRecoverReq) -> RecoveryCode;
            lock lock_status(Empty) -> LockReport;
            lock lock_settings_set(LockSettingsReq) -> LockReport;
            lock passphrase_set(PassphraseSetReq) -> LockReport;
            lock passphrase_change(PassphraseChangeReq) -> LockReport;
            lock passphrase_remove(PassphraseRemoveReq) -> LockReport;
            lock recovery_create(RecoveryCreateReq) -> RecoveryCode;
            chat conversation_list(ConversationListReq) -> ConversationPage;
            chat conversation_get(ConversationReq) -> ConversationRow;
            chat conversation_update(ConversationUpdateReq) -> ConversationRow;
            chat conversation_delete(ConversationReq) -> Erasing;
            chat message_page(MessagePageReq) -> MessagePage;
            chat message_send(MessageSendReq) -> MessageSent;
            chat message_edit(MessageEditReq) -> MessageSent;
            chat message_rewrite(MessageRewriteReq) -> MessageRewritten;
            chat message_regenerate(MessageRegenerateReq) -> MessageSent;
            chat message_continue(MessageReq) -> MessageSent;
            chat message_stop(MessageReq) -> Done;
            chat message_select_branch(MessageReq) -> Done;
            chat message_delete(MessageReq) -> Erasing;
            chat erasure_undo(ErasureUndoReq) -> Done;
            chat draft_get(DraftGetReq) -> Draft;
            chat draft_set(DraftSetReq) -> Done;
            chat help_page(HelpReq) -> HelpPage;
            attachment attachment_list(AttachmentListReq) -> AttachmentList;
            attachment attachment_begin(AttachmentBeginReq) -> AttachmentUpload;
            attachment attachment_put(AttachmentPutReq) -> Done;
            attachment attachment_finish(AttachmentUploadReq) -> AttachmentFile;
            attachment attachment_cancel(AttachmentUploadReq) -> Done;
            attachment attachment_take(AttachmentTakeReq) -> AttachmentFile;
            attachment attachment_remove(AttachmentRemoveReq) -> Done;
            attachment attachment_text(AttachmentTextReq) -> AttachmentText;
            attachment attachment_told(MessageReq) -> AttachmentsTold;
            branches message_map(MessageMapReq) -> MessageMap;
            branches message_send_beside(MessageSendBesideReq) -> MessagesSent;
            branches messages_beside(MessageReq) -> MessagesBeside;
            branches message_go_on_with(MessageReq) -> Done;
            branches message_diff(MessageDiffReq) -> MessageDiff;
            code code_beside(CodeReq) -> CodeBeside;
            branches conversation_fork(MessageReq) -> ConversationRow;
            branches conversation_origin(ConversationReq) -> ConversationOrigin;
            branches conversation_find(ConversationFindReq) -> ConversationFound;
            branches conversation_totals(ConversationReq) -> ConversationTotals;
            instructions instructions_get(ConversationReq) -> Instructions;
            instructions instructions_set(InstructionsSetReq) -> Instructions;
            instructions preset_list(Empty) -> PresetList;
            instructions preset_save(PresetSaveReq) -> Preset;
            instructions preset_remove(PresetReq) -> Done;
            instructions prompt_list(Empty) -> PromptList;
            instructions prompt_save(PromptSaveReq) -> PromptRow;
            instructions prompt_remove(PromptReq) -> Done;
            instructions prompt_fill(PromptFillReq) -> Draft;
            tools tool_list(Empty) -> ToolList;
            tools tool_server_save(ToolServerSaveReq) -> ToolList;
            tools tool_server_remove(ToolServerReq) -> ToolList;
            tools tool_server_enable(ToolServerEnableReq) -> ToolList;
            tools tool_server_test(ToolServerReq) -> ToolList;
            tools tool_policy_set(ToolPolicyReq) -> ToolList;
            tools tool_decide(ToolDecideReq) -> Done;
            tools tool_calls(MessageReq) -> ToolCalls;
            voice voice_get(Empty) -> VoiceState;
            voice voice_set(VoiceSetReq) -> VoiceState;
            voice voice_agree(VoiceAgreeReq) -> VoiceState;
            voice dictation_begin(DictationBeginReq) -> Done;
            voice dictation_finish(Empty) -> Dictated;
            voice dictation_cancel(Empty) -> Done;
            voice reading_begin(MessageReq) -> Done;
            voice reading_hold(ReadingHoldReq) -> Done;
            voice reading_stop(Empty) -> Done;
            temporary temporary_begin(TemporaryBeginReq) -> ConversationRow;
            temporary temporary_list(Empty) -> TemporaryList;
            temporary temporary_end(ConversationReq) -> Done;
            temporary temporary_keep(ConversationReq) -> ConversationRow;
            filing filing_get(Empty) -> Filing;
            filing folder_add(FilingAddReq) -> FolderRow;
            filing folder_rename(FolderRenameReq) -> Done;
            filing folder_remove(FolderReq) -> Done;
            filing tag_add(FilingAddReq) -> TagRow;
            filing tag_rename(TagRenameReq) -> Done;
            filing tag_remove(TagReq) -> Done;
            filing conversation_move(ConversationMoveReq) -> ConversationRow;
            filing conversation_tags(ConversationReq) -> ConversationTags;
            filing conversation_tag(ConversationTagReq) -> ConversationTags;
            filing conversation_filed(ConversationFiledReq) -> ConversationPage;
            source source_list(Empty) -> SourceList;
            source source_add(SourceAddReq) -> SourceAdded;
            source source_update(SourceUpdateReq) -> SourceRow;
            source source_remove(SourceReq) -> Done;
            source source_models(SourceReq) -> ModelList;
            source source_services(Empty) -> ServiceList;
            source source_find(Empty) -> FoundServers;
            spend context_estimate(EstimateReq) -> ContextEstimate;
            spend message_over_budget(MessageReq) -> MessageSent;
            spend message_pin(MessagePinReq) -> Pins;
            spend message_pins(ConversationReq) -> Pins;
            spend spending_get(SpendingReq) -> Spending;
            spend spending_forget(Empty) -> Done;
            spend budget_set(BudgetReq) -> Done;
            spend budget_remove(BudgetRemoveReq) -> Done;
            spend conversation_cost(ConversationReq) -> ConversationCost;
            spend titles_get(Empty) -> Titles;
            spend titles_set(TitlesReq) -> Titles;
            spend model_facts(SourceReq) -> ModelFactsList;
            spend model_facts_set(ModelFactsReq) -> ModelFactsList;
            search search_query(SearchReq) -> SearchPage;
            search search_recent(Empty) -> RecentSearches;
            search search_remember(SearchRememberReq) -> Done;
            search search_forget(Empty) -> Done;
            egress egress_status(Empty) -> EgressStatus;
            egress egress_set_offline(OfflineSetReq) -> EgressStatus;
            privacy privacy_overview(Empty) -> PrivacyOverview;
            privacy privacy_stored(Empty) -> StoredReport;
            privacy ledger_page(LedgerReq) -> LedgerPage;
            privacy consent_list(Empty) -> ConsentList;
            privacy consent_set(ConsentSetReq) -> ConsentList;
            privacy policy_get(PolicyReq) -> PolicyText;
            consent purpose_list(Empty) -> PurposeList;
            consent training_echo_get(Empty) -> TrainingEcho;
            consent policy_status(Empty) -> PolicyStatus;
            consent policy_diff(PolicyDiffReq) -> PolicyDiff;
            consent policy_accept(PolicyAcceptReq) -> PolicyStatus;
            consent policy_schedule(PolicyScheduleReq) -> PolicyStatus;
            consent policy_check(Empty) -> PolicyStatus;
            consent guardian_get(Empty) -> GuardianInfo;
            consent guardian_unlock(GuardianUnlockReq) -> GuardianInfo;
            consent guardian_lock(Empty) -> GuardianInfo;
            consent guardian_begin(GuardianBeginReq) -> GuardianInfo;
            consent guardian_end(GuardianEndReq) -> GuardianInfo;
            retention retention_get(Empty) -> Retention;
            retention retention_set(RetentionRuleReq) -> Retention;
            retention retention_remove(RetentionRemoveReq) -> Retention;
            retention retention_preview(RetentionRuleReq) -> RetentionPreviewRes;
            retention retention_confirm_clock(Empty) -> Retention;
            retention restriction_get(Empty) -> Restriction;
            retention restriction_set_everything(RestrictEverythingReq) -> Restriction;
            rights rights_list(RightsListReq) -> RightsReport;
            rights rights_request(RightsRequestReq) -> Done;
            rights rights_cancel(RightsReq) -> Done;
            rights rights_check(Empty) -> Done;
            rights rights_result(RightsReq) -> RightsResult;
            rights rights_subject(Empty) -> RightsSubject;
            rights rights_key(RightsKeyReq) -> RightsKey;
            rights rights_key_trust(RightsKeyTrustReq) -> RightsKey;
            rights objection_set(ObjectionSetReq) -> Done;
            rights flag_set(FlagSetReq) -> Done;
            rights flag_list(FlagListReq) -> FlagPage;
            privacy receipt_list(Empty) -> ReceiptList;
            privacy privacy_verify(Empty) -> VerifyReport;
            deletion deletion_preview(DeletionPreviewReq) -> DeletionPreview;
            deletion deletion_begin(DeletionBeginReq) -> DeletionBegun;
            deletion deletion_list(Empty) -> DeletionList;
            deletion key_get(Empty) -> KeyInfo;
            deletion key_rotate(Empty) -> Receipt;
            ledger ledger_state(Empty) -> LedgerStanding;
            ledger ledger_recipients(Empty) -> RecipientList;
            ledger ledger_keep(LedgerKeepReq) -> LedgerStanding;
            ledger ledger_clear(LedgerClearReq) -> LedgerStanding;
            preview message_preview(MessagePreviewReq) -> MessagePreview;
            preview redact_names(Empty) -> RedactNames;
            preview redact_name_add(RedactNameReq) -> RedactNames;
            preview redact_name_remove(RedactNameReq) -> RedactNames;
            export export_preview(Empty) -> ExportPreview;
            export export_cancel(Empty) -> Done;
            diagnostics diagnostics_get(Empty) -> DiagnosticsInfo;
            diagnostics diagnostics_prepare(Empty) -> DiagnosticsInfo;
            diagnostics diagnostics_send(DiagnosticReportReq) -> DiagnosticsInfo;
            diagnostics diagnostics_discard(DiagnosticReportReq) -> DiagnosticsInfo;
            diagnostics support_bundle(Empty) -> SupportBundle;
        }
    };
}

/// The commands that need the desktop (a channel, a dialog, the browser): their shims are
/// written by hand in the shell, everything else about them is generated from this list.
#[macro_export]
macro_rules! for_each_desktop_command {
    ($callback:ident) => {
        $callback! {
            session session_open(Empty) -> SessionInfo;
            chat link_open(LinkOpenReq) -> Done;
            privacy ledger_export(LedgerExportReq) -> Exported;
            consent consent_export(ConsentExportReq) -> Exported;
            attachment attachment_save(AttachmentReq) -> AttachmentSaved;
            code code_save(CodeReq) -> CodeSaved;
            export export_start(ExportStartReq) -> ExportResult;
            diagnostics support_bundle_save(SupportBundleSaveReq) -> SupportBundleSaved;
            privacy privacy_prove(Empty) -> ProofReport;
            privacy proof_save(Empty) -> ProofSaved;
        }
    };
}
