// Whole pages as in the design's pictures, in English and Arabic: for the gallery, the weight test and the browser tests.

import {
  backLink,
  button,
  buttonGroup,
  card,
  cards,
  checkboxes,
  citizenPage,
  dateInput,
  details,
  documentCard,
  doors,
  errorPage,
  errorSummary,
  type Face,
  filter,
  type Html,
  html,
  identityBar,
  insetText,
  keys,
  panel,
  plainPage,
  queueTable,
  ruleTrace,
  sideNavigation,
  sourceBadge,
  staffColumns,
  staffPage,
  statTiles,
  subNavigation,
  summaryList,
  table,
  tag,
  timeline,
  toDoBanner,
  toDoLink,
  trustedHtml,
} from '../index.ts'
import { citizenTheme, nourTheme, officeTheme } from './face.ts'

const nonce = 'example'
const languages = (current: string) => [
  { lang: 'en', dir: 'ltr' as const, name: 'English', href: '?lang=en', current: current === 'en' },
  { lang: 'ar', dir: 'rtl' as const, name: 'العربية', href: '?lang=ar', current: current === 'ar' },
  { lang: 'fr', dir: 'ltr' as const, name: 'Français', href: '?lang=fr', current: current === 'fr' },
]

const english: Face = {
  lang: 'en',
  dir: 'ltr',
  nonce,
  theme: citizenTheme,
  skipText: 'Skip to main content',
  banner: 'An official website of the Republic of Veridia. We never ask for your password by phone or message.',
  header: {
    name: 'Republic of Veridia',
    tagline: 'One place for every public service',
    href: '/',
    languages: { label: 'Language', items: languages('en') },
  },
  footer: {
    label: 'Support links',
    links: ['Accessibility', 'Privacy', 'Cookies', 'How this service performs', 'Source code', 'Status'].map(
      (text) => ({ text, href: '#' }),
    ),
    text: '© Republic of Veridia. Built with open source.',
  },
}

const arabic: Face = {
  lang: 'ar',
  dir: 'rtl',
  nonce,
  theme: nourTheme,
  skipText: 'انتقل إلى المحتوى الرئيسي',
  banner: 'موقع رسمي لجمهورية النور. لن نطلب منك كلمة المرور عبر الهاتف أو الرسائل أبداً.',
  header: {
    name: 'جمهورية النور',
    tagline: 'كل الخدمات الحكومية في مكان واحد',
    href: '/',
    languages: { label: 'اللغة', items: languages('ar') },
  },
  footer: {
    label: 'روابط',
    links: ['إمكانية الوصول', 'الخصوصية', 'ملفات الارتباط', 'أداء هذه الخدمة', 'حالة الخدمات'].map((text) => ({
      text,
      href: '#',
    })),
    text: '© جمهورية النور',
  },
}

const staff: Face = {
  ...english,
  theme: officeTheme,
  banner: 'Staff workspace. Everything you open is recorded and shown to the person it concerns.',
  header: { name: 'Republic of Veridia', tagline: 'Staff workspace', href: '/office', who: 'Sana R. · Work permits' },
  navigation: {
    navigationLabel: 'Workspace',
    navigation: ['My queue', 'Team', 'Help someone apply', 'Find a person', 'Reports'].map((text, index) => ({
      text,
      href: '#',
      current: index === 0,
    })),
  },
  footer: { label: 'Support links', links: [{ text: 'Accessibility', href: '#' }], text: '© Republic of Veridia' },
}

const link = (text: string, href = '#') => html`<a class="govuk-link" href="${href}">${text}</a>`

