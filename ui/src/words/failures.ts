/**
 * Codes to sentences. A failure says what happened, what was kept and what to do; the codes are the core's and the
 * server's, and the types below make a new code without words a type error. Components read them by way of
 * `state/failure-sentences.svelte.ts`, which loads this file when the first one is needed.
 */
import type { Failure, FailureCode } from '../bridge/bridge';
import { m } from '../paraglide/messages';
import { type Known, known } from './known';
import { isolated } from './names';
import { pinDigits } from './pins';
import { videoLimits } from './video-limits';

const FAILURES: Record<Known<FailureCode>, () => string> = {
  'malformed-json': m.problem_malformed_json,
  'invalid-parameter': m.problem_invalid_parameter,
  'unsupported-media-type': m.problem_unsupported_media_type,
  'not-acceptable': m.problem_not_acceptable,
  'payload-too-large': m.problem_payload_too_large,
  'method-not-allowed': m.problem_method_not_allowed,
  invalid: m.problem_invalid,
  'token-missing': m.problem_token_missing,
  'token-invalid': m.problem_token_invalid,
  'token-reused': m.problem_token_reused,
  'wrong-credentials': m.problem_wrong_credentials,
  'too-many-attempts': m.problem_too_many_attempts,
  'role-forbidden': m.problem_role_forbidden,
  'not-your-part': m.problem_not_your_part,
  'not-owner': m.problem_not_owner,
  'not-found': m.problem_not_found,
  'idempotency-mismatch': m.problem_idempotency_mismatch,
  'version-missing': m.problem_version_missing,
  'version-mismatch': m.problem_version_mismatch,
  'cursor-expired': m.problem_cursor_expired,
  'no-trainer': m.problem_no_trainer,
  'session-open': m.problem_session_open,
  'session-not-waiting': m.problem_session_not_waiting,
  'session-not-active': m.problem_session_not_active,
  'session-ended': m.problem_session_ended,
  'round-not-draft': m.problem_round_not_draft,
  'round-not-out': m.problem_round_not_out,
  'round-begun': m.problem_round_begun,
  'round-completed': m.problem_round_completed,
  'nothing-noted': m.problem_nothing_noted,
  'another-round-out': m.problem_another_round_out,
  'final-round-exists': m.problem_final_round_exists,
  'session-full': m.problem_session_full,
  'entries-would-be-lost': m.problem_entries_would_be_lost,
  'name-taken': m.problem_name_taken,
  'email-taken': m.problem_email_taken,
  'last-admin': m.problem_last_admin,
  'has-athletes': m.problem_has_athletes,
  deactivated: m.problem_deactivated,
  'invitation-ended': m.problem_invitation_ended,
  'library-full': m.problem_library_full,
  'templates-full': m.problem_templates_full,
  'journal-full': m.problem_journal_full,
  'weights-full': m.problem_weights_full,
  'upload-too-large': () => m.problem_upload_too_large(videoLimits()),
  'not-a-video': () => m.problem_not_a_video(videoLimits()),
  'not-a-picture': m.problem_not_a_picture,
  'wrong-hash': m.problem_wrong_hash,
  'wrong-offset': m.problem_wrong_offset,
  'upload-incomplete': m.problem_upload_incomplete,
  'unreadable-file': m.problem_unreadable_file,
  'unknown-format': m.problem_unknown_format,
  'import-too-large': m.problem_import_too_large,
  'import-final': m.problem_import_final,
  'too-many-uploads': m.problem_too_many_uploads,
  'storage-full': m.problem_storage_full,
  'too-many-streams': m.problem_too_many_streams,
  'too-many-commands': m.problem_too_many_commands,
  busy: m.problem_busy,
  draining: m.problem_draining,
  unavailable: m.problem_unavailable,
  timeout: m.problem_timeout,
  internal: m.problem_internal,
  unreachable: m.problem_unreachable,
  'no-answer': m.problem_no_answer,
  'server-error': m.problem_server_error,
  certificate: m.problem_certificate,
  'proxy-sign-in': m.problem_proxy_sign_in,
  'refused-by-intermediary': m.problem_refused_by_intermediary,
  'not-ringside': m.problem_not_ringside,
  'other-version': m.problem_other_version,
  'bad-address': m.problem_bad_address,
  'stream-held-back': m.problem_stream_held_back,
  'not-signed-in': m.problem_not_signed_in,
  'bad-config': m.problem_bad_config,
  'data-directory': m.problem_data_directory,
  'already-open': m.problem_already_open,
  replica: m.problem_replica,
  'replica-set-aside': m.problem_replica_set_aside,
  'newer-replica': m.problem_newer_replica,
  'disk-full': m.problem_disk_full,
  'file-missing': m.problem_file_missing,
  'in-session': m.problem_in_session,
  system: m.problem_system,
  'on-kiosk': m.problem_on_kiosk,
  'not-on-this-machine': m.problem_not_on_this_machine,
  'not-a-pin': () => m.problem_not_a_pin({ digits: pinDigits('member'), studio_digits: pinDigits('studio') }),
  'wrong-pin': m.problem_wrong_pin,
  'too-many-pins': m.problem_too_many_pins,
  'staff-only': m.problem_staff_only,
  'still-waiting': m.problem_still_waiting,
};

/** From how many seconds on a wait is given in minutes. */
const LONG_WAIT_S = 90;

/** The failure as one or two sentences. */
export function failureWords(failure: Failure): string {
  const what =
    failure.code === 'certificate' && failure.detail !== null
      ? m.problem_certificate_issuer({ issuer: isolated(failure.detail) })
      : failureCodeWords(failure.code);
  const wait = failure.retry_after_s;
  if (wait === null) return what;
  const when =
    wait < LONG_WAIT_S
      ? m.failure_retry_after({ count: wait })
      : m.failure_retry_after_minutes({ count: Math.ceil(wait / 60) });
  return `${what} ${when}`;
}

/** A code as a sentence; of one that only a newer server knows there is nothing to say but that. */
export function failureCodeWords(code: FailureCode): string {
  return (known(FAILURES, code) ?? m.problem_unknown)();
}
