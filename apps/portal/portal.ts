// The portal: where citizens and businesses apply, pay, follow, and see what the state knows of them.
import { accountPages } from './account.ts'
import { actingPages } from './acting.ts'
import { applicationPages } from './applications.ts'
import { applyPages } from './apply.ts'
import { checkPages } from './check.ts'
import { documentPages } from './documents.ts'
import { homePages } from './home.ts'
import { informationPages } from './information.ts'
import { lifeEventPages } from './life-event.ts'
import { lifePages } from './life-pages.ts'
import { mandatePages } from './mandates.ts'
import { messagePages } from './messages.ts'
import { myDataPages } from './my-data.ts'
import { offerPages } from './offers.ts'
import { partyRequestPages } from './party-requests.ts'
import { payPages } from './pay.ts'
import { requestPages } from './requests.ts'
import { catalogPages } from './services.ts'
import { signInPages } from './sign-in.ts'
import { createSite, type PortalNeeds } from './site.ts'
import { verifyPages } from './verify.ts'

/** Registers the pages on `needs.http`. No line of them knows a public service, a register or a country by name. */
export function portalPages(needs: PortalNeeds): void {
  if (needs.paymentOrigin) needs.http.allowFormTarget(needs.paymentOrigin)
  const site = createSite(needs)
  homePages(site)
  catalogPages(site)
  lifeEventPages(site)
  offerPages(site)
  applyPages(site)
  checkPages(site)
  applicationPages(site)
  lifePages(site)
  requestPages(site)
  partyRequestPages(site)
  payPages(site)
  documentPages(site)
  messagePages(site)
  myDataPages(site)
  accountPages(site)
  actingPages(site)
  mandatePages(site)
  signInPages(site)
  verifyPages(site)
  informationPages(site)
}