function citizenHome(): string {
  const use = (when: string, who: string, what: string, why: string, act: string) => [
    { text: when },
    { text: who },
    { text: what },
    { text: why },
    {
      text: html`<a class="govuk-link" href="#">${act}<span class="govuk-visually-hidden"> ${who}, ${when}</span></a>`,
    },
  ]
  const content = html`
    <h1 class="govuk-heading-xl">Good morning, Grace</h1>
    ${toDoBanner({ title: 'To do', items: [html`1 thing needs you: ${toDoLink('choose where to collect your passport', '#')} by 30 April.`] })}
    <h2 class="govuk-heading-m">Your applications</h2>
    ${cards([
      card({
        title: 'Work permit for Liam Park',
        tag: { text: 'Being decided' },
        progress: { value: 3, max: 5, label: 'Step 3 of 5' },
        lines: [
          'Step 3 of 5: labour check',
          html`Decision due by <strong>24 April</strong>. 9 of 10 cases like this are decided in 6 days.`,
        ],
      }),
      card({
        title: 'Passport renewal',
        tag: { text: 'Ready to collect', classes: 'govuk-tag--green' },
        progress: { value: 5, max: 5, label: 'Step 5 of 5' },
        lines: ['Step 5 of 5: collection', html`Paid 40. ${link('Receipt')}`],
      }),
      card({
        title: 'Building permit (draft)',
        tag: { text: 'Not submitted', classes: 'govuk-tag--grey' },
        progress: { value: 2, max: 8, label: '2 of 8 questions' },
        lines: ['2 of 8 questions answered', html`Kept until 20 May. ${link('Continue')}`],
      }),
    ])}
    <h2 class="govuk-heading-m">For you</h2>
    ${cards([
      card({
        title: 'Child benefit for Amina',
        isOffer: true,
        lines: ['85 a month from 1 May. Pre-filled, takes 1 minute.'],
        links: [
          { text: 'Check and accept', href: '#' },
          { text: 'Why am I seeing this?', href: '#' },
        ],
      }),
      card({
        title: 'Your driving licence expires in 60 days',
        isOffer: true,
        lines: ['Same photo, same address? Renew with one click.'],
        links: [
          { text: 'Renew', href: '#' },
          { text: 'Why am I seeing this?', href: '#' },
        ],
      }),
    ])}
    <h2 class="govuk-heading-m">Who looked at your data</h2>
    <p class="govuk-body">Every time any office reads your data, it is written here. You can ask why.</p>
    ${table({
      caption: 'Who looked at your data',
      captionClasses: 'govuk-visually-hidden',
      stacks: true,
      isDense: true,
      head: [
        { text: 'When' },
        { text: 'Who' },
        { text: 'What' },
        { text: 'Why (legal basis)' },
        { text: html`<span class="govuk-visually-hidden">Ask</span>` },
      ],
      rows: [
        use(
          'Today 09:12',
          'Civil Registry (automatic)',
          'Address, marital status',
          'Birth registration VB-2026-8K4T-31',
          'Ask',
        ),
        use('19 Apr 14:40', 'Officer 4417, Tax Office', 'Employment', 'Tax return 2025', 'Ask'),
        use('2 Apr 11:05', 'Harbour Bank Ltd', 'Age over 18 (yes/no only)', 'Your consent of 2 April', 'Withdraw'),
      ],
    })}`
  const navigation = {
    navigationLabel: 'Main',
    navigation: ['Home', 'Services', 'Documents', 'Messages (1)', 'My data and consents'].map((text, index) => ({
      text,
      href: '#',
      current: index === 0,
    })),
  }
  return citizenPage({ ...english, navigation }, { title: 'Home – Republic of Veridia', content, width: 'full' })
}

