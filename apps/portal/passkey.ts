// The script by which a browser signs in with a passkey, or makes one.
import { readScript } from './scripts.ts'

export const passkey = readScript('passkey')
