// The door of the catalogue: public services and countries as data.
export type * from './public-service.ts'