function question(): string {
  const content = html`
    ${errorSummary({ titleText: 'هناك مشكلة', errorList: [{ text: 'يجب أن يكون شهر الميلاد بين 1 و 12', href: '#birth-month' }] })}
    <form method="post" novalidate>
      <span class="govuk-caption-l">الخطوة 2 من 5: عن الطفل</span>
      ${dateInput({
        id: 'birth',
        namePrefix: 'birth',
        fieldset: { legend: { text: 'متى وُلد الطفل؟', classes: 'govuk-fieldset__legend--l', isPageHeading: true } },
        hint: { text: 'مثال: 27 3 2026 (الموافق 8 شوال 1447 هـ)' },
        errorMessage: { text: 'يجب أن يكون شهر الميلاد بين 1 و 12', visuallyHiddenText: 'خطأ' },
        items: [
          { name: 'day', label: 'اليوم', value: '12' },
          { name: 'month', label: 'الشهر', value: '14', error: true },
          { name: 'year', label: 'السنة', value: '2026' },
        ],
      })}
      ${details({ summaryText: 'لماذا نسأل عن هذا؟', text: 'لأن شهادة الميلاد تحمل تاريخ الولادة.' })}
      ${button({ text: 'متابعة' })}
      <p class="govuk-body">${link('احفظ وأكمل لاحقاً')}</p>
    </form>`
  const aside = html`<div class="ashlar-box"><h2 class="govuk-heading-s">هل تحتاج إلى مساعدة؟</h2><p class="govuk-body-s">اتصل على 1800 مجاناً من 8 صباحاً إلى 8 مساءً، أو زر أي ${link('مركز خدمة')}، أو فوّض ${link('شخصاً تثق به')}.</p></div>`
  return citizenPage(
    { ...arabic, navigation: { serviceName: 'تسجيل مولود', ariaLabel: 'الخدمة' } },
    {
      title: 'خطأ: متى وُلد الطفل؟ – تسجيل مولود',
      beforeContent: backLink({ text: 'رجوع', href: '#' }),
      content,
      aside,
    },
  )
}

interface CheckWords {
  face: Face
  service: string
  back: string
  heading: string
  change: string
  sections: { title: string; rows: { key: string; value: string | Html; canChange?: boolean }[] }[]
  asked: Html
  last: string
  declaration: string
  send: string
}

function checkAnswers(words: CheckWords): string {
  const content = html`
    <h1 class="govuk-heading-l">${words.heading}</h1>
    ${words.sections.map(
      (section) => html`
        <h2 class="govuk-heading-m">${section.title}</h2>
        ${summaryList({
          rows: section.rows.map((row) => ({
            key: { text: row.key },
            value: { text: row.value },
            actions: row.canChange
              ? { items: [{ text: words.change, href: '#', visuallyHiddenText: row.key }] }
              : undefined,
          })),
        })}`,
    )}
    ${insetText({ text: words.asked })}
    <form method="post" novalidate>
      <h2 class="govuk-heading-m">${words.last}</h2>
      <p class="govuk-body">${words.declaration}</p>
      ${button({ text: words.send, preventDoubleClick: true })}
    </form>`
  return citizenPage(
    { ...words.face, navigation: { serviceName: words.service, ariaLabel: words.service } },
    { title: `${words.heading} – ${words.service}`, beforeContent: backLink({ text: words.back, href: '#' }), content },
  )
}

const checkEnglish = (): string =>
  checkAnswers({
    face: english,
    service: 'Register a birth',
    back: 'Back',
    heading: 'Check your answers before registering the birth',
    change: 'Change',
    sections: [
      {
        title: 'The child',
        rows: [
          { key: 'Full name', value: 'Amina Rose Okoro', canChange: true },
          { key: 'Date of birth', value: '12 April 2026', canChange: true },
          {
            key: 'Place of birth',
            value: html`Central Hospital, Port Verde ${sourceBadge({ text: 'Confirmed by the hospital', isConfirmed: true })}`,
          },
        ],
      },
      {
        title: 'The parents',
        rows: [
          {
            key: 'Mother',
            value: html`Grace Okoro ${sourceBadge({ text: 'From the population register, with your consent of today', correct: { text: 'This is wrong', href: '#', visuallyHiddenText: 'Mother' } })}`,
          },
          { key: 'Address', value: html`14 Harbour Street<br>Port Verde 1020`, canChange: true },
        ],
      },
    ],
    asked: html`We asked you for <strong>3</strong> things. The other <strong>11</strong> came from registers that already hold them. ${link('See what we looked up, and why')}.`,
    last: 'Now register the birth',
    declaration: 'By sending this you confirm that the facts are correct as far as you know.',
    send: 'Accept and register the birth',
  })

