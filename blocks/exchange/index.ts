// The door of the exchange: messages to systems of agencies and from them, with signed receipts.
export {
  digestOf,
  type Envelope,
  isEnvelope,
  openEnvelope,
  publicKeyOf,
  sealEnvelope,
  toCompact,
} from './envelope.ts'
export { createExchange, type Exchange, type SystemState } from './exchange.ts'
export { type MessageState, type MessageView, messageLifecycle } from './message.ts'
export type { ExchangeNeeds, Post } from './needs.ts'
export * from './problems.ts'
export type { KnownSystem } from './receiving.ts'
export { exchangeRoutes } from './routes.ts'
export type { Telling, Told } from './sending.ts'
export { exchangeSteps, type TellInput } from './steps.ts'
export { type AgencySystem, nameOf, type Tells } from './system.ts'
