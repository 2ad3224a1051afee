// The door of face: what the portal, the office and the other web faces have in common.
export { type CitizenPlace, createFaces, type Faces, type FacesNeeds, SESSION_COOKIE, type Visit } from './face.ts'
export { readFaceTexts } from './face-texts.ts'
export { createLive, type Live, type LivePage, liveHref } from './live.ts'
export { createWriter, type Writer } from './writer.ts'