const checkArabic = (): string =>
  checkAnswers({
    face: arabic,
    service: 'تسجيل مولود',
    back: 'رجوع',
    heading: 'راجع إجاباتك قبل تسجيل المولود',
    change: 'تغيير',
    sections: [
      {
        title: 'الطفل',
        rows: [
          { key: 'الاسم الكامل', value: 'أمينة محمد الحسن', canChange: true },
          {
            key: 'تاريخ الميلاد',
            value: html`12 أبريل 2026<br><span class="ashlar-muted">24 شوال 1447 هـ</span>`,
            canChange: true,
          },
          {
            key: 'مكان الميلاد',
            value: html`المستشفى المركزي، مدينة النور ${sourceBadge({ text: 'أكّده المستشفى', isConfirmed: true })}`,
          },
        ],
      },
      {
        title: 'الوالدان',
        rows: [
          { key: 'الأم', value: html`ليلى الحسن ${sourceBadge({ text: 'من سجل السكان، بموافقتك اليوم' })}` },
          { key: 'العنوان', value: html`14 شارع الميناء<br>مدينة النور 1020`, canChange: true },
        ],
      },
    ],
    asked: html`سألناك عن <strong>3</strong> أمور فقط. جاءت <strong>11</strong> معلومة أخرى من سجلات لدينا بالفعل. ${link('اعرف ما اطلعنا عليه ولماذا')}.`,
    last: 'سجّل المولود الآن',
    declaration: 'بالإرسال تؤكد أن المعلومات صحيحة على حد علمك.',
    send: 'أوافق وأسجّل المولود',
  })

/** A pattern that looks like a code; documents bring a real one. */
const exampleQr = trustedHtml(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 21 21" shape-rendering="crispEdges"><path d="M0 0h7v7h-7zM14 0h7v7h-7zM0 14h7v7h-7zM9 1h1v3h2v2h-3zM9 9h3v1h2v3h-2v-2h-3zM15 9h2v2h3v2h-4zM2 9h4v2h-2v1h-2zM9 15h2v4h-2zM13 15h3v2h2v-2h3v3h-2v3h-4v-2h-2z"/><path fill="#fff" d="M1 1h5v5h-5zM15 1h5v5h-5zM1 15h5v5h-5z"/><path d="M2 2h3v3h-3zM16 2h3v3h-3zM2 16h3v3h-3z"/></svg>',
)

function done(): string {
  const content = html`
    ${panel({ titleText: 'Birth registered', text: html`Your reference number<br><strong>VB-2026-8K4T-31</strong>` })}
    <p class="govuk-body">We have sent a confirmation to <strong>g.okoro@example.org</strong> and a text message to your phone.</p>
    <h2 class="govuk-heading-m">What happens next</h2>
    <ol class="govuk-list govuk-list--number">
      <li>The certificate is in ${link('your documents')} now (PDF and digital credential).</li>
      <li>A paper copy arrives by <strong>21 April</strong>. Nothing more is needed from you.</li>
      <li>Child benefit starts from <strong>1 May</strong> unless you ${link('say no')}.</li>
    </ol>
    <h2 class="govuk-heading-m">Anyone can check this certificate</h2>
    ${documentCard({
      title: 'Scan to verify, online or offline',
      qr: exampleQr,
      qrText: 'QR code of the certificate',
      lines: ['Signed by the Civil Registry.', 'No personal data is stored by the checker.'],
      links: [{ text: 'Download (PDF)', href: '#' }],
    })}
    <h2 class="govuk-heading-m">Because you registered a birth</h2>
    ${cards([
      card({
        title: 'Child benefit',
        isOffer: true,
        lines: ['You qualify: 85 a month. We filled in the form.'],
        links: [{ text: 'Check and accept', href: '#' }],
      }),
      card({
        title: 'Parental leave',
        isOffer: true,
        lines: ['Tell your employer with one click.'],
        links: [{ text: 'Choose dates', href: '#' }],
      }),
    ])}`
  return citizenPage(
    { ...english, navigation: { serviceName: 'Register a birth', ariaLabel: 'Register a birth' } },
    { title: 'Birth registered', content },
  )
}

