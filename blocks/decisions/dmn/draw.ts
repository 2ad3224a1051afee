// Draws decision requirements as DMN diagrams keep them: inputs below, what is made of them above, row by row.

export interface Drawn {
  id: string
  requires: string[]
}

const width = 160
const height = 60
const gap = { x: 40, y: 80 }

/** The DMNDI part of a file. `edge` names the requirement between two. */
export function drawing(nodes: Drawn[], edge: (from: string, to: string) => string): string {
  const rows: Drawn[][] = []
  const level = levels(nodes)
  for (const node of nodes) {
    const at = level.get(node.id)!
    rows[at] ??= []
    rows[at].push(node)
  }
  const place = new Map<string, { x: number; y: number }>()
  for (const [n, row] of rows.entries())
    for (const [i, { id }] of row.entries())
      place.set(id, { x: 40 + i * (width + gap.x), y: 40 + (rows.length - 1 - n) * (height + gap.y) })

  const shapes = nodes.map(({ id }) => {
    const { x, y } = place.get(id)!
    return `<dmndi:DMNShape id="shape-${id}" dmnElementRef="${id}"><dc:Bounds x="${x}" y="${y}" width="${width}" height="${height}"/></dmndi:DMNShape>`
  })
  const edges = nodes.flatMap(({ id, requires }) =>
    requires.map((from) => {
      const [a, b] = [place.get(from)!, place.get(id)!]
      const name = edge(from, id)
      const points = [
        `<di:waypoint x="${a.x + width / 2}" y="${a.y}"/>`,
        `<di:waypoint x="${b.x + width / 2}" y="${b.y + height}"/>`,
      ]
      return `<dmndi:DMNEdge id="edge-${name}" dmnElementRef="${name}">${points.join('')}</dmndi:DMNEdge>`
    }),
  )
  return [
    '<dmndi:DMNDI>',
    '  <dmndi:DMNDiagram id="diagram">',
    ...[...shapes, ...edges].map((line) => `    ${line}`),
    '  </dmndi:DMNDiagram>',
    '</dmndi:DMNDI>',
  ].join('\n')
}

// One above the highest of what it requires. There are no circles.
function levels(nodes: Drawn[]): Map<string, number> {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const known = new Map<string, number>()
  const levelOf = (id: string): number => {
    const before = known.get(id)
    if (before !== undefined) return before
    const level = Math.max(-1, ...(byId.get(id)?.requires ?? []).map(levelOf)) + 1
    known.set(id, level)
    return level
  }
  for (const { id } of nodes) levelOf(id)
  return known
}
