// The name of a fact from an id: confirm-match → confirmMatch, border.entered → borderEntered; what FEEL allows stays.

export function toFactName(id: string): string {
  return id.replace(/[-.]+([A-Za-z0-9_])?/g, (_, letter: string | undefined) => letter?.toUpperCase() ?? '')
}