function staffQueue(): string {
  const row = (
    reference: string,
    person: string,
    employer: string,
    checks: Html,
    deadline: [string, 'late' | 'today' | 'soon' | 'later'],
    status: string,
    more: { isSelected?: boolean; tagClass?: string } = {},
  ) => ({
    value: reference,
    reference,
    href: '#',
    selectLabel: `Select ${reference}`,
    cells: [html`<bdi>${person}</bdi>`, employer, checks].map((cell) => cell),
    deadline: { text: deadline[0], is: deadline[1] },
    status: { text: status, classes: more.tagClass },
    isSelected: more.isSelected,
  })
  const main = html`
    <form method="post" novalidate>
      ${queueTable({
        caption: 'Work permits: my queue, due first',
        reference: { text: 'Case' },
        columns: [{ text: 'Applicant' }, { text: 'Employer' }, { text: 'Checks' }],
        deadline: { text: 'Deadline', sort: 'ascending' },
        status: { text: 'Status' },
        select: { name: 'case', head: 'Select' },
        rows: [
          row(
            'WP-26-00398',
            'Mara Silva',
            'Coast Build Ltd',
            html`<strong>4/5</strong> · wage too low`,
            ['2 days late', 'late'],
            'To decide',
          ),
          row(
            'WP-26-00401',
            'Jon Adeyemi',
            'Central Hospital',
            html`<strong>5/5</strong> passed`,
            ['Today 17:00', 'today'],
            'To decide',
            { isSelected: true },
          ),
          row(
            'WP-26-00417',
            'Liam Park',
            'Blue Reef Hotel',
            html`<strong>5/5</strong> passed`,
            ['1 day', 'soon'],
            'To decide',
            { isSelected: true },
          ),
          row(
            'WP-26-00420',
            'Ana Petrova',
            'Harbour Foods',
            html`<strong>3/5</strong> · waiting for tax office`,
            ['3 days', 'later'],
            'Waiting: tax',
            { tagClass: 'govuk-tag--grey' },
          ),
          row(
            'WP-26-00422',
            'طارق عزيز',
            'Coast Build Ltd',
            html`<strong>5/5</strong> passed`,
            ['4 days', 'later'],
            'To decide',
          ),
          row(
            'WP-26-00431',
            'Mei Lin',
            'Nova Clinic',
            html`<strong>2/5</strong> · photo unclear`,
            ['5 days', 'later'],
            'Waiting: applicant',
            { tagClass: 'govuk-tag--yellow' },
          ),
        ],
      })}
      <div class="ashlar-row"><strong>2 selected</strong>${buttonGroup(button({ text: 'Approve 2 (all checks passed)' }), button({ text: 'Ask for information', classes: 'govuk-button--secondary' }), button({ text: 'Reassign', classes: 'govuk-button--secondary' }))}</div>
      <p class="govuk-body-s">You can undo for 10 minutes. Letters go out after that.</p>
    </form>`
  const before = html`
    ${sideNavigation({
      heading: 'Saved views',
      items: [
        { text: 'Due first', href: '#', note: 42, current: true },
        { text: 'All checks passed', href: '#', note: 13 },
        { text: 'Waiting for applicant', href: '#', note: 9 },
        { text: 'Appeals', href: '#', note: 2 },
      ],
    })}
    ${filter({
      heading: 'Filter',
      action: '#',
      submitText: 'Apply',
      selected: {
        heading: 'Selected',
        items: [{ text: 'Construction', removeText: 'Remove', href: '#' }],
        clear: { text: 'Clear', href: '#' },
      },
      fields: [
        checkboxes({
          name: 'sector',
          classes: 'govuk-checkboxes--small',
          fieldset: { legend: { text: 'Sector', classes: 'govuk-fieldset__legend--s' } },
          values: ['construction'],
          items: [
            { value: 'construction', text: 'Construction (18)' },
            { value: 'health', text: 'Health (11)' },
            { value: 'hospitality', text: 'Hospitality (8)' },
          ],
        }),
      ],
    })}`
  const content = html`
    <h1 class="govuk-heading-xl">Work permits: my queue</h1>
    ${keys({
      label: 'Keyboard',
      keys: [
        { keys: ['J', 'K'], text: 'move' },
        { keys: ['X'], text: 'select' },
        { keys: ['Enter'], text: 'open' },
        { keys: ['/'], text: 'search' },
        { keys: ['?'], text: 'all' },
      ],
      off: 'Turn single keys off',
    })}
    ${statTiles([
      { value: 42, label: 'open with me', change: { text: '+4 since Friday', is: 'bad' } },
      { value: 3, label: 'past their deadline' },
      { value: 7, label: 'due today' },
      { value: '5.2 days', label: 'median time to decision', change: { text: '−0.8', is: 'good' } },
      { value: '31%', label: 'ready for one-click approval' },
    ])}
    ${staffColumns({ before, main })}`
  return staffPage(staff, {
    title: 'My queue – Work permits',
    content,
    live: { href: '/live/queue', text: 'The queue has changed' },
  })
}

