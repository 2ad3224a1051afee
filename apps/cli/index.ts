// The door of the command line: what tests of the whole house use of it.
export { checkCountryFolder } from './country.ts'
