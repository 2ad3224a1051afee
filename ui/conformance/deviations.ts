// Where our markup differs from GOV.UK Frontend's on purpose. An exception stands here with its reason, or not at all.

export interface Deviation {
  component: string
  fixtures: string[]
  reason: string
}

export const deviations: Deviation[] = [
  {
    component: 'file-upload',
    fixtures: [
      'enhanced',
      'enhanced, with error message and hint',
      'enhanced, multiple files',
      'enhanced, custom wrapper classes and attributes',
      'translated',
    ],
    reason: 'The drop zone is made by a script of 8 KB. A browser lets people drop files on the plain field as it is.',
  },
]
