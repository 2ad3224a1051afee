// Every refusal of documents.
import { problem } from '@ashlar/kernel/problem'

export const DocumentNotFound = problem(
  'document-not-found',
  404,
  'There is no such document',
  (id: string) => `No document ${id}.`,
)

export const DocumentHasNoLetter = problem(
  'document-has-no-letter',
  409,
  'This document is not a letter',
  (output: string) => `The output '${output}' names no letter to print.`,
)

export const DocumentRevokedAlready = problem(
  'document-revoked-already',
  409,
  'This document was revoked before, for another reason',
  (reason: string) => `The reason was '${reason}'.`,
)

export const UploadNotFound = problem('file-not-found', 404, 'There is no such file', (id: string) => `No file ${id}.`)

/** Why a file is not taken; a face has its own words for each. */
export type FileReason = 'empty' | 'nobody' | 'too-large' | 'type' | 'damaged' | 'disguised' | 'active' | 'infected'

export const FileRefused = problem(
  'file-refused',
  422,
  'This file cannot be taken',
  (reason: FileReason) => ({
    detail: reasons[reason],
    errors: [{ pointer: '/file', code: reason, message: reasons[reason] }],
    members: { reason },
  }),
  'Files are told apart by what is in them, not by their name. PDF, JPEG and PNG are taken, up to 10 MB.',
)

const reasons: Record<FileReason, string> = {
  empty: 'The file is empty.',
  nobody: 'Name the agency that will read it as `tenant`.',
  'too-large': 'The file is larger than 10 MB.',
  type: 'Only PDF, JPEG and PNG are taken.',
  damaged: 'The file is not whole.',
  disguised: 'The file is of two kinds at once.',
  active: 'The PDF holds scripts, forms or other files.',
  infected: 'The file holds harmful software.',
}
