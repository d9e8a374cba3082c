import type { DiagnosticReport, DiagnosticsInfo } from '../../ipc/generated/types';
import type { Handlers } from '../fake';
import { apiError, type FakeWorld } from './world';

type Names =
  | 'diagnostics_get'
  | 'diagnostics_prepare'
  | 'diagnostics_send'
  | 'diagnostics_discard'
  | 'support_bundle'
  | 'support_bundle_save';

const payload = (kind: 'crash' | 'usage', events: object[]) =>
  JSON.stringify({ schema: 'fluxchat.diagnostics/1', kind, app_version: '0.1.0', os: 'linux', events }, null, 2);
const BUNDLE = `# Fluxchat support bundle
# Read it, change what you like, then save it. Nothing was sent.

app.version            0.1.0
os.family              linux
session.state          ready
archive.integrity      ok
stored.conversations   40
`;

export function diagnosticsCommands(world: FakeWorld): Handlers<Names> {
  const given = (purpose: string) => world.consents.some((row) => row.purpose === purpose && row.given);
  const usage = () =>
    payload('usage', [
      { name: 'stored.conversations', count: 20 },
      { name: 'stored.messages', count: 200 },
      { name: 'sources.inside', count: 1 },
      { name: 'sources.remote', count: 2 },
    ]);
  const crash: DiagnosticReport = {
    id: world.id(),
    kind: 'crash',
    state: 'waiting',
    created_at: Date.now() - 3_600_000,
    sent_at: null,
    body: payload('crash', [{ name: 'panic', count: 1, place: 'crates/core/src/chat/stream.rs:88' }]),
  };
  let reports: DiagnosticReport[] = world.ledger.length > 0 ? [crash] : [];
  const info = (): DiagnosticsInfo => ({
    crash_given: given('diag.crash'),
    usage_given: given('analytics.usage'),
    locked: world.supervised,
    usage_now: usage(),
    receiver: null,
    reports,
  });
  const settle = (id: string, state: DiagnosticReport['state']) => {
    reports = reports.map((report) =>
      report.id === id ? { ...report, state, sent_at: state === 'sent' ? Date.now() : null } : report,
    );
    return info();
  };
  return {
    diagnostics_get: info,
    diagnostics_prepare: () => {
      const report: DiagnosticReport = {
        id: world.id(),
        kind: 'usage',
        state: 'waiting',
        created_at: Date.now(),
        sent_at: null,
        body: usage(),
      };
      reports = [report, ...reports];
      return info();
    },
    diagnostics_send: ({ id }) => {
      const report = reports.find((entry) => entry.id === id);
      const purpose = report?.kind === 'crash' ? 'diag.crash' : 'analytics.usage';
      if (!given(purpose)) throw apiError('no_consent', 'You have not agreed to this kind of request.', 'Nothing left this computer.');
      return settle(id, 'sent');
    },
    diagnostics_discard: ({ id }) => settle(id, 'discarded'),
    support_bundle: () => ({ text: BUNDLE }),
    support_bundle_save: () => ({ saved: true, name: 'fluxchat-support.txt' }),
  };
}
