// Veridia's look and an invented other country's, for the gallery, the tests and the pictures. Countries bring their own.

import { createTheme, type Theme, type ThemeData } from '../theme.ts'

export const veridia: ThemeData = {
  emblem: 'star',
  colours: { brand: '#0b3d33', accent: '#e0b040', action: '#0b5d4d', link: '#0a5f78', band: '#f0f5f4' },
  office: { brand: '#1b333d', accent: '#2a9d8f', action: '#1f6f65', link: '#1d5c73', band: '#f2f4f5' },
}

export const nour: ThemeData = {
  emblem: 'star',
  colours: { brand: '#4a2c0a', accent: '#c9a24b', action: '#7a4a12', link: '#6a3d00', band: '#f7f4f1' },
}

export const citizenTheme: Theme = createTheme(veridia)
export const officeTheme: Theme = createTheme(veridia, 'office')
export const nourTheme: Theme = createTheme(nour)
