// Letters of other scripts in Latin ones, as far as telling names apart needs it: a table a script, not a transliteration
// for documents (that is ICAO 9303). Vowels matter little, since skeletons drop them.

const pairs = (table: string): [string, string][] =>
  table
    .trim()
    .split(/\s+/)
    .map((pair) => {
      const [letter, latin] = pair.split('=') as [string, string]
      return [letter, latin]
    })

const latin = pairs('ß=ss æ=ae œ=oe ø=o đ=d ð=d þ=th ł=l ı=i ħ=h ŋ=n ə=a')

const cyrillic = pairs(`
  а=a б=b в=v г=g ґ=g д=d е=e є=ye ё=yo ж=zh з=z и=i і=i ї=yi й=y к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ў=u ф=f
  х=kh ц=ts ч=ch ш=sh щ=shch ъ= ы=y ь= э=e ю=yu я=ya ј=y љ=lj њ=nj ћ=c ђ=dj џ=dz қ=k ң=n ө=o ү=u ұ=u һ=h ғ=g ә=a`)

const greek = pairs(`
  α=a β=v γ=g δ=d ε=e ζ=z η=i θ=th ι=i κ=k λ=l μ=m ν=n ξ=x ο=o π=p ρ=r σ=s ς=s τ=t υ=y φ=f χ=kh ψ=ps ω=o`)

const arabic = pairs(`
  ا=a ب=b ت=t ث=th ج=j ح=h خ=kh د=d ذ=dh ر=r ز=z س=s ش=sh ص=s ض=d ط=t ظ=z ع=a غ=gh ف=f ق=k ك=k ل=l م=m ن=n ه=h و=w
  ي=y ء= پ=p چ=ch ژ=zh گ=g ڤ=v ک=k ی=y ۀ=h ہ=h ھ=h ے=y ٹ=t ڈ=d ڑ=r ں=n`)

const hebrew = pairs(`
  א=a ב=b ג=g ד=d ה=h ו=w ז=z ח=h ט=t י=y כ=k ך=k ל=l מ=m ם=m נ=n ן=n ס=s ע=a פ=p ף=p צ=ts ץ=ts ק=k ר=r ש=sh ת=t`)

const georgian = pairs(`
  ა=a ბ=b გ=g დ=d ე=e ვ=v ზ=z თ=t ი=i კ=k ლ=l მ=m ნ=n ო=o პ=p ჟ=zh რ=r ს=s ტ=t უ=u ფ=p ქ=k ღ=gh ყ=k შ=sh ჩ=ch ც=ts
  ძ=dz წ=ts ჭ=ch ხ=kh ჯ=j ჰ=h`)

const armenian = pairs(`
  ա=a բ=b գ=g դ=d ե=e զ=z է=e ը=e թ=t ժ=zh ի=i լ=l խ=kh ծ=ts կ=k հ=h ձ=dz ղ=gh ճ=ch մ=m յ=y ն=n շ=sh ո=o չ=ch պ=p ջ=j
  ռ=r ս=s վ=v տ=t ր=r ց=ts ւ=w փ=p ք=k օ=o ֆ=f և=ev`)

const devanagari = pairs(`
  अ=a आ=a इ=i ई=i उ=u ऊ=u ऋ=ri ए=e ऐ=ai ओ=o औ=au क=k ख=kh ग=g घ=gh ङ=n च=ch छ=ch ज=j झ=jh ञ=n ट=t ठ=th ड=d ढ=dh ण=n
  त=t थ=th द=d ध=dh न=n प=p फ=f ब=b भ=bh म=m य=y र=r ल=l व=v श=sh ष=sh स=s ह=h`)

const letters = new Map([
  ...latin,
  ...cyrillic,
  ...greek,
  ...arabic,
  ...hebrew,
  ...georgian,
  ...armenian,
  ...devanagari,
])

/** Lower-case text in Latin letters where a table knows the letter; others (Han, Hangul, …) stay as they are. */
export function toLatin(text: string): string {
  let result = ''
  for (const letter of text) result += letters.get(letter) ?? letter
  return result
}

/** The script of a word, as far as the difference matters: words of one script are compared letter by letter. */
export function scriptOf(word: string): 'latin' | 'other' | string {
  const code = word.codePointAt(0) ?? 0
  if (code < 0x250) return 'latin'
  // Scripts lie in blocks of 256 code points nearly everywhere.
  return `u${(code >> 8).toString(16)}`
}
