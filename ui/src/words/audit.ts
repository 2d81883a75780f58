/** The audit log in words. */
import type { AuditAct, AuditEntry } from '../bridge/bridge';
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
