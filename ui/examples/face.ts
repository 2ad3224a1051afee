// Veridia's look and an invented other country's, for the gallery, the tests and the pictures. Countries bring their own.

import { createTheme, type Theme, type ThemeData } from '../theme.ts'

const star = (accent: string) => `
  <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 44 44">
    <circle cx="22" cy="22" r="20" fill="none" stroke="currentColor" stroke-width="2.5"/>
    <path fill="${accent}" d="M22 7.5l3.9 10h10.7l-8.6 6.6 3.2 10.4L22 28.1l-9.2 6.4L16 24.1 7.4 17.5h10.7z"/>
  </svg>`

export const citizenTheme: ThemeData = {
  colours: {
    header: '#0b3d33',
    accent: '#e0b040',
    brand: '#0b5d4d',
    link: '#0a5f78',
    surface: '#f0f5f4',
    surfaceBorder: '#91b6af',
  },
  emblem: star('#e0b040'),
}

export const staffTheme: ThemeData = {
  colours: {
    header: '#1b333d',
    accent: '#2a9d8f',
    brand: '#1f6f65',
    link: '#1d5c73',
    surface: '#f2f4f5',
    surfaceBorder: '#9dacb2',
  },
  emblem: star('#2a9d8f'),
}

export const otherTheme: ThemeData = {
  colours: {
    header: '#4a2c0a',
    accent: '#c9a24b',
    brand: '#7a4a12',
    link: '#6a3d00',
    surface: '#f7f4f1',
    surfaceBorder: '#c3ae94',
  },
  emblem: star('#c9a24b'),
}

export function exampleTheme(data: ThemeData): Theme {
  return createTheme(data)
}