function staffCase(): string {
  const passed = { text: 'Passed', classes: 'govuk-tag--green' }
  const main = html`
    <section class="ashlar-box">
      <h2 class="govuk-heading-m">What the rules say</h2>
      <p class="govuk-body">Suggested: <strong>approve, 24 months</strong>. Rule set <code>work-permit@3.2.0</code>. You decide.</p>
      ${ruleTrace({
        caption: 'What the rules say',
        heads: { rule: 'Rule', needed: 'Needed', found: 'This case', result: 'Result' },
        rows: [
          {
            rule: 'Employer is licensed',
            law: { text: 's.12(1)', href: '#' },
            needed: 'Yes',
            found: 'Yes',
            source: 'Trade Register, today 09:10',
            result: passed,
          },
          {
            rule: 'Wage at or above floor',
            law: { text: 's.12(3)', href: '#' },
            needed: '1 850',
            found: '2 100',
            result: passed,
            isDecisive: true,
          },
          { rule: 'No entry ban', needed: 'None', found: 'None', source: 'Border Registry', result: passed },
          { rule: 'Passport valid', law: { text: 's.4' }, needed: 'over 6 months', found: '31 months', result: passed },
        ],
      })}
    </section>
    <section class="ashlar-box">
      <h2 class="govuk-heading-m">Application</h2>
      ${summaryList({
        classes: 'govuk-summary-list--no-border',
        rows: [
          { key: { text: 'Job' }, value: { text: 'Head chef, Blue Reef Hotel' } },
          { key: { text: 'Asked for' }, value: { text: '24 months from 1 May 2026' } },
          { key: { text: 'Fee' }, value: { text: 'Paid 120 on 16 April (receipt R-8817)' } },
          {
            key: { text: 'Documents' },
            value: { text: html`${link('Contract.pdf')} (read and checked: wage, dates match) · ${link('Photo.jpg')}` },
          },
        ],
      })}
    </section>`
  const aside = html`
    <section class="ashlar-box">
      <h2 class="govuk-heading-m">Everything with this person</h2>
      <ul class="govuk-list"><li>${link('Residence visa')} valid to 2028</li><li>${link('Tax number')} active</li><li>${link('2 messages')}, last answered in 3 hours</li></ul>
      <p class="govuk-body-s">You see only what your role and this case allow. Each view is shown to the person.</p>
    </section>
    <section class="ashlar-box">
      <h2 class="govuk-heading-m">History</h2>
      ${timeline({
        items: [
          {
            title: 'All checks passed',
            by: 'by rules 3.2.0',
            at: { datetime: '2026-04-20T09:12', text: '20 April, 09:12' },
          },
          {
            title: 'Labour office answered',
            by: 'automatic',
            at: { datetime: '2026-04-20T09:11', text: '20 April, 09:11' },
          },
          {
            title: 'Clock paused',
            by: 'by law',
            at: { datetime: '2026-04-17', text: '17 April' },
            text: 'Waiting for the applicant, s.9(2). It ran on when she answered.',
          },
          { title: 'Fee paid', by: 'by Liam Park', at: { datetime: '2026-04-16T18:40', text: '16 April, 18:40' } },
        ],
      })}
    </section>`
  const content = html`
    ${identityBar({
      caption: 'Work permit WP-26-00417',
      title: html`<bdi>Liam Park</bdi>`,
      facts: [
        tag({ text: 'To decide' }),
        html`<strong class="ashlar-soon">1 day 4 hours left</strong> of 7 working days`,
        'Applied by phone with Sana (front office)',
        'Speaks Korean',
      ],
      actions: [
        button({ text: 'Approve' }),
        button({ text: 'Ask for information', classes: 'govuk-button--secondary' }),
        button({ text: 'Refuse', classes: 'govuk-button--warning' }),
      ],
    })}
    ${subNavigation({
      label: 'Case',
      items: [
        { text: 'Summary', href: '#', current: true },
        { text: 'Documents', href: '#', count: 2 },
        { text: 'Messages', href: '#', count: 2 },
      ],
    })}
    ${staffColumns({ main, aside })}`
  return staffPage(staff, {
    title: 'Liam Park, WP-26-00417',
    beforeContent: backLink({ text: 'Queue (3 of 42)', href: '#' }),
    content,
  })
}

