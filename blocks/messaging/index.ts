// The door of messaging.
export { type DeliveryState, deliveryLifecycle, type InboxMessage, type Notice } from './message.ts'
export {
  type Contact,
  createMessaging,
  type Messaging,
  type MessagingNeeds,
  type Preferences,
  type Wording,
} from './messaging.ts'
export { type MailRelay, RelayRefused, type SmsRelay } from './relay.ts'
export { messagingRoutes } from './routes.ts'
export { messagingSteps } from './steps.ts'
