// The door of consent: data agreements, consents, and the log of who used whose data.
export type {
  AccessRequest,
  AgreementRefusal,
  AgreementVerdict,
  DataAgreement,
  PublishedAgreement,
} from './agreement.ts'
export type { Consent, ConsentGiven, ConsentNeeds, Question, UsePaging } from './consent.ts'
export { createConsent } from './consent.ts'
export type { DataUse, UseBasis, UseOutcome, UseView } from './data-use.ts'
export { consentRoutes } from './routes.ts'
