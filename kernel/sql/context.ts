// Who acts, for whom, why and through which door; the database's row-level security reads it.

export interface Context {
  /** Agency id ('justice'); '*' for the platform's own workers only; null sees nothing but the subject's own rows. */
  tenant: string | null
  actor: { kind: 'person' | 'staff' | 'organisation' | 'client' | 'system' | 'anonymous'; id: string }
  /** The person (UUID of the population register) whose own rows may be seen: the actor, or the represented person. */
  subject?: string
  represented?: { kind: 'person' | 'organisation'; id: string }
  /** How sure we are of a person who signed in ('low', 'substantial', 'high'); absent: nothing was shown. */
  assurance?: string
  unit?: string
  roles?: string[]
  /** 'apply', 'case-work', 'my-data' … */
  purpose: string
  channel: 'web' | 'counter' | 'phone' | 'api' | 'event' | 'system'
  trace: string
}

/** What row-level security and triggers may read by current_setting('ashlar.…', true), for one transaction. */
export function settingsOf(context: Context, subject: string | undefined): Record<string, string> {
  return {
    'ashlar.tenant': context.tenant ?? '',
    'ashlar.subject': subject ?? '',
    'ashlar.actor': `${context.actor.kind}:${context.actor.id}`,
    'ashlar.purpose': context.purpose,
    'ashlar.channel': context.channel,
    'ashlar.trace': context.trace,
  }
}