function notFound(): string {
  return errorPage(english, {
    title: 'Page not found – Republic of Veridia',
    heading: 'Page not found',
    paragraphs: ['If you typed the address, check that it is right.', 'Nothing you have entered elsewhere is lost.'],
    reference: { label: 'Reference', value: '4bf92f3577b34da6' },
    action: html`<p class="govuk-body">${link('Go to the home page')}</p>`,
  })
}

function doorsPage(): string {
  const content = html`
    <h1 class="govuk-heading-l">Republic of Veridia · demonstration</h1>
    <p class="govuk-body">Choose who you want to be. Nobody here exists, and no password is needed.</p>
    ${doors([
      {
        title: 'Be a citizen',
        text: 'Grace Okoro, mother of two',
        href: '/as/grace',
        facts: '1 to-do, 3 applications',
      },
      { title: 'Be a clerk', text: 'Sana Rahimi, work permits', href: '/as/sana', facts: '42 cases, 3 late' },
      { title: 'Check a certificate', text: 'Anybody, without an account', href: '/verify' },
    ])}`
  return plainPage({
    lang: 'en',
    dir: 'ltr',
    nonce,
    theme: english.theme,
    title: 'Veridia, a demonstration',
    skipText: 'Skip to main content',
    content,
  })
}

export const examplePages: Record<string, () => string> = {
  'citizen-home': citizenHome,
  'question-ar': question,
  'check-en': checkEnglish,
  'check-ar': checkArabic,
  done,
  'staff-queue': staffQueue,
  'staff-case': staffCase,
  'not-found': notFound,
  doors: doorsPage,
}
