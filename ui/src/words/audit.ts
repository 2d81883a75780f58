/** The audit log in words. */
import type { AuditAct, AuditEntry, Erased } from '../bridge/bridge';
import { m } from '../paraglide/messages';
import { type Known, known } from './known';

const ACTS: Record<Known<AuditAct>, () => string> = {
  'studio-created': m.audit_studio_created,
  'user-invited': m.audit_user_invited,
  'invitation-withdrawn': m.audit_invitation_withdrawn,
  'invitation-claimed': m.audit_invitation_claimed,
  'user-changed': m.audit_user_changed,
  'roles-changed': m.audit_roles_changed,
  'trainer-changed': m.audit_trainer_changed,
  'user-deactivated': m.audit_user_deactivated,
  'user-reactivated': m.audit_user_reactivated,
  'password-reset': m.audit_password_reset,
  'password-changed': m.audit_password_changed,
  'device-signed-out': m.audit_device_signed_out,
  'user-erased': m.audit_user_erased,
  'data-exported': m.audit_data_exported,
  'exercise-saved': m.audit_exercise_saved,
  'exercise-archived': m.audit_exercise_archived,
  'exercise-deleted': m.audit_exercise_deleted,
  'video-changed': m.audit_video_changed,
  'release-published': m.audit_release_published,
  'release-rollout-changed': m.audit_release_rollout_changed,
  'release-halted': m.audit_release_halted,
  'release-resumed': m.audit_release_resumed,
};

/** What was done; of an act that only a newer server knows, its own word. */
export function actWords({ act }: AuditEntry): string {
  return known(ACTS, act)?.() ?? act;
}

/** How much was erased, of what there was any. */
export function erasedWords(erased: Erased): string {
  const counts: [number, (inputs: { number: number }) => string][] = [
    [erased.sessions, m.audit_erased_sessions],
    [erased.shared_sessions, m.audit_erased_shared_sessions],
    [erased.sets, m.audit_erased_sets],
    [erased.weights, m.audit_erased_weights],
    [erased.notes, m.audit_erased_notes],
    [erased.journal_entries, m.audit_erased_journal_entries],
    [erased.templates, m.audit_erased_templates],
    [erased.shared_templates, m.audit_erased_shared_templates],
    [erased.devices, m.audit_erased_devices],
    [erased.uploads, m.audit_erased_uploads],
  ];
  return counts
    .filter(([number]) => number > 0)
    .map(([number, words]) => words({ number }))
    .join(' · ');
}
