// Fonts that people's devices already have, by the script of the language: nothing is downloaded.

const latin = 'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",Arial,sans-serif'

/** Script (ISO 15924) → fonts that draw it well, before the usual ones. */
const byScript: Record<string, string> = {
  Arab: '"SF Arabic","Segoe UI","Noto Sans Arabic","Geeza Pro",Tahoma',
  Armn: '"Noto Sans Armenian"',
  Beng: '"Noto Sans Bengali","Nirmala UI",Vrinda',
  Deva: '"Noto Sans Devanagari","Nirmala UI",Mangal',
  Ethi: '"Noto Sans Ethiopic",Nyala,Kefa',
  Geor: '"Noto Sans Georgian",Sylfaen',
  Hang: '"Apple SD Gothic Neo","Malgun Gothic","Noto Sans KR"',
  Hans: '"PingFang SC","Microsoft YaHei","Noto Sans SC"',
  Hant: '"PingFang TC","Microsoft JhengHei","Noto Sans TC"',
  Hebr: '"Noto Sans Hebrew","Arial Hebrew"',
  Jpan: '"Hiragino Sans","Yu Gothic","Noto Sans JP"',
  Khmr: '"Noto Sans Khmer","Khmer UI","Leelawadee UI"',
  Laoo: '"Noto Sans Lao","Leelawadee UI"',
  Mymr: '"Noto Sans Myanmar","Myanmar Text"',
  Sinh: '"Noto Sans Sinhala","Iskoola Pota","Nirmala UI"',
  Taml: '"Noto Sans Tamil",Latha,"Nirmala UI"',
  Thai: '"Noto Sans Thai",Thonburi,"Leelawadee UI"',
}

const stacks = new Map<string, string>()

/** The value of font-family for a language such as 'ar' or 'zh-Hant'. */
export function fontStack(language: string): string {
  let stack = stacks.get(language)
  if (stack === undefined) {
    const own = byScript[scriptOf(language)]
    stack = own === undefined ? latin : `${own},${latin}`
    stacks.set(language, stack)
  }
  return stack
}

function scriptOf(language: string): string {
  try {
    return new Intl.Locale(language).maximize().script ?? 'Latn'
  } catch {
    return 'Latn'
  }
}
